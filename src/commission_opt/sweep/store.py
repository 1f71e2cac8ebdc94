"""The answers of a sweep in one SQLite file, chunk by chunk, each whole or not at all.

A chunk is one transaction, flushed to disk, so that what is there after the process or the machine
was stopped at any moment is a whole number of chunks.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from commission_opt.errors import UsageError
from commission_opt.files.folder import check_target, whole_folder
from commission_opt.plan.made_with import differences
from commission_opt.scenario.fields import MODEL
from commission_opt.sweep.kept import check_about, checked_row, ends_text, packed
from commission_opt.sweep.row import Changed, Row
from commission_opt.sweep.store_file import (
    FILE,
    DamagedError,
    exists,
    lock,
    make,
    open_to_read,
    open_to_write,
    told,
)
from commission_opt.sweep.work import Work

__all__ = ["FILE", "FORMAT", "LOST", "Store", "create", "exists", "reading", "writing"]

FORMAT = "2"
LOST = "worker lost"  # how of an answer that is tried again when the sweep is resumed
_YEARS = f"{MODEL}commissioning_years"
_PATIENCE = 10.0  # seconds for a process that was killed to be gone


class Store:
    """The store of one sweep; use ``create``, ``reading`` and ``writing``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def done(self) -> set[int]:
        """Return the chunks that are there; one whose workers died counts as not there."""
        query = "SELECT DISTINCT chunk FROM scenario WHERE how <> ?"
        return {chunk for (chunk,) in self._connection.execute(query, (LOST,))}

    def add(self, chunk: int, rows: Sequence[Row]) -> None:
        """Keep the rows of a chunk, all or none."""
        with self._connection as connection:
            lost = "SELECT number FROM scenario WHERE chunk = ? AND how = ?"
            connection.execute(f"DELETE FROM measure WHERE scenario IN ({lost})", (chunk, LOST))
            connection.execute(f"DELETE FROM scenario WHERE number IN ({lost})", (chunk, LOST))
            connection.executemany(
                f"INSERT INTO scenario VALUES ({', '.join('?' * 13)})",
                [_record(row, chunk, step) for step, row in enumerate(rows)],
            )
            connection.executemany(
                "INSERT INTO measure VALUES (?, ?, ?)",
                [(row.number, *pair) for row in rows for pair in sorted(row.measures.items())],
            )

    def size(self) -> tuple[int, int]:
        """Return how many scenarios the chunks have that are there, and how many have no plan."""
        query = """SELECT count(*), count(*) - count(places) FROM scenario
                   WHERE chunk IN (SELECT chunk FROM scenario WHERE how <> ?)"""
        scenarios, unplanned = self._connection.execute(query, (LOST,)).fetchone()
        return scenarios, unplanned

    def about(self) -> dict[str, str]:
        """Return what the sweep was made of."""
        return dict(self._connection.execute("SELECT key, value FROM meta ORDER BY key"))

    def binding(self) -> dict[str, str]:
        """Return what must stay the same for the sweep to go on."""
        query = "SELECT key, value FROM meta WHERE binding ORDER BY key"
        return dict(self._connection.execute(query))

    def counts(self) -> dict[str, int]:
        """Return the number of scenarios by status, the most frequent first."""
        return dict(self.tally("status"))

    def tally(self, *columns: str) -> list[Any]:
        """Return how many scenarios have each entry of some columns, the most frequent first.

        Rows of texts and a count; scenarios for which the last column is empty are left out.
        """
        names = ", ".join(columns)
        return self._said(
            f"SELECT {names}, count(*) AS found FROM scenario WHERE {columns[-1]} <> '' "
            f"GROUP BY {names} ORDER BY found DESC, {names}"
        )

    def measures(self) -> list[str]:
        """Return the names of all measures, sorted."""
        query = "SELECT DISTINCT measure, 0 FROM measure ORDER BY measure"
        return [measure for measure, _ in self._said(query)]

    def _said(self, query: str) -> list[Any]:
        """Return rows of texts and, last of each, a count."""
        rows = list(self._connection.execute(query))
        if not all(isinstance(text, str) for row in rows for text in row[:-1]):
            raise DamagedError("a text in it is no text")
        return rows

    def order(self) -> dict[int, list[int]]:
        """Return the numbers of the scenarios of each chunk, in the order of their solution."""
        query = "SELECT chunk, number FROM scenario WHERE how <> ? ORDER BY chunk, step"
        found: dict[int, list[int]] = {}
        for chunk, number in self._connection.execute(query, (LOST,)):
            found.setdefault(chunk, []).append(number)
        return found

    def courses(self) -> list[str]:
        """Return the codes of the courses, in the order of the rows of places."""
        return [str(code) for code in json.loads(self.about()["courses"])]

    def bought(self) -> list[str]:
        """Return the codes of the measures, in the order of the rows of units; none if not said."""
        return [str(code) for code in json.loads(self.about().get("measures", "[]"))]

    def rows(self) -> Iterator[Row]:
        """Give the scenarios one by one, in the order of the design."""
        courses, units, shape = len(self.courses()), len(self.bought()), None
        for record in self._connection.execute("SELECT * FROM scenario ORDER BY number"):
            query = "SELECT measure, value FROM measure WHERE scenario = ?"
            figures = list(self._connection.execute(query, record[:1]))
            row = checked_row(record, figures, courses, units)
            years = any(each.target.startswith(_YEARS) for each in row.settings)
            if row.places is not None and not years:
                shape = shape or row.places.shape
                if row.places.shape != shape:
                    raise DamagedError(f"the places of scenario {row.number} are of other years")
            yield row


def create(
    folder: Path,
    work: Work,
    binding: Mapping[str, str],
    about: Mapping[str, str],
    *,
    force: bool = False,
    patience: float = _PATIENCE,
    waiting: Callable[[], object] = lambda: None,
) -> None:
    """Make the folder of a sweep, whole or not at all: an empty store and copies of the inputs.

    Parameters
    ----------
    folder, work
    binding, about : mapping of str to str
        What must stay the same for the sweep to go on, and what else is worth knowing of it.
    force : bool
        Whether an existing folder may be replaced.
    patience, waiting
        As for ``writing``.

    Raises
    ------
    UsageError
        If the folder may not be replaced or cannot be written, or if a sweep is writing to it.
    """
    check_target(folder, force=force)
    if force and exists(folder):
        with told(folder, "replaced"), lock(folder, patience, waiting):
            pass
    with whole_folder(folder, force=force) as new:
        (new / "instance").mkdir()
        for name, content in work.files:
            (new / "instance" / name).write_bytes(content)
        (new / "model.toml").write_bytes(work.model)
        records = [("format", FORMAT, True), *((k, v, True) for k, v in binding.items())]
        records += [(key, value, False) for key, value in about.items()]
        with told(folder, "written"), closing(make(new)) as connection, connection:
            connection.executemany("INSERT INTO meta VALUES (?, ?, ?)", records)


@contextmanager
def reading(folder: Path) -> Iterator[Store]:
    """Open the store of a sweep to read, also while the sweep goes on.

    Raises
    ------
    UsageError
        If there is none, of another format, or if it turns out to be damaged inside the block.
    """
    with told(folder, "read as a sweep"), open_to_read(folder) as connection:
        store = _checked(Store(connection), folder)
        check_about(store.about())
        yield store


@contextmanager
def writing(
    folder: Path,
    binding: Mapping[str, str],
    patience: float = _PATIENCE,
    waiting: Callable[[], object] = lambda: None,
) -> Iterator[Store]:
    """Open the store of a sweep to add to it.

    Parameters
    ----------
    folder, binding
    patience : float
        Seconds to wait for another process that writes to it.
    waiting : callable
        Told again and again while that lasts.

    Raises
    ------
    UsageError
        If there is none, if it was made with other inputs, options or versions, which are named,
        if another process is writing to it, or if it cannot be written.
    """
    with told(folder, "written"), open_to_write(folder, patience, waiting) as connection:
        store = _checked(Store(connection), folder)
        check_binding(store, folder, binding)
        yield store


def check_binding(store: Store, folder: Path, binding: Mapping[str, str]) -> None:
    """Refuse to go on with a sweep that was begun with something else, which is named.

    Raises
    ------
    UsageError
    """
    wrong = differences({"format": FORMAT, **binding}, store.binding())
    if wrong:
        raise UsageError(
            f"the sweep in {folder} cannot go on: {'; '.join(wrong)}. "
            "Give what it was begun with, or another --out"
        )


def _checked(store: Store, folder: Path) -> Store:
    found = store.binding().get("format")
    if found != FORMAT:
        message = f"{folder / FILE} has format {found}; this program reads format {FORMAT}"
        raise UsageError(message)
    return store


def settings_text(settings: Iterable[Changed]) -> str:
    """Write what a scenario sets as JSON, the way the store keeps it."""
    return json.dumps([vars(each) for each in settings], ensure_ascii=False)


def _record(row: Row, chunk: int, step: int) -> tuple[object, ...]:
    parts = [part for part in (row.places, row.units) if part is not None]
    places = packed(np.concatenate(parts)) if parts else None
    return (
        row.number, chunk, step, row.key, row.name, settings_text(row.settings), row.status,
        row.reason, row.how, row.seconds, places, row.work, ends_text(row.ends),
    )  # fmt: skip
