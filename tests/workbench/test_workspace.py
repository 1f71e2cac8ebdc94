"""Names and places: nothing leads out of the workspace."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commission_opt.errors import UsageError
from commission_opt.workbench.workspace import FOLDERS, Workspace, opened, slug

OUTSIDE = ("..", "../x", "/etc/passwd", "a/b", "a\\b", "", ".", ".hidden", "-x", "A", "a\0", "nul",
           "nul.txt", "a\n", "é", "%2e%2e", "x" * 81)  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    with opened(tmp_path / "round") as found:
        return found


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_is_no_name_leads_nowhere(place: Workspace, name: str) -> None:
    with pytest.raises(UsageError):
        place.path("plans", name)


@pytest.mark.parametrize("kind", ["", "..", "etc", "workbench.sqlite"])
def test_there_are_no_other_folders(place: Workspace, kind: str) -> None:
    with pytest.raises(UsageError):
        place.path(kind, "a")


def test_a_link_out_of_the_workspace_is_not_followed(place: Workspace, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (place.root / "plans" / "a").symlink_to(tmp_path / "secret")
    with pytest.raises(UsageError, match="link"):
        place.path("plans", "a")
    assert place.names("plans") == []


@given(st.text(max_size=100))
def test_a_text_of_any_kind_gives_a_name(text: str) -> None:
    place = Workspace(Path("nowhere"))
    assert place.path("plans", slug(text) + ".xlsx").parent == Path("nowhere/plans")
    assert place.free("plans", text, ".xlsx").parent == Path("plans")


def test_a_name_is_given_once(place: Workspace) -> None:
    found = []
    for _ in range(3):
        found.append(place.free("plans", "My Plan").name)
        (place.root / "plans" / found[-1]).mkdir()
    assert found == ["my-plan", "my-plan-2", "my-plan-3"]


def test_a_workspace_is_open_once(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(UsageError, match="another workbench"), opened(tmp_path):
        pass
    with opened(tmp_path):
        assert {each.name for each in tmp_path.iterdir()} == {*FOLDERS, "workbench.lock"}


def test_a_file_is_no_workspace(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(UsageError, match="is a file"), opened(tmp_path / "a"):
        pass
