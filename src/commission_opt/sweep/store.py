"""The answers of a sweep in one SQLite file, chunk by chunk, each whole or not at all.

A chunk is one transaction, flushed to disk, so that what is there after the process or the machine
was stopped at any moment is a whole number of chunks.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from commission_opt.errors import UsageError
from commission_opt.folder import whole_folder
from commission_opt.linear_program import Floats
from commission_opt.sweep.answer import Answer
from commission_opt.sweep.row import Changed, Row
from commission_opt.sweep.scenario import Scenario
from commission_opt.sweep.work import Work, differences

FORMAT = "1"
FILE = "sweep.sqlite"
LOST = "worker lost"  # how of an answer that is tried again when the sweep is resumed
_LOCK = "sweep.lock"
_TABLES = """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL, binding INTEGER NOT NULL)
        WITHOUT ROWID;
    CREATE TABLE scenario (
        number INTEGER PRIMARY KEY, chunk INTEGER NOT NULL, key TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        settings TEXT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL, how TEXT NOT NULL,
        seconds REAL NOT NULL, places BLOB);
    CREATE INDEX scenario_chunk ON scenario (chunk);
    CREATE TABLE measure (
        scenario INTEGER NOT NULL REFERENCES scenario (number), measure TEXT NOT NULL, value REAL,
        PRIMARY KEY (scenario, measure)) WITHOUT ROWID;
"""


class Store:
    """The store of one sweep; use ``create``, ``reading`` and ``writing``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def done(self) -> set[int]:
        """Return the chunks that are there; one whose workers died counts as not there."""
        query = "SELECT DISTINCT chunk FROM scenario WHERE how <> ?"
        return {chunk for (chunk,) in self._connection.execute(query, (LOST,))}

    def add(self, chunk: int, answers: Sequence[tuple[int, Answer]]) -> None:
        """Keep the numbered answers of a chunk, all or none."""
        with self._connection as connection:
            lost = "SELECT number FROM scenario WHERE chunk = ? AND how = ?"
            connection.execute(f"DELETE FROM measure WHERE scenario IN ({lost})", (chunk, LOST))
            connection.execute(f"DELETE FROM scenario WHERE number IN ({lost})", (chunk, LOST))
            connection.executemany(
                "INSERT INTO scenario VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [_record(number, chunk, answer) for number, answer in answers],
            )
            connection.executemany(
                "INSERT INTO measure VALUES (?, ?, ?)",
                [
                    (number, measure, value)
                    for number, answer in answers
                    for measure, value in sorted(answer.measures.items())
                ],
            )

    def size(self, chunks: AbstractSet[int]) -> tuple[int, int]:
        """Return how many scenarios these chunks have, and how many of them have no plan."""
        query = "SELECT chunk, count(*), count(*) - count(places) FROM scenario GROUP BY chunk"
        sizes = [
            (n, without) for chunk, n, without in self._connection.execute(query) if chunk in chunks
        ]
        return sum(n for n, _ in sizes), sum(without for _, without in sizes)

    def about(self) -> dict[str, str]:
        """Return what the sweep was made of."""
        return dict(self._connection.execute("SELECT key, value FROM meta ORDER BY key"))

    def binding(self) -> dict[str, str]:
        """Return what must stay the same for the sweep to go on."""
        query = "SELECT key, value FROM meta WHERE binding ORDER BY key"
        return dict(self._connection.execute(query))

    def counts(self) -> dict[str, int]:
        """Return the number of scenarios by status, the most frequent first."""
        query = "SELECT status, count(*) FROM scenario GROUP BY status ORDER BY 2 DESC, 1"
        return dict(self._connection.execute(query))

    def reasons(self) -> list[tuple[str, str, int]]:
        """Return status, reason and number of the scenarios without a plan."""
        query = """SELECT status, reason, count(*) FROM scenario WHERE reason <> ''
                   GROUP BY status, reason ORDER BY 3 DESC, 1, 2"""
        return list(self._connection.execute(query))

    def ways(self) -> dict[str, int]:
        """Return the number of scenarios by how they were solved, the most frequent first."""
        query = """SELECT how, count(*) FROM scenario WHERE how <> ''
                   GROUP BY how ORDER BY 2 DESC, 1"""
        return dict(self._connection.execute(query))

    def measures(self) -> list[str]:
        """Return the names of all measures, sorted."""
        query = "SELECT DISTINCT measure FROM measure ORDER BY measure"
        return [measure for (measure,) in self._connection.execute(query)]

    def courses(self) -> list[str]:
        """Return the codes of the courses, in the order of the rows of places."""
        return [str(code) for code in json.loads(self.about()["courses"])]

    def rows(self) -> Iterator[Row]:
        """Give the scenarios one by one, in the order of the design."""
        courses = len(self.courses())
        scenarios = self._connection.execute("SELECT * FROM scenario ORDER BY number")
        for number, _, key, name, settings, status, reason, how, seconds, places in scenarios:
            query = "SELECT measure, value FROM measure WHERE scenario = ?"
            found = {
                measure: float("nan") if value is None else value
                for measure, value in self._connection.execute(query, (number,))
            }
            grid = None if places is None else _unpacked(places, courses)
            sets = tuple(Changed(**setting) for setting in json.loads(settings))
            yield Row(number, key, name, sets, status, reason, how, seconds, found, grid)


def create(
    folder: Path,
    work: Work,
    binding: Mapping[str, str],
    about: Mapping[str, str],
    *,
    force: bool = False,
) -> None:
    """Make the folder of a sweep, whole or not at all: an empty store and copies of the inputs.

    Parameters
    ----------
    folder : Path
    work : Work
    binding : mapping of str to str
        What must stay the same for the sweep to go on.
    about : mapping of str to str
        What else is worth knowing of it.
    force : bool
        Whether an existing folder may be replaced.

    Raises
    ------
    UsageError
        If the folder may not be replaced or cannot be written, or if a sweep is writing to it.
    """
    if force and exists(folder):
        with _lock(folder):
            pass
    with whole_folder(folder, force=force) as new:
        (new / "instance").mkdir()
        for name, content in work.files:
            (new / "instance" / name).write_bytes(content)
        (new / "model.toml").write_bytes(work.model)
        connection = sqlite3.connect(new / FILE)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_TABLES)
            with connection:
                records = [("format", FORMAT, True), *((k, v, True) for k, v in binding.items())]
                records += [(key, value, False) for key, value in about.items()]
                connection.executemany("INSERT INTO meta VALUES (?, ?, ?)", records)
        finally:
            connection.close()


@contextmanager
def reading(folder: Path) -> Iterator[Store]:
    """Open the store of a sweep to read, also while the sweep goes on.

    Raises
    ------
    UsageError
        If there is none, or of another format.
    """
    connection = _connect(folder)
    try:
        connection.execute("PRAGMA query_only = ON")
        yield _checked(Store(connection), folder)
    finally:
        connection.close()


@contextmanager
def writing(folder: Path, binding: Mapping[str, str]) -> Iterator[Store]:
    """Open the store of a sweep to add to it.

    Raises
    ------
    UsageError
        If there is none, if it was made with other inputs, options or versions, which are named,
        or if another process is writing to it.
    """
    with _lock(folder):
        connection = _connect(folder)
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            store = _checked(Store(connection), folder)
            wrong = differences({"format": FORMAT, **binding}, store.binding())
            if wrong:
                raise UsageError(
                    f"the sweep in {folder} cannot go on: {'; '.join(wrong)}. "
                    "Give what it was begun with, or another --out"
                )
            yield store
        finally:
            connection.close()


def exists(folder: Path) -> bool:
    """Say whether the folder holds a sweep."""
    return (folder / FILE).is_file()


def _check_exists(folder: Path) -> None:
    if not exists(folder):
        raise UsageError(f"there is no sweep in {folder}: it has no {FILE}")


def _connect(folder: Path) -> sqlite3.Connection:
    _check_exists(folder)
    return sqlite3.connect(folder / FILE, timeout=30.0)


def _checked(store: Store, folder: Path) -> Store:
    try:
        found = store.binding().get("format")
    except sqlite3.DatabaseError as error:
        raise UsageError(f"{folder / FILE} cannot be read as a sweep: {error}") from error
    if found != FORMAT:
        message = f"{folder / FILE} has format {found}; this program reads format {FORMAT}"
        raise UsageError(message)
    return store


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Let one process write; the system frees the lock however that process ends."""
    _check_exists(folder)
    connection = sqlite3.connect(folder / _LOCK, timeout=0.0, isolation_level=None)
    try:
        _take(connection, folder)
        yield
    finally:
        connection.close()


def _take(lock: sqlite3.Connection, folder: Path) -> None:
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        raise UsageError(f"another process is writing to the sweep in {folder}") from error


def settings_text(scenario: Scenario) -> str:
    """Write what a scenario sets as JSON, the way the store keeps it."""
    sets = [
        {"axis": setting.axis.name, "target": setting.axis.target, "value": setting.value}
        for setting in scenario.settings
    ]
    return json.dumps(sets, ensure_ascii=False)


def _record(number: int, chunk: int, answer: Answer) -> tuple[object, ...]:
    scenario = answer.scenario
    settings = settings_text(scenario)
    places = None if answer.places is None else _packed(answer.places)
    return (
        number, chunk, scenario.key, scenario.name, settings, answer.status, answer.reason,
        answer.how, answer.seconds, places,
    )  # fmt: skip


def _packed(places: Floats) -> bytes:
    return zlib.compress(np.ascontiguousarray(places, dtype="<f8").tobytes(), 1)


def _unpacked(places: bytes, courses: int) -> Floats:
    return np.frombuffer(zlib.decompress(places), dtype="<f8").astype(float).reshape(courses, -1)
