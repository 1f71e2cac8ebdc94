"""Stores that are damaged, foreign, locked, made to do harm, or on a medium of reading only."""

import os
import sqlite3
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest

from command_line import Run
from commission_opt.errors import StoppedError, UsageError
from commission_opt.sweep.run import Progress, work_out
from commission_opt.sweep.store import FILE, reading, writing
from small_sweeps import SIZE, described, here, kept
from some import some

_POSIX = pytest.mark.skipif(os.name == "nt", reason="locks and rights of this kind are POSIX")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweeps") / "done"
    work_out(described(), folder, here)
    return folder


@pytest.fixture
def folder(done: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "s"
    folder.mkdir()
    with (
        closing(sqlite3.connect(done / FILE)) as source,
        closing(sqlite3.connect(folder / FILE)) as copy,
    ):
        source.backup(copy)
    (folder / "instance").symlink_to(done / "instance")
    (folder / "model.toml").symlink_to(done / "model.toml")
    return folder


def _sql(*statements: str) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        with closing(sqlite3.connect(file)) as connection, connection:
            for statement in statements:
                connection.execute(statement)

    return change


def _endless(file: Path) -> None:
    file.unlink()
    loop = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"
    _sql(
        f"CREATE VIEW meta AS {loop} 'format' AS key, '1' AS value, 1 AS binding FROM n",
        f"CREATE VIEW scenario AS {loop} i AS number, i AS chunk, '' AS how FROM n",
        f"CREATE VIEW measure AS {loop} i AS scenario, 'x' AS measure, 1.0 AS value FROM n",
    )(file)


def _bomb(file: Path) -> None:
    pack = zlib.compressobj(9)
    packed = b"".join(pack.compress(bytes(2**24)) for _ in range(32)) + pack.flush()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE scenario SET places = ?", (packed,))


def _filled(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def _anew(file: Path, statement: str) -> None:
    file.unlink()
    _sql(statement)(file)


def _overwritten(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(4096)
        opened.write(b"\xff" * 8192)


def _cut(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.truncate(file.stat().st_size // 2)


_HARM: dict[str, Callable[[Path], None]] = {
    "endless": _endless,
    "bomb": _bomb,
    "overwritten": _overwritten,
    "cut": _cut,
    "empty": lambda file: _filled(file, b""),
    "foreign": lambda file: _filled(file, b"PK not a database" * 99),
    "another table": _sql("CREATE TABLE more (x)"),
    "another program's": lambda file: _anew(file, "CREATE TABLE notes (x)"),
    "a trigger": _sql("CREATE TRIGGER t AFTER INSERT ON meta BEGIN SELECT 1; END"),
    "text for a measure": _sql("UPDATE measure SET value = 'lots'"),
    "a number for settings": _sql("UPDATE scenario SET settings = 7"),
    "nested settings": _sql(f"UPDATE scenario SET settings = '{'[' * 50_000}'"),
    "other settings": _sql("""UPDATE scenario SET settings = '[{"axis": 1}]'"""),
    "more in a setting": _sql(
        """UPDATE scenario SET settings = '[{"axis": "a", "target": "t", "value": 1, "more": 2}]'"""
    ),
    "an end that is none": _sql("""UPDATE scenario SET ends = '[{"work": 1}]'"""),
    "no work": _sql("UPDATE scenario SET work = 'much'"),
    "no bytes of places": _sql("UPDATE scenario SET places = 'places'"),
    "a text for seconds": _sql("UPDATE scenario SET seconds = 'long'"),
    "no text": _sql("UPDATE scenario SET status = x'ff00'"),
    "no UTF-8": _sql("UPDATE scenario SET reason = CAST(x'ff' AS TEXT)"),
    "no size": _sql("DELETE FROM meta WHERE key = 'size'"),
    "a size that is none": _sql("UPDATE meta SET value = 'many' WHERE key = 'size'"),
    "courses of another kind": _sql("UPDATE meta SET value = '{}' WHERE key = 'courses'"),
    "fewer courses": _sql("""UPDATE meta SET value = '["A", "B", "C"]' WHERE key = 'courses'"""),
    "axes of another kind": _sql("UPDATE meta SET value = '[7]' WHERE key = 'axes'"),
    "changes of another kind": _sql("INSERT INTO meta VALUES ('changes', '{', 0)"),
    "a year that is none": _sql("UPDATE meta SET value = 'x' WHERE key = 'first_year'"),
}


@pytest.mark.each(3)
@pytest.mark.parametrize("harm", some(_HARM, 2))
def test_harm_is_a_sentence_wherever_it_is_read(
    harm: str, folder: Path, tmp_path: Path, run: Run
) -> None:
    _HARM[harm](folder / FILE)
    out = tmp_path / "out"
    commands = [
        ("sweep", "export", folder, "--out", out),
        ("sweep", "summary", folder, "--out", out),
        ("report", folder, "--out", tmp_path / "out.html"),
    ]
    for command in commands:
        ran = run(*command)
        assert ran.code in (1, 2), ran.err
        said = " ".join(ran.err.split())
        assert FILE in said
        assert "damaged" in said or "cannot be read" in said
        assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_a_row_of_a_nan_place_is_damaged(folder: Path) -> None:
    packed = zlib.compress(np.full((4, 1), np.nan).tobytes())
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        connection.execute("UPDATE scenario SET places = ?", (packed,))
    with pytest.raises(UsageError, match="not numbers of places"), reading(folder) as store:
        list(store.rows())


@pytest.mark.slow
def test_a_store_that_another_program_has_locked_is_a_sentence(folder: Path) -> None:
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(UsageError, match="another program has it locked"), reading(folder):
            pass
        with (
            pytest.raises(UsageError, match="another program has it locked"),
            writing(folder, described().binding()),
        ):
            pass


_HOLDER = """
import sqlite3, sys, time
lock = sqlite3.connect(sys.argv[1], isolation_level=None)
lock.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
time.sleep(120)
"""


@pytest.fixture
def holder(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has the lock of the sweep, as one that was killed has for a moment."""
    command = [sys.executable, "-c", _HOLDER, str(folder / "sweep.lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        yield process
        process.kill()


def test_who_comes_next_waits_for_a_process_that_is_not_gone_yet(
    folder: Path, holder: subprocess.Popen[str]
) -> None:
    waited: list[None] = []

    def waiting() -> None:
        waited.append(None)
        if len(waited) == 3:
            holder.kill()

    with writing(folder, described().binding(), 60.0, waiting) as store:
        assert store.counts() == {"optimal": SIZE}
    assert len(waited) >= 3


@pytest.mark.usefixtures("holder")
def test_waiting_can_be_stopped_and_is_told(folder: Path) -> None:
    _sql("DELETE FROM measure WHERE scenario = 0", "DELETE FROM scenario WHERE number = 0")(
        folder / FILE
    )
    _sql("DELETE FROM measure", "DELETE FROM scenario WHERE chunk = 0")(folder / FILE)
    progress = Progress()
    threading.Timer(0.3, progress.watch.stop).start()
    with pytest.raises(StoppedError, match="another process was writing"):
        work_out(described(), folder, here, progress, resume=True)
    assert progress.waits


def _only_to_read(folder: Path) -> Iterator[Path]:
    """Mount a copy of a folder where nothing can be written."""
    place = folder.parent / "medium"
    place.mkdir()
    mounted = subprocess.run(["mount", "--bind", folder, place], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("only root can mount")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", place], check=True)
        yield place
    finally:
        subprocess.run(["umount", place], check=False)


@pytest.mark.slow
@_POSIX
@pytest.mark.parametrize("log", some([False, True], 2))
def test_what_only_reads_works_on_a_medium_that_can_only_be_read(
    log: bool, folder: Path, done: Path, tmp_path: Path, run: Run
) -> None:
    if log:  # as a killed run leaves it: the last chunk is not in the file yet
        connection = sqlite3.connect(folder / FILE)
        connection.execute("PRAGMA journal_mode = WAL")
        with connection:
            connection.execute("UPDATE scenario SET name = 'from the log' WHERE number = 0")
        files = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
        connection.close()
        with suppress(OSError):
            (folder / f"{FILE}-shm").unlink()
        for name, content in files.items():
            if not name.endswith("-shm"):
                (folder / name).write_bytes(content)
    for place in _only_to_read(folder):
        before = sorted(path.name for path in place.iterdir())
        assert run("sweep", "export", place, "--out", tmp_path / "csv").code == 0
        text = (tmp_path / "csv" / "scenarios.csv").read_text("utf-8")
        assert ("from the log" in text) is log
        assert run("sweep", "summary", place, "--out", tmp_path / "summary").code == 0
        ran = run("sweep", "summary", place)
        assert ran.code == 0
        assert "scenarios done" in ran.out
        assert "not written" in ran.err
        assert run("report", place, "--out", tmp_path / "page.html").code == 0
        progress = Progress()
        work_out(described(), place, here, progress, resume=True)
        assert progress.done == SIZE
        assert sorted(path.name for path in place.iterdir()) == before
    if not log:
        assert kept(folder) == kept(done)
