import os
from pathlib import Path

import pytest

from commission_opt.errors import UsageError
from commission_opt.files.folder import whole_folder, write_whole


def test_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "plan"
    with whole_folder(target) as work:
        assert work != target
        (work / "a.txt").write_text("a")
        assert not target.exists()
    assert (target / "a.txt").read_text() == "a"
    assert list(target.parent.iterdir()) == [target]


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "plan"
    with whole_folder(target) as work:
        (work / "old.txt").write_text("old")

    def fail() -> None:
        with whole_folder(target, force=True) as work:
            (work / "new.txt").write_text("new")
            raise RuntimeError("boom")

    with pytest.raises(RuntimeError, match="boom"):
        fail()
    assert [p.name for p in target.glob("*.txt")] == ["old.txt"]
    assert list(tmp_path.iterdir()) == [target]


def test_force_replaces_everything(tmp_path: Path) -> None:
    target = tmp_path / "plan"
    for name in ("old.txt", "new.txt"):
        with whole_folder(target, force=True) as work:
            (work / name).write_text(name)
    assert [p.name for p in target.glob("*.txt")] == ["new.txt"]
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_fills_up_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "plan"

    def race() -> None:
        with whole_folder(target) as work:
            (work / "a.txt").write_text("a")
            target.mkdir()
            (target / "theirs.txt").write_text("theirs")

    with pytest.raises(UsageError, match="not empty"):
        race()
    assert [p.name for p in target.iterdir()] == ["theirs.txt"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    with whole_folder(tmp_path) as work:
        (work / "a.txt").write_text("a")
    assert (tmp_path / "a.txt").is_file()


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX permissions")
def test_files_in_the_way_are_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for target in (tmp_path / "file", tmp_path / "file" / "plan"):
        with pytest.raises(UsageError, match="is a file"), whole_folder(target):
            pass


def test_a_file_appears_whole_and_is_not_replaced_unasked(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "book.xlsx"
    write_whole(target, b"old")
    with pytest.raises(UsageError, match="--force"):
        write_whole(target, b"new")
    assert target.read_bytes() == b"old"
    write_whole(target, b"new", force=True)
    assert target.read_bytes() == b"new"
    assert list(target.parent.iterdir()) == [target]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        write_whole(tmp_path, b"x", force=True)
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be written"):
        write_whole(tmp_path / "file" / "book.xlsx", b"x")
