"""What a workspace remembers: instances, scenarios and the commands that were run.

One SQLite file. Every change is one transaction that is on disk before the page says so. Jobs are
only ever added; a scenario is changed by whoever has seen its latest version.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from commission_opt.errors import UsageError
from commission_opt.workbench.records import (
    INTERRUPTED,
    RUNNING,
    WAITING,
    Brought,
    ChangedMeanwhileError,
    Job,
    Kept,
    Listed,
    now,
)

FILE = "workbench.sqlite"
_FORMAT = 2
_PATIENCE = 30.0  # seconds that another writer may take
_SCHEMA = """
CREATE TABLE instances (
    name TEXT PRIMARY KEY, source TEXT NOT NULL, model TEXT NOT NULL, sha256 TEXT NOT NULL,
    added TEXT NOT NULL
) STRICT;
CREATE TABLE scenarios (
    id INTEGER PRIMARY KEY, instance TEXT NOT NULL REFERENCES instances (name),
    name TEXT NOT NULL, changes TEXT NOT NULL, version INTEGER NOT NULL, saved TEXT NOT NULL,
    UNIQUE (instance, name)
) STRICT;
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, words TEXT NOT NULL, out TEXT,
    instance TEXT, scenario TEXT, plan TEXT, state TEXT NOT NULL, asked TEXT NOT NULL,
    started TEXT, ended TEXT, code INTEGER
) STRICT;
CREATE UNIQUE INDEX one_for_each_place ON jobs (out) WHERE state IN ('waiting', 'running');
"""
_SINCE_2 = """
CREATE TABLE brought (
    place TEXT PRIMARY KEY, sha256 TEXT NOT NULL, instance TEXT, added TEXT NOT NULL
) STRICT;
"""
_MISSING = {0: _SCHEMA + _SINCE_2, 1: _SINCE_2}  # of a file of each earlier format


class Memory:
    """The SQLite file of a workspace; may be used from several threads at once.

    Raises
    ------
    UsageError
        If it was written by a later version, or is no such file.
    """

    def __init__(self, root: Path) -> None:
        self._path = root / FILE
        try:
            with self._open() as db:
                (found,) = db.execute("PRAGMA user_version").fetchone()
                if found in _MISSING:
                    new = f"{_MISSING[found]}PRAGMA user_version = {_FORMAT};"
                    db.executescript(f"BEGIN;{new}COMMIT;")
                elif found != _FORMAT:
                    raise UsageError(
                        f"{self._path} is of format {found}, written by another version of "
                        f"commission-opt; this one reads {_FORMAT}"
                    )
        except sqlite3.DatabaseError as error:
            raise UsageError(f"{self._path} cannot be used: {error}") from error

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Give a connection; what is written is committed at the end, or not at all."""
        with closing(sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA foreign_keys = ON")
            yield db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _one(self, query: str, key: str | int, missing: str) -> Any:
        """Return the row of a key; a UsageError says what is missing where there is none."""
        with self._open() as db:
            row = db.execute(query, (key,)).fetchone()
        if row is None:
            raise UsageError(missing)
        return row

    def _added(self, statement: str, values: tuple[object, ...], taken: str) -> int:
        """Add a row and return its number; a UsageError says that its place is taken."""
        try:
            with self._writing() as db:
                return int(db.execute(statement, values).lastrowid or 0)
        except sqlite3.IntegrityError as error:
            raise UsageError(taken) from error

    def instances(self) -> list[Listed]:
        """Return the instances, the newest first."""
        with self._open() as db:
            rows = db.execute("SELECT * FROM instances ORDER BY added DESC, name")
            return [Listed(*row) for row in rows]

    def instance(self, name: str) -> Listed:
        """Return an instance; a UsageError says that there is none of that name."""
        missing = "there is no instance of that name here"
        return Listed(*self._one("SELECT * FROM instances WHERE name = ?", name, missing))

    def add_instance(self, name: str, source: str, model: str, sha256: str = "") -> None:
        """Add an instance, unless there is one of that name already."""
        with self._writing() as db:
            db.execute(
                "INSERT INTO instances VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (name, source, model, sha256, now()),
            )

    def bring(self, place: str, sha256: str, instance: str | None = None) -> None:
        """Remember a file that was brought, and what it is a return of."""
        with self._writing() as db:
            db.execute("INSERT INTO brought VALUES (?, ?, ?, ?)", (place, sha256, instance, now()))

    def brought(self, instance: str | None = None) -> list[Brought]:
        """Return the files that were brought, the oldest first: all, or returns of an instance."""
        with self._open() as db:
            rows = db.execute(
                "SELECT * FROM brought WHERE ? IS NULL OR instance = ? ORDER BY added, place",
                (instance, instance),
            )
            return [Brought(*row) for row in rows]

    def choose_model(self, name: str, model: str) -> None:
        """Let an instance be planned by another commissioning model."""
        with self._writing() as db:
            db.execute("UPDATE instances SET model = ? WHERE name = ?", (model, name))

    def scenarios(self, instance: str) -> list[Kept]:
        """Return the scenarios of an instance, in the order in which they were named."""
        with self._open() as db:
            rows = db.execute("SELECT * FROM scenarios WHERE instance = ? ORDER BY id", (instance,))
            return [_kept(row) for row in rows]

    def scenario(self, number: int) -> Kept:
        """Return a scenario; a UsageError says that there is none of that number."""
        missing = "there is no such scenario; somebody may have removed it"
        return _kept(self._one("SELECT * FROM scenarios WHERE id = ?", _key(number), missing))

    def name_scenario(self, instance: str, name: str, changes: Sequence[str]) -> int:
        """Keep a new scenario; return its number.

        Raises
        ------
        UsageError
            If the instance has one of that name.
        """
        return self._added(
            "INSERT INTO scenarios (instance, name, changes, version, saved) "
            "VALUES (?, ?, ?, 1, ?)",
            (instance, name, _written(changes), now()),
            f"there is a scenario called {name!r} already; change that, or give another name",
        )

    def change_scenario(self, number: int, version: int, changes: Sequence[str]) -> None:
        """Replace the changes of a scenario by somebody who has seen this version of it.

        Raises
        ------
        ChangedMeanwhileError
            If there is a later one.
        """
        with self._writing() as db:
            done = db.execute(
                "UPDATE scenarios SET changes = ?, version = version + 1, saved = ? "
                "WHERE id = ? AND version = ?",
                (_written(changes), now(), number, version),
            )
            _check_seen(done)

    def remove_scenario(self, number: int, version: int) -> None:
        """Remove a scenario; else as ``change_scenario``."""
        with self._writing() as db:
            done = db.execute(
                "DELETE FROM scenarios WHERE id = ? AND version = ?", (number, version)
            )
            _check_seen(done)

    def add_job(
        self,
        kind: str,
        words: Sequence[str],
        out: str | None = None,
        instance: str | None = None,
        scenario: str | None = None,
        plan: str | None = None,
    ) -> int:
        """Add a command that waits to be run; return its number.

        Raises
        ------
        UsageError
            If another that is not over writes to the same place.
        """
        return self._added(
            "INSERT INTO jobs (kind, words, out, instance, scenario, plan, state, asked) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (kind, _written(words), out, instance, scenario, plan, WAITING, now()),
            f"another command is writing {out} just now; see Commands",
        )

    def job(self, number: int) -> Job:
        """Return a command; a UsageError says that there is none of that number."""
        missing = "there is no command of that number"
        return _job(self._one("SELECT * FROM jobs WHERE id = ?", _key(number), missing))

    def jobs(self, where: str = "", *values: str) -> list[Job]:
        """Return the commands, the oldest first: all, or those with these values.

        Parameters
        ----------
        where : str
            Names of columns with commas.
        *values : str
        """
        names = [name for name in where.split(",") if name]
        if not set(names) <= {"instance", "plan", "kind", "out", "scenario"}:
            raise ValueError(where)
        condition = " AND ".join(f"{name} = ?" for name in names) or "1"
        with self._open() as db:
            rows = db.execute(f"SELECT * FROM jobs WHERE {condition} ORDER BY id", values)
            return [_job(row) for row in rows]

    def begin(self, number: int) -> bool:
        """Say that a command that waits is running; False if it waits no longer."""
        with self._writing() as db:
            done = db.execute(
                "UPDATE jobs SET state = ?, started = ? WHERE id = ? AND state = ?",
                (RUNNING, now(), number, WAITING),
            )
            return done.rowcount == 1

    def end(self, number: int, state: str, code: int | None) -> None:
        """Say how a command ended, unless that is known already."""
        with self._writing() as db:
            db.execute(
                "UPDATE jobs SET state = ?, code = ?, ended = ? WHERE id = ? AND state IN (?, ?)",
                (state, code, now(), number, WAITING, RUNNING),
            )

    def interrupted(self, going_on: Collection[int] = ()) -> None:
        """Mark what ran or waited when the last server ended, but for what is going on."""
        left = [job.id for job in self.jobs() if not job.over and job.id not in going_on]
        for number in left:
            self.end(number, INTERRUPTED, None)


def _key(number: int) -> int:
    """Return a number that may be that of a row; 0, which is none, for one that is too large."""
    return number if number < 2**63 else 0


def _written(texts: Sequence[str]) -> str:
    return json.dumps(list(texts), ensure_ascii=False)


def _check_seen(done: sqlite3.Cursor) -> None:
    if done.rowcount != 1:
        raise ChangedMeanwhileError(
            "somebody has changed or removed this scenario since you opened it; nothing was saved"
        )


def _kept(row: tuple[int, str, str, str, int, str]) -> Kept:
    number, instance, name, changes, version, saved = row
    return Kept(number, instance, name, tuple(json.loads(changes)), version, saved)


def _job(row: tuple[object, ...]) -> Job:
    number, kind, words, *rest = row
    return Job(number, kind, tuple(json.loads(str(words))), *rest)  # type: ignore[arg-type]
