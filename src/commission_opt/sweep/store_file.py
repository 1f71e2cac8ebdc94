"""The SQLite file of a sweep, opened with care.

It may be damaged, foreign or made to do harm, another program may have it locked, and the medium
may be one that can only be read. Each is a sentence, within a second or two.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import reduce
from itertools import chain, repeat
from pathlib import Path

from commission_opt.errors import UsageError
from commission_opt.files.refusal import BROKEN, FULL, READ_ONLY, writing

FILE = "sweep.sqlite"
_LOCK = "sweep.lock"
_TABLES = """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL, binding INTEGER NOT NULL)
        WITHOUT ROWID;
    CREATE TABLE scenario (
        number INTEGER PRIMARY KEY, chunk INTEGER NOT NULL, step INTEGER NOT NULL,
        key TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        settings TEXT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL, how TEXT NOT NULL,
        seconds REAL NOT NULL, places BLOB, work REAL NOT NULL, ends TEXT NOT NULL);
    CREATE INDEX scenario_chunk ON scenario (chunk);
    CREATE TABLE measure (
        scenario INTEGER NOT NULL REFERENCES scenario (number), measure TEXT NOT NULL, value REAL,
        PRIMARY KEY (scenario, measure)) WITHOUT ROWID;
"""
_NEW = (" step INTEGER NOT NULL,", ", work REAL NOT NULL, ends TEXT NOT NULL")
_PATIENCE = 1.0  # seconds for a reader that finds the file locked
_LONGEST = 64 * 2**20  # bytes of one value
_STEPS = 100_000  # of SQLite's machine between looks at how many there were
# Looks allowed in all; a hundred readings of the file take less.
_AT_LEAST, _A_BYTE = 200, 200 / _STEPS
_REASONS = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: "its folder cannot be opened or is gone; look for it, and resume then",
    sqlite3.SQLITE_IOERR: BROKEN,
    sqlite3.SQLITE_BUSY: "another program has it locked; end that, and resume then",
}
_CANNOT_WRITE = _REASONS.keys() - {sqlite3.SQLITE_BUSY}


class DamagedError(Exception):
    """Something in the file is not what a sweep has there."""


@contextmanager
def told(folder: Path, what: str) -> Iterator[None]:
    """Turn what SQLite complains of, and what is damaged, into a sentence.

    Raises
    ------
    UsageError
    """
    try:
        yield
    except (sqlite3.Error, DamagedError) as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_INTERRUPT:
            error = DamagedError("reading it does not come to an end")
        reason = _REASONS.get(code, f"{error}; it is damaged, or no sweep of this program")
        raise UsageError(f"{folder / FILE} cannot be {what}: {reason}") from error


def exists(folder: Path) -> bool:
    """Say whether the folder holds a sweep."""
    return (folder / FILE).is_file()


def make(folder: Path) -> sqlite3.Connection:
    """Make an empty store in a folder that has none."""
    connection = sqlite3.connect(folder / FILE)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(_TABLES)
    return connection


@contextmanager
def open_to_read(folder: Path) -> Iterator[sqlite3.Connection]:
    """Open the store of a sweep to read, also while it goes on, and on any medium."""
    _check_exists(folder)
    file = folder / FILE
    with ExitStack() as stack:
        try:
            writable = os.access(folder, os.W_OK) and os.access(file, os.W_OK)
            address = (
                f"{file.absolute().as_uri()}?mode=rw" if writable else _as_it_is(folder, stack)
            )
            connection = _opened(address, stack)
        except sqlite3.OperationalError as error:  # SQLite writes beside it, even to read
            if error.sqlite_errorcode & 0xFF not in _CANNOT_WRITE:
                raise
            connection = _opened(_as_it_is(folder, stack), stack)
        left = _AT_LEAST + int(_A_BYTE * file.stat().st_size)
        connection.set_progress_handler(chain(repeat(0, left), repeat(1)).__next__, _STEPS)
        yield connection


def _opened(address: str, stack: ExitStack) -> sqlite3.Connection:
    connection = sqlite3.connect(address, timeout=_PATIENCE, uri=True)
    stack.enter_context(closing(connection))
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA query_only = ON")
    _check_schema(connection)
    return connection


def _as_it_is(folder: Path, stack: ExitStack) -> str:
    """Return where to read a store if nothing can be written beside it.

    Chunks that a killed run left in the log belong to it; to have them, both are copied.
    """
    file, log = folder / FILE, folder / f"{FILE}-wal"
    if not (log.is_file() and log.stat().st_size):
        return f"{file.absolute().as_uri()}?mode=ro&immutable=1"
    with writing(Path(tempfile.gettempdir())):
        spare = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for path in (file, log):
            shutil.copyfile(path, spare / path.name)
    return (spare / FILE).as_uri()


@contextmanager
def open_to_write(
    folder: Path, patience: float, waiting: Callable[[], object]
) -> Iterator[sqlite3.Connection]:
    """Open the store of a sweep to add to it; no other process may meanwhile."""
    with lock(folder, patience, waiting):
        connection = sqlite3.connect(folder / FILE, timeout=_PATIENCE)
        with closing(connection):
            connection.execute("PRAGMA trusted_schema = OFF")
            _check_schema(connection)
            connection.execute("PRAGMA busy_timeout = 30000")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            yield connection


@contextmanager
def lock(folder: Path, patience: float, waiting: Callable[[], object]) -> Iterator[None]:
    """Let one process write; the system frees the lock however that process ends.

    A process that was killed holds it until the system has cleared up after it. It is waited for
    ``patience`` seconds, during which ``waiting`` is told again and again.

    Raises
    ------
    UsageError
        If another process has it for longer.
    """
    _check_exists(folder)
    with closing(sqlite3.connect(folder / _LOCK, timeout=0.0, isolation_level=None)) as connection:
        end = time.monotonic() + patience
        while not _taken(connection):
            if time.monotonic() >= end:
                raise UsageError(f"another process is writing to the sweep in {folder}")
            waiting()
            time.sleep(0.05)
        yield


def _taken(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def _check_exists(folder: Path) -> None:
    if not exists(folder):
        raise UsageError(f"there is no sweep in {folder}: it has no {FILE}")


def _check_schema(connection: sqlite3.Connection) -> None:
    """Refuse a file that has anything but the tables of a sweep, such as a view without an end.

    Those of an older format pass: the format is told next.
    """
    format_1 = reduce(lambda text, new: text.replace(new, ""), _NEW, _TABLES)
    if _schema(connection) not in (_schema_of(_TABLES), _schema_of(format_1)):
        raise DamagedError("it has other tables than a sweep has")


def _schema_of(tables: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(":memory:")) as model:
        model.executescript(tables)
        return _schema(model)


def _schema(connection: sqlite3.Connection) -> list[tuple[str, ...]]:
    query = "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema LIMIT 20"
    return sorted(
        tuple(" ".join(str(part).split()) for part in row) for row in connection.execute(query)
    )
