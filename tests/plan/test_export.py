from __future__ import annotations

import os
from pathlib import Path

import pytest

from command_line import Run
from commission_opt.errors import UsageError
from commission_opt.files.shipped import find_instance
from commission_opt.plan import export as exporting
from commission_opt.plan.export import Format, export_stage, formulate_stage
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.highs import write_program

BY_HAND = find_instance("two-by-two")


def _export(path: Path, format_: Format, *, force: bool = False) -> None:
    policy = read_policy(BY_HAND / "model.toml")
    export_stage(formulate_stage(read_instance(BY_HAND), policy), path, format_, force=force)


@pytest.mark.parametrize("format_", ["lp", "mps"])
def test_a_file_is_whole_and_replaced_only_if_asked(format_: Format, tmp_path: Path) -> None:
    path = tmp_path / f"program.{format_}"
    _export(path, format_)
    written = path.read_bytes()
    path.write_text("mine")
    with pytest.raises(UsageError, match="--force"):
        _export(path, format_)
    assert path.read_text() == "mine"
    _export(path, format_, force=True)
    assert path.read_bytes() == written
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("format_", ["lp", "mps"])
@pytest.mark.parametrize("left", [0.0, 0.3, 0.99])
def test_what_the_solver_wrote_by_halves_is_not_kept(
    left: float, format_: Format, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = write_program

    def halved(*arguments: object) -> bool:
        said, path = whole(*arguments), arguments[-1]  # type: ignore[arg-type]
        assert isinstance(path, Path)
        os.truncate(path, int(left * path.stat().st_size))
        return said

    monkeypatch.setattr(exporting, "write_program", halved)
    path = tmp_path / "program.lp"
    path.write_text("mine")
    with pytest.raises(UsageError, match=r"program\.lp cannot be written"):
        _export(path, format_, force=True)
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_no_link_is_followed(tmp_path: Path) -> None:
    theirs, path = tmp_path / "theirs", tmp_path / "program.lp"
    theirs.write_text("theirs")
    (tmp_path / ".program.lp.part.lp").symlink_to(theirs)
    _export(path, "lp", force=True)
    path.unlink()
    path.symlink_to(theirs)
    with pytest.raises(UsageError, match="is a link and is not replaced"):
        _export(path, "lp", force=True)
    assert theirs.read_text() == "theirs"


def test_a_folder_that_is_not_there_is_told_of(tmp_path: Path, run: Run) -> None:
    ran = run("export", "two-by-two", "--out", tmp_path / "nowhere" / "x.lp")
    assert ran.code == 2
    assert "there is no folder" in ran.err
