"""Returns joined with the national workbook they are copies of, three ways and cell by cell.

What a return changed against the national workbook is taken. Where two returns say different
things of one cell, or one deletes what another changes, that is a conflict: it is listed, and
nobody wins.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import NamedTuple

from commission_opt.errors import InputError, Problem
from commission_opt.instance.raw import RawTable
from commission_opt.instance.schema import TABLES
from commission_opt.workbook.instance_book import instance_book
from commission_opt.workbook.keyed import KEY, VALUE, Key, Keyed, Side, same
from commission_opt.workbook.layout import OWN_SHEETS, SETTINGS_SHEET, number_of
from commission_opt.workbook.note_sheet import KeptNote, Note
from commission_opt.workbook.origin import origin_of

REPORT_SHEET = "note merged"
CELL, ADDED, DELETED = "cell changed", "row added", "row deleted"
NOTES = "sheet of notes kept"
_NAME: Key = ("name",)  # of the instance, among the settings
_LONGEST_NAME, _LONGEST_OWNER = 31, 16  # characters; Excel's limit, and ours within it
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


class Taken(NamedTuple):
    """What was taken from a return, in the words of the report; cells have a column and values."""

    file: str
    what: str
    sheet: str
    row: str  # its key
    column: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Merge:
    """What came of a merge.

    Parameters
    ----------
    conflicts : tuple of Problem
        One for each cell or row of which returns say different things.
    tables : mapping of str to (header, rows)
        What the sheets hold then; only to be used without conflicts.
    settings_text : str
        What ``instance.toml`` would hold without the returns.
    numbers : frozenset of str
        Keys of the settings whose values are numbers.
    """

    taken: tuple[Taken, ...]
    conflicts: tuple[Problem, ...]
    tables: Mapping[str, tuple[tuple[str, ...], tuple[Mapping[str, str], ...]]]
    settings_text: str
    numbers: frozenset[str]
    notes: tuple[KeptNote, ...] = ()

    def counts(self, file: str) -> dict[str, int]:
        """Return how many cells and rows were taken from a return."""
        found = Counter(t.what for t in self.taken if t.file == file)
        return {what: found[what] for what in (CELL, ADDED, DELETED)}


def merge(national: Side, returns: Sequence[Side]) -> Merge:
    """Join returns with the workbook they were made from.

    Raises
    ------
    InputError
        If a return is a copy of another workbook, whose rows would all count as deleted and added.
    """
    if strangers := [*_of_others(national, returns)]:
        raise InputError(strangers)
    taken: list[Taken] = []
    conflicts: list[Problem] = []
    tables = {}
    for sheet in (SETTINGS_SHEET, *TABLES):
        sides = [side for side in returns if sheet in side.tables]
        if sheet not in national.tables and not sides:
            continue
        joint = _Sheet(sheet, national, sides, taken, conflicts)
        rows = tuple(joint.rows())
        tables[sheet] = (joint.header(rows), rows)
    numbers = national.numbers.union(*(side.numbers for side in returns))
    notes = tuple(_kept_notes(national, returns))
    return Merge(tuple(taken), tuple(conflicts), tables, national.settings_text, numbers, notes)


def _of_others(national: Side, returns: Sequence[Side]) -> Iterator[Problem]:
    """Yield the returns that say another name of their instance than the national workbook."""
    own = _instance_of(national)
    for side in returns:
        name = _instance_of(side)
        if own and name and name != own:
            cell = f"[{side.name}]{side.cell(SETTINGS_SHEET, _NAME, None) or SETTINGS_SHEET}"
            message = (
                f"{side.name} is a copy of {name!r}, and {national.name} is {own!r}: leave it out, "
                "or write that name if it is one of this after all"
            )
            yield Problem("error", SETTINGS_SHEET, None, VALUE, message, cell)


def _instance_of(side: Side) -> str:
    return side.tables[SETTINGS_SHEET].rows.get(_NAME, {}).get(VALUE, "")


@dataclass
class _Sheet:
    """One sheet while it is merged."""

    name: str
    national: Side
    returns: Sequence[Side]
    taken: list[Taken]
    conflicts: list[Problem]

    def __post_init__(self) -> None:
        self.base = self.national.tables.get(self.name, Keyed((), {}, {}))
        self.copies = [(side, side.tables[self.name]) for side in self.returns]
        tables = [self.base, *(table for _, table in self.copies)]
        self.columns = list(dict.fromkeys(column for table in tables for column in table.columns))
        self.keys = list(dict.fromkeys(key for table in tables for key in table.rows))

    def header(self, rows: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
        """Return the columns that are used: those used before, and those that hold something."""
        used = set(self.national.headers.get(self.name, ()))
        used |= {column for row in rows for column, text in row.items() if text}
        return tuple(column for column in self.columns if column in used)

    def rows(self) -> Iterator[Mapping[str, str]]:
        for key in self.keys:
            row = self.base.rows.get(key)
            if row is None:
                self._note([side for side, table in self.copies if key in table.rows], ADDED, key)
            said = {c: found for c in self.columns if (found := list(self._said(key, c)))}
            deleting = [side for side, table in self.copies if key not in table.rows]
            if row is None or not deleting:
                yield {**(row or {}), **{c: self._one(key, c, found) for c, found in said.items()}}
                continue
            if said:
                self._clash_over_row(
                    key, deleting, [s for found in said.values() for s, _ in found]
                )
            self._note(deleting, DELETED, key)

    def _said(self, key: Key, column: str) -> Iterator[tuple[Side, str]]:
        """Yield which returns changed a cell, or added its row, and what they say."""
        row = self.base.rows.get(key)
        for side, table in self.copies:
            if key in table.rows and (row is None or column in table.columns):
                text = table.rows[key].get(column, "")
                if row is None or not same(self.name, column, row.get(column, ""), text):
                    yield side, text

    def _one(self, key: Key, column: str, said: Sequence[tuple[Side, str]]) -> str:
        """Return what a cell becomes if the returns agree; else report them."""
        value, row = said[0][1], self.base.rows.get(key)
        before = "" if row is None else row.get(column, "")
        if all(same(self.name, column, value, other) for _, other in said):
            if row is not None:
                self._note([side for side, _ in said], CELL, key, column, before, value)
            return value
        parts = [] if row is None else [f"{before!r} in {self.national.name}"]
        parts += [f"{text!r} in {self._where(side, key, column)}" for side, text in said]
        self._clash(key, column, said[0][0], "; ".join(parts))
        return before

    def _clash_over_row(self, key: Key, deleting: Sequence[Side], changing: Sequence[Side]) -> None:
        gone = ", ".join(side.name for side in deleting)
        kept = ", ".join(dict.fromkeys(self._where(side, key, None) for side in changing))
        self._clash(key, None, changing[0], f"deleted in {gone}, but changed in {kept}")

    def _where(self, side: Side, key: Key, column: str | None) -> str:
        cell = side.cell(self.name, key, column) or self.name
        return f"{side.name} ({cell.partition('!')[2] or cell})"

    def _clash(self, key: Key, column: str | None, side: Side, message: str) -> None:
        cell = self.national.cell(self.name, key, column)
        if cell is None:
            cell = f"[{side.name}]{side.cell(self.name, key, column)}"
        named = f"{_text(key)}{f', {column}' if column else ''}: {message}"
        self.conflicts.append(Problem("error", self.name, None, column, named, cell))

    def _note(self, sides: Sequence[Side], what: str, key: Key, *cell: str) -> None:
        self.taken.extend(Taken(side.name, what, self.name, _text(key), *cell) for side in sides)


def _text(key: Key) -> str:
    return " / ".join(key)


def _kept_notes(national: Side, returns: Sequence[Side]) -> Iterator[KeptNote]:
    """Yield the sheets of notes that people added to the workbooks, each under a name of its own.

    What their cells say is kept: texts, numbers and dates, and of a formula that there is one.
    Those of the national workbook keep their names, and copies of them are not kept twice; those
    of a return have its file in their name.
    """
    names = {name.casefold() for name in (*OWN_SHEETS, REPORT_SHEET)}
    sent = {note.name: note.rows for note in national.notes}
    for side in (national, *returns):
        for note in side.notes:
            if not note.rows or (side is not national and sent.get(note.name) == note.rows):
                continue
            name = note.name
            if side is not national or name.casefold() in names:
                name = _owned(name, side.name, names)
            names.add(name.casefold())
            yield KeptNote(name, side.name, note)


def _owned(name: str, file: str, names: set[str]) -> str:
    """Return a name for a sheet that says whose it is, and that no other sheet has."""
    owner = _NOT_IN_NAMES.sub("_", PurePath(file).stem)[:_LONGEST_OWNER]
    count = 1
    while True:
        end = f" ({owner})" if count == 1 else f" ({owner} {count})"
        owned = name[: _LONGEST_NAME - len(end)].rstrip() + end
        if owned.casefold() not in names:
            return owned
        count += 1


def merged_book(merged: Merge) -> bytes:
    """Return the merged workbook, with a sheet of notes that says what came from whom.

    Raises
    ------
    InputError
        If a workbook cannot hold it.
    """
    raw = {}
    for name, (header, rows) in merged.tables.items():
        if name in TABLES and (rows or header):
            cells = tuple(tuple(row.get(column, "") for column in header) for row in rows)
            raw[name] = RawTable(name, header, cells, tuple(range(2, len(rows) + 2)), ())
    pairs: dict[str, str | float] = {}
    for row in merged.tables[SETTINGS_SHEET][1]:
        number = number_of(row[VALUE]) if row[KEY] in merged.numbers else None
        pairs[row[KEY]] = row[VALUE] if number is None else number
    kept = [Taken(note.file, NOTES, note.sheet.name, "", after=note.name) for note in merged.notes]
    report = Note(REPORT_SHEET, Taken._fields, [*merged.taken, *kept])
    origin = origin_of(merged.settings_text, raw)
    return instance_book(pairs, raw, origin, [report, *merged.notes])
