import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from commission_opt.errors import UsageError
from commission_opt.files.beside import clear_litter, new_file, new_folder, set_aside
from commission_opt.files.folder import check_target, whole_folder, write_whole
from commission_opt.files.replacing import MANIFEST
from started import start

pytestmark = pytest.mark.skipif(os.name == "nt", reason="locks and signals of this kind are POSIX")

_RUN = """
import os, sys, time
from pathlib import Path
from commission_opt.files import beside
with getattr(beside, sys.argv[1])(Path(sys.argv[2])):
    print("ready", flush=True)
    time.sleep(120)
"""


def _killed(what: str, target: Path) -> None:
    """Kill a process that is at it."""
    process = _begun(what, target)
    process.kill()
    process.wait()


def _begun(what: str, target: Path) -> subprocess.Popen[str]:
    process = start([sys.executable, "-c", _RUN, what, str(target)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.stdout.close()
    return process


@pytest.mark.parametrize("what", ["new_folder", "new_file"])
def test_the_litter_of_a_killed_run_goes(what: str, tmp_path: Path) -> None:
    _killed(what, tmp_path / "plan")
    assert len(list(tmp_path.iterdir())) == 1
    clear_litter(tmp_path / "another")
    assert len(list(tmp_path.iterdir())) == 1
    clear_litter(tmp_path / "plan")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", ["new_folder", "new_file"])
def test_a_run_in_progress_is_not_touched(what: str, tmp_path: Path) -> None:
    process = _begun(what, tmp_path / "plan")
    try:
        [work] = tmp_path.iterdir()
        clear_litter(tmp_path / "plan")
        assert list(tmp_path.iterdir()) == [work]
    finally:
        process.kill()
        process.wait()


def test_a_folder_that_was_set_aside_when_its_run_was_killed_comes_back(tmp_path: Path) -> None:
    target = tmp_path / "plan"
    target.mkdir()
    (target / "old.txt").write_text("old")
    _killed("set_aside", target)
    assert not target.exists()
    with pytest.raises(UsageError, match="--force"):
        check_target(target, force=False)
    assert (target / "old.txt").read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_set_aside_that_was_replaced_goes(tmp_path: Path) -> None:
    target = tmp_path / "plan"
    target.mkdir()
    (target / "old.txt").write_text("old")
    _killed("set_aside", target)
    target.mkdir()
    (target / "new.txt").write_text("new")
    clear_litter(target)
    assert list(tmp_path.iterdir()) == [target]
    assert [path.name for path in target.iterdir()] == ["new.txt"]


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    others = [".plan.part-", ".plan.part-xyz", ".plan.new-0123456789abcdef", "plan.part-01234567"]
    for name in others:
        (tmp_path / name).mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "theirs.txt").write_text("theirs")
    (tmp_path / ".plan.part-01234567").symlink_to(elsewhere)
    before = sorted(tmp_path.rglob("*"))
    clear_litter(tmp_path / "plan")
    assert sorted(tmp_path.rglob("*")) == before


def test_nothing_is_left_and_no_name_is_told_before(tmp_path: Path) -> None:
    names = set()
    for _ in range(3):
        with new_folder(tmp_path / "a") as folder, new_file(tmp_path / "a") as (file, _open):
            names |= {folder, file}
    assert len(names) == 6
    assert list(tmp_path.iterdir()) == []


def test_the_longest_name_of_all_can_be_written(tmp_path: Path) -> None:
    name = "n" * 255
    write_whole(tmp_path / name, b"x")
    assert [path.name for path in tmp_path.iterdir()] == [name]
    with pytest.raises(UsageError, match="name is too long"):
        write_whole(tmp_path / (name + "n"), b"x")
    with pytest.raises(UsageError, match="name is too long"), whole_folder(tmp_path / (name + "n")):
        pass


def test_a_failed_move_gives_the_name_back(tmp_path: Path) -> None:
    target = tmp_path / "plan"
    target.mkdir()
    with pytest.raises(OSError, match="no"), set_aside(target):
        raise OSError("no")
    assert target.is_dir()


def test_a_device_is_no_file_to_replace() -> None:
    with pytest.raises(UsageError, match="is no regular file and is not replaced"):
        write_whole(Path(os.devnull), b"x", force=True)


def _replaced(target: Path, at_last: Callable[[], None]) -> None:
    with whole_folder(target, force=True) as work:
        (work / "new.txt").write_text("new")
        at_last()


def test_signals_wait_while_a_folder_is_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, rename = tmp_path / "plan", Path.rename
    with whole_folder(target) as work:
        (work / "old.txt").write_text("old")

    def interrupted(self: Path, to: Path) -> Path:
        signal.raise_signal(signal.SIGINT)
        return rename(self, to)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            _replaced(target, lambda: monkeypatch.setattr(Path, "rename", interrupted))
    finally:
        signal.signal(signal.SIGINT, before)
    assert {path.name for path in target.iterdir()} == {"new.txt", MANIFEST}
    assert list(tmp_path.iterdir()) == [target]
