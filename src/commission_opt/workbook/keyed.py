"""Tables by the keys of their rows, so that copies of a workbook can be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from commission_opt.errors import InputError, Problem
from commission_opt.files.spreadsheet.cells import Sheet
from commission_opt.instance.files import SETTINGS_FILE
from commission_opt.instance.raw import RawTable
from commission_opt.instance.schema import TABLES
from commission_opt.instance.typed import ANY
from commission_opt.workbook.layout import (
    SETTINGS_SHEET,
    declared,
    identity,
    is_numeric,
    number_of,
    plain,
)
from commission_opt.workbook.making import readable
from commission_opt.workbook.reading import Places, read_with_places
from commission_opt.workbook.settings_sheet import flatten

Key = tuple[str, ...]
KEY, VALUE = "key", "value"  # the columns of the sheet of settings


@dataclass(frozen=True)
class Keyed:
    """One sheet of one workbook.

    Parameters
    ----------
    columns : tuple of str
        Columns that stand on the sheet, also where they are empty.
    rows : mapping of Key to mapping of str to str
        Cells by column, rows in order.
    lines : mapping of Key to int
        Row of the sheet.
    """

    columns: tuple[str, ...]
    rows: Mapping[Key, Mapping[str, str]]
    lines: Mapping[Key, int]


@dataclass(frozen=True)
class Side:
    """One of the workbooks that are merged.

    Parameters
    ----------
    name : str
        Name of its file.
    tables : mapping of str to Keyed
        By sheet; sheets that it does not have are absent.
    headers : mapping of str to tuple of str
        Columns that its tables use.
    settings_text : str
        What ``instance.toml`` would hold.
    numbers : frozenset of str
        Keys of the settings whose values are numbers.
    """

    name: str
    tables: Mapping[str, Keyed]
    headers: Mapping[str, tuple[str, ...]]
    settings_text: str
    numbers: frozenset[str]
    places: Places

    @property
    def notes(self) -> tuple[Sheet, ...]:
        """Sheets of notes that people added."""
        return self.places.notes

    def cell(self, sheet: str, key: Key, column: str | None) -> str | None:
        """Return the reference of a cell, or of a row; None if the row is not there."""
        line = self.tables[sheet].lines.get(key) if sheet in self.tables else None
        if line is None:
            return None
        if sheet == SETTINGS_SHEET:
            return f"{sheet}!B{line}"
        return self.places.cell(sheet, line, column)


def same(sheet: str, column: str, one: str, other: str) -> bool:
    """Say whether two cells of a column say the same; 1 and 1.0 do where numbers belong."""
    if one == other:
        return True
    if sheet not in TABLES or not is_numeric(TABLES[sheet], column):
        return False
    first, second = number_of(one), number_of(other)
    return first is not None and first == second


def read_side(path: Path, name: str) -> Side:
    """Read a workbook that is to be merged; ``name`` is what it is called in messages.

    Raises
    ------
    InputError
        If something in it cannot be read, or two rows of a sheet have the same key.
    """
    source, places = read_with_places(path)
    try:
        readable(source)
    except InputError as error:
        raise InputError([_of(name, problem) for problem in error.problems]) from None
    tables, problems = {}, []
    for sheet in TABLES:
        if sheet in places.columns:
            raw = source.tables.get(sheet, RawTable(sheet, (), (), (), ()))
            tables[sheet], found = _keyed(raw, tuple(places.columns[sheet]))
            problems += found
    if problems:
        raise InputError([_of(name, places.place(problem)) for problem in problems])
    pairs = flatten(source.settings)
    texts = {k: v if isinstance(v, str) else plain(float(v)) for k, v in pairs.items()}
    tables[SETTINGS_SHEET] = Keyed(
        (KEY, VALUE),
        {(k,): {KEY: k, VALUE: v} for k, v in texts.items()},
        {(k,): places.keys[k] for k in texts if k in places.keys},
    )
    headers = {sheet: raw.header for sheet, raw in source.tables.items()}
    numbers = frozenset(k for k, v in pairs.items() if not isinstance(v, str))
    return Side(name, tables, headers, source.files[SETTINGS_FILE].decode(), numbers, places)


def _of(name: str, problem: Problem) -> Problem:
    """Say in which file a problem is, as a spreadsheet would: [file]sheet!cell."""
    place = problem.cell or problem.file
    cell = place if place == name else f"[{name}]{place}"
    return replace(problem, cell=cell)


def _keyed(raw: RawTable, columns: tuple[str, ...]) -> tuple[Keyed, list[Problem]]:
    rows: dict[Key, Mapping[str, str]] = {}
    lines: dict[Key, int] = {}
    problems = []
    for line, cells in zip(raw.lines, raw.rows, strict=True):
        row = dict(zip(raw.header, cells, strict=True))
        key = tuple(_key_parts(raw.name, row))
        if key in rows:
            message = f"repeats the key of row {lines[key]}, so the two cannot be told apart"
            file = TABLES[raw.name].file
            problems.append(Problem("error", file, line, None, message))
        rows[key], lines[key] = row, line
    return Keyed(columns, rows, lines), problems


def _key_parts(sheet: str, row: Mapping[str, str]) -> Iterator[str]:
    table = TABLES[sheet]
    for name in identity(table):
        text, column = row.get(name, ""), declared(table, name)
        if column is not None and column.wildcard and not text:
            text = ANY
        number = number_of(text) if is_numeric(table, name) else None
        yield text if number is None else plain(number)
