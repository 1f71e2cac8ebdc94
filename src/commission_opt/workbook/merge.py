"""Returns joined with the national workbook they are copies of, three ways and cell by cell.

What a return changed against the national workbook is taken. Where two returns say different
things of one cell, or one deletes what another changes, that is a conflict: it is listed, and
nobody wins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from commission_opt.errors import Problem
from commission_opt.instance.raw import RawTable
from commission_opt.instance.schema import TABLES
from commission_opt.workbook.instance_book import instance_book
from commission_opt.workbook.kept_notes import kept_notes
from commission_opt.workbook.keyed import KEY, VALUE, Key, Keyed, Side, all_columns, same
from commission_opt.workbook.layout import OWN_SHEETS, SETTINGS_SHEET
from commission_opt.workbook.note_sheet import KeptNote, Note
from commission_opt.workbook.numbers import number_of
from commission_opt.workbook.origin import origin_of

REPORT_SHEET = "note merged"
_REPORT = ("file", "what", "sheet", "row", "column", "before", "after")
CELL, ADDED, DELETED = "cell changed", "row added", "row deleted"
NOTES = "sheet of notes kept"


@dataclass(frozen=True)
class Taken:
    """Something that was taken from a return.

    Parameters
    ----------
    file : str
        Name of the return.
    what : str
        Whether a cell was changed, or a row added or deleted.
    sheet : str
    row : str
        The key of the row.
    column, before, after : str
        Of a cell; empty for rows.
    """

    file: str
    what: str
    sheet: str
    row: str
    column: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Merge:
    """What came of a merge.

    Parameters
    ----------
    taken : tuple of Taken
    conflicts : tuple of Problem
        One for each cell or row of which returns say different things.
    tables : mapping of str to (header, rows)
        What the sheets hold then; only to be used without conflicts.
    settings_text : str
        What ``instance.toml`` would hold without the returns.
    numbers : frozenset of str
        Keys of the settings whose values are numbers.
    notes : tuple of KeptNote
        Sheets of notes of all workbooks.
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

    Parameters
    ----------
    national : Side
    returns : sequence of Side
    """
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
    notes = tuple(kept_notes(national, returns, (*OWN_SHEETS, REPORT_SHEET)))
    return Merge(tuple(taken), tuple(conflicts), tables, national.settings_text, numbers, notes)


@dataclass
class _Sheet:
    """One sheet while it is merged."""

    name: str
    national: Side
    returns: Sequence[Side]
    taken: list[Taken]
    conflicts: list[Problem]

    def __post_init__(self) -> None:
        empty = Keyed(self.name, (), {}, {})
        self.base = self.national.tables.get(self.name, empty)
        self.columns = all_columns([self.base, *(s.tables[self.name] for s in self.returns)])

    def header(self, rows: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
        """Return the columns that are used: those used before, and those that hold something."""
        used = set(self.national.headers.get(self.name, ()))
        used |= {column for row in rows for column, text in row.items() if text}
        return tuple(column for column in self.columns if column in used)

    def rows(self) -> Iterator[Mapping[str, str]]:
        for key, row in self.base.rows.items():
            deleting = [s for s in self.returns if key not in s.tables[self.name].rows]
            changed = {c: found for c in self.columns if (found := list(self._changes(key, c)))}
            if deleting:
                changing = [side for found in changed.values() for side, _ in found]
                if changing:
                    self._clash_over_row(key, deleting, changing)
                self._note(deleting, DELETED, key)
                continue
            yield {**row, **{c: self._one(key, c, found) for c, found in changed.items()}}
        yield from self._added()

    def _changes(self, key: Key, column: str) -> Iterator[tuple[Side, str]]:
        """Yield which returns changed a cell, and to what."""
        before = self.base.rows[key].get(column, "")
        for side in self.returns:
            table = side.tables[self.name]
            if key in table.rows and column in table.columns:
                after = table.rows[key].get(column, "")
                if not same(self.name, column, before, after):
                    yield side, after

    def _one(self, key: Key, column: str, said: Sequence[tuple[Side, str]]) -> str:
        """Return what a cell becomes if the returns agree; else report them."""
        value = said[0][1]
        before = self.base.rows.get(key, {}).get(column, "")
        if all(same(self.name, column, value, other) for _, other in said):
            if key in self.base.rows:
                self._note([side for side, _ in said], CELL, key, column, before, value)
            return value
        parts = [f"{before!r} in {self.national.name}"] if key in self.base.rows else []
        parts += [f"{text!r} in {self._where(side, key, column)}" for side, text in said]
        self._clash(key, column, said[0][0], "; ".join(parts))
        return before

    def _added(self) -> Iterator[Mapping[str, str]]:
        keys = dict.fromkeys(
            key
            for side in self.returns
            for key in side.tables[self.name].rows
            if key not in self.base.rows
        )
        for key in keys:
            sides = [side for side in self.returns if key in side.tables[self.name].rows]
            self._note(sides, ADDED, key)
            yield {
                column: self._one(
                    key,
                    column,
                    [(s, s.tables[self.name].rows[key].get(column, "")) for s in sides],
                )
                for column in self.columns
            }

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
    taken = [(t.file, t.what, t.sheet, t.row, t.column, t.before, t.after) for t in merged.taken]
    taken += [(n.file, NOTES, n.sheet.name, "", "", "", n.name) for n in merged.notes]
    report = Note(REPORT_SHEET, _REPORT, taken)
    origin = origin_of(merged.settings_text, raw)
    return instance_book(pairs, raw, origin, [report, *merged.notes])
