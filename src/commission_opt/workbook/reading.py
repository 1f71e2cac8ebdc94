"""From a workbook to the tables of an instance, and where in it everything stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from xlsxwriter.utility import xl_col_to_name

from commission_opt.errors import InputError, Problem
from commission_opt.files.regular import read_whole
from commission_opt.files.spreadsheet.archive import MOST_PACKED
from commission_opt.files.spreadsheet.cells import Book, Sheet
from commission_opt.instance.files import DESCRIPTOR_FILE, SETTINGS_FILE
from commission_opt.instance.raw import parse_settings
from commission_opt.instance.schema import TABLES
from commission_opt.instance.source import Source
from commission_opt.instance.write import describe
from commission_opt.workbook.layout import (
    LISTS,
    NOTE,
    ORIGIN,
    ORIGINAL_FILE,
    OWN_SHEETS,
    READ_ME,
    SETTINGS_SHEET,
    csv_bytes,
)
from commission_opt.workbook.origin import read_origin
from commission_opt.workbook.settings_sheet import read_settings
from commission_opt.workbook.table_sheet import read_table

_CSV_NAME = re.compile(rf"\b({'|'.join(TABLES)})\.csv\b")


@dataclass(frozen=True)
class Places:
    """Where tables and settings stand in a workbook.

    Parameters
    ----------
    columns : mapping of str to mapping of str to int
        Position of each column on each sheet, 0 being A.
    keys : mapping of str to int
        Row of each key on the sheet of settings.
    notes : tuple of Sheet
        Sheets of the user's own, which say nothing of the instance.
    """

    columns: Mapping[str, Mapping[str, int]]
    keys: Mapping[str, int]
    notes: tuple[Sheet, ...] = ()

    def cell(self, table: str, row: int | None, column: str | None) -> str | None:
        """Return the reference of a cell, a row or a column; None where there is none."""
        if column is None:
            return None if row is None else f"{table}!{row}:{row}"
        at = self.columns.get(table, {}).get(column)
        if at is None:
            return None
        return f"{table}!{xl_col_to_name(at)}{row or ':' + xl_col_to_name(at)}"

    def place(self, problem: Problem) -> Problem:
        """Say of a problem of a file in which sheet and cell it is."""
        message = _CSV_NAME.sub(r"sheet \1", problem.message).replace(
            SETTINGS_FILE, f"sheet {SETTINGS_SHEET}"
        )
        if problem.file == SETTINGS_FILE:
            row = self.keys.get(problem.column or "")
            cell = None if row is None else f"{SETTINGS_SHEET}!B{row}"
            return replace(problem, file=SETTINGS_SHEET, message=message, cell=cell)
        table = problem.file.removesuffix(".csv")
        if problem.cell is not None or table not in TABLES:
            return problem
        cell = self.cell(table, problem.row, problem.column)
        row = None if cell is None else problem.row
        return replace(problem, file=table, row=row, message=message, cell=cell)


def open_book(path: Path) -> tuple[Book, bytes]:
    """Read a file as a workbook.

    Raises
    ------
    InputError
        If it cannot be read, or not safely.
    """
    try:
        content = read_whole(path, MOST_PACKED)
    except OSError as error:
        raise InputError.of_file(path.name, f"cannot be read: {error.strerror}") from error
    from commission_opt.files.spreadsheet.book import read_book

    return read_book(path.name, content), content


def read_workbook(path: Path) -> Source:
    """Read the instance in a workbook.

    Returns
    -------
    Source
        Its files are what ``workbook import`` would write, and the workbook itself.

    Raises
    ------
    InputError
        If it cannot be read at all; what is wrong with single sheets and cells is among the
        problems of the source.
    """
    return read_with_places(path)[0]


def read_with_places(path: Path) -> tuple[Source, Places]:
    """Read the instance in a workbook, and say where in it everything stands."""
    book, content = open_book(path)
    sheets, problems = _sheets(path.name, book)
    origin = read_origin(sheets.get(ORIGIN))
    said = read_settings(sheets[SETTINGS_SHEET], origin.settings)
    settings, found = parse_settings(said.content)
    tables = {name: read_table(name, sheets[name], origin) for name in TABLES if name in sheets}
    present = {name: table.raw for name, table in tables.items() if table.present}
    files = {SETTINGS_FILE: said.content, ORIGINAL_FILE: content}
    files |= {TABLES[n].file: csv_bytes(t.header, t.rows) for n, t in present.items() if t.header}
    valid = not found and not any(p.severity == "error" for p in said.problems)
    if valid:
        columns = {name: list(table.header) for name, table in present.items()}
        files[DESCRIPTOR_FILE] = describe(settings, columns).encode()
    notes = tuple(s for s in book.sheets if s.name.casefold().startswith(NOTE))
    places = Places({n: t.columns for n, t in tables.items()}, said.rows, notes)
    found = [*problems, *said.problems, *found]
    files = dict(sorted(files.items()))
    return Source(files, settings, valid, present, tuple(found), places.place), places


def _sheets(name: str, book: Book) -> tuple[dict[str, Sheet], list[Problem]]:
    """Return the sheets that are read, by name, and what is to be said of sheets as a whole."""
    problems = [
        Problem("warning", name, None, None, f"has {what}; nothing was followed or opened")
        for what in book.foreign
    ]
    sheets: dict[str, Sheet] = {}
    seen: dict[str, str] = {}
    for sheet in book.sheets:
        twin = seen.setdefault(sheet.name.casefold(), sheet.name)
        if twin is not sheet.name:
            message = f"there is also a sheet {twin!r}; give one of them another name"
            problems.append(Problem.of_file(sheet.name, message))
        elif sheet.name in OWN_SHEETS:
            sheets[sheet.name] = sheet
            problems += _hidden(sheet)
        elif not sheet.name.casefold().startswith(NOTE):
            problems.append(Problem.of_file(sheet.name, _unknown(sheet.name)))
    if SETTINGS_SHEET not in sheets:
        message = f"has no sheet {SETTINGS_SHEET!r}; “commission-opt workbook new” makes one"
        raise InputError([*problems, Problem.of_file(name, message)])
    return sheets, problems


def _unknown(name: str) -> str:
    wanted = name.strip().casefold().replace(" ", "_")
    if wanted in TABLES or wanted == SETTINGS_SHEET:
        return f"is not the name of a sheet; write {wanted!r}"
    return (
        "is not a sheet of an instance; give it a name that starts with “note”, or delete it "
        f"(the sheets are {SETTINGS_SHEET}, {', '.join(TABLES)})"
    )


def _hidden(sheet: Sheet) -> Iterator[Problem]:
    """Say what a user does not see and is read all the same."""
    name = sheet.name
    if name in (LISTS, ORIGIN, READ_ME):
        return
    if sheet.hidden:
        message = "the sheet is hidden; it is read all the same"
        yield Problem("warning", name, None, None, message, name)
    if sheet.hidden_rows:
        first, count = sheet.hidden_rows[0], len(sheet.hidden_rows)
        which = "row" if count == 1 else f"the first of {count:,} rows"
        message = f"{which} with content that is hidden or filtered away; it is read all the same"
        yield Problem("warning", name, None, None, message, f"{name}!{first}:{first}")
    for first, last in sheet.hidden_columns:
        if any(first <= cell.column <= last for cells in sheet.rows.values() for cell in cells):
            message = "columns with content are hidden; they are read all the same"
            place = f"{name}!{xl_col_to_name(first)}:{xl_col_to_name(last)}"
            yield Problem("warning", name, None, None, message, place)
