"""From tables of text to a workbook that people can fill in."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import TYPE_CHECKING

from commission_opt.errors import InputError, Problem
from commission_opt.files.spreadsheet.cells import LAST_COLUMN, LAST_ROW, LONGEST_TEXT
from commission_opt.instance.files import SETTINGS_FILE
from commission_opt.instance.raw import RawTable
from commission_opt.instance.schema import SETTINGS, TABLES
from commission_opt.workbook import origin as origins
from commission_opt.workbook import read_me, settings_sheet
from commission_opt.workbook.drop_downs import drop_downs
from commission_opt.workbook.formats import (
    ALLOWED,
    Formats,
    for_paper,
    unlock_everything,
    write_table,
)
from commission_opt.workbook.layout import (
    LISTS,
    ORIGIN,
    READ_ME,
    SETTINGS_SHEET,
    SOURCES,
    sheet_columns,
)
from commission_opt.workbook.note_sheet import KeptNote, Note
from commission_opt.workbook.origin import Original
from commission_opt.workbook.read_me import SETTING_HINTS
from commission_opt.workbook.settings_sheet import Pairs

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_LINE, _LINE_HEIGHT = 110, 15.5  # characters and points of a line of the sheet “read me”
_SPARE = 6  # characters of a line that whole words leave
_MOST_LINES = 26  # a row is 409 points at most
_WIDTHS = (24, 64, 64)  # of the columns of the sheet of settings
# Excel writes _x000D_ for a character; the library escapes only the first of two with one “_”.
_CODES_THAT_SHARE = re.compile("_x[0-9A-Fa-f]{4}_x[0-9A-Fa-f]{4}_")
_MADE = datetime(1980, 1, 1)  # as in the zip: the same tables make the same bytes


def new_book(target: io.BytesIO) -> Workbook:
    """Return a workbook to write, in which text stays text."""
    from xlsxwriter import Workbook

    plain = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    book = Workbook(target, plain)
    book.set_properties({"created": _MADE})
    return book


def instance_book(
    pairs: Pairs,
    tables: Mapping[str, RawTable],
    origin: Original | None,
    notes: Sequence[Note | KeptNote] = (),
) -> bytes:
    """Return a workbook with a sheet for every table.

    Parameters
    ----------
    pairs : dict
        Keys and values of the settings; keys without a value are left empty.
    tables : mapping of str to RawTable
        The tables that there are.
    origin : Original or None
        What is to be remembered of the folder; None for a new workbook.

    Raises
    ------
    InputError
        If a workbook cannot hold the tables.
    """
    if problems := [*_too_much(pairs, tables)]:
        raise InputError(problems)
    target = io.BytesIO()
    book = new_book(target)
    formats = Formats(book)
    columns = {
        name: sheet_columns(table, tables[name].header if name in tables else ())
        for name, table in TABLES.items()
    }
    empty = {name: RawTable(name, tuple(columns[name]), (), (), ()) for name in TABLES}
    whole = {**empty, **tables}
    lists = drop_downs(whole, columns, _years(pairs))
    front = book.add_worksheet(READ_ME)
    _write_read_me(front, str(pairs.get("title", "")), formats)
    _write_settings(book.add_worksheet(SETTINGS_SHEET), pairs, formats)
    for name in TABLES:
        write_table(book.add_worksheet(name), whole[name], columns[name], lists, formats)
    for note in notes:
        note.write(book, formats)
    columns_of_lists = ((name, *codes) for name, codes in lists.lists.items())
    _write_hidden(book.add_worksheet(LISTS), zip_longest(*columns_of_lists, fillvalue=""))
    if origin is not None:
        _write_hidden(book.add_worksheet(ORIGIN), [origins.HEADINGS, *origins.origin_rows(origin)])
    front.activate()
    book.close()
    return target.getvalue()


def _too_much(pairs: Pairs, tables: Mapping[str, RawTable]) -> Iterator[Problem]:
    """Report what a workbook cannot hold, so that nothing is lost unsaid."""
    for key, value in pairs.items():
        if message := _why_not(str(value)):
            yield Problem("error", SETTINGS_FILE, None, key, message)
    for name, raw in tables.items():
        file = TABLES[name].file
        yield from raw.problems
        if len(raw.rows) >= LAST_ROW or len(raw.header) > LAST_COLUMN - len(TABLES[name].columns):
            message = f"a sheet has {LAST_ROW:,} rows and {LAST_COLUMN:,} columns at most"
            yield Problem.of_file(file, message)
        for column in {c for c in raw.header if raw.header.count(c) > 1}:
            yield Problem("error", file, raw.header_line, column, "the column is there twice")
        if "" in raw.header:
            message = f"column {raw.header.index('') + 1} has no name"
            yield Problem("error", file, raw.header_line, None, message)
        for line, row in zip(raw.lines, raw.rows, strict=True):
            for column, text in zip(raw.header, row, strict=True):
                if message := _why_not(text):
                    yield Problem("error", file, line, column, message)


def _why_not(text: str) -> str:
    """Say why a cell cannot hold a text; nothing if it can."""
    if len(text) > LONGEST_TEXT:
        return f"a cell of a workbook holds {LONGEST_TEXT:,} characters at most"
    if codes := _CODES_THAT_SHARE.search(text):
        return (
            f"a workbook would take part of {codes[0]!r} for the code of a character; "
            "put something between the two"
        )
    return ""


def _years(pairs: Pairs) -> range:
    first, horizon = pairs.get("first_year"), pairs.get("horizon")
    if isinstance(first, float | int) and isinstance(horizon, float | int):
        return range(int(first), int(first) + min(int(horizon), 100))
    return range(0)


def _write_read_me(sheet: Worksheet, title: str, formats: Formats) -> None:
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, _LINE)
    looks = {
        "title": (formats.of(bold=True, font_size=18), formats.of()),
        "head": (formats.of(bold=True, font_size=13, font_color="#1F4E79"), formats.of()),
        "step": (formats.of(align="left"), formats.of(text_wrap=True)),
        "sheet": (formats.of(bold=True), formats.of(text_wrap=True)),
        "command": (formats.of(font_name="Consolas"), formats.of()),
        "plain": (formats.of(), formats.of()),
    }
    for row, (kind, first, second) in enumerate(read_me.lines(title)):
        left, right = looks[kind]
        if kind == "command":
            sheet.write_string(row, 1, f"{first}   {second}", left)
            continue
        sheet.write_string(row, 0, first, left)
        if second:
            sheet.write_string(row, 1, second, right)
            sheet.set_row(row, _height(second, _LINE))
    sheet.set_row(0, 2 * _LINE_HEIGHT)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    for_paper(sheet, _LINE, headings=False)


def _write_settings(sheet: Worksheet, pairs: Pairs, formats: Formats) -> None:
    unlock_everything(sheet, formats)
    for at, (name, width) in enumerate(zip(settings_sheet.HEADINGS, _WIDTHS, strict=True)):
        sheet.set_column(at, at, width, formats.text())
        sheet.write_string(0, at, name, formats.heading())
    wrapped = formats.of(num_format="@", locked=False, text_wrap=True, quote_prefix=True)
    keys = [*SETTINGS, *(key for key in pairs if key not in SETTINGS)]
    for row, key in enumerate(keys, start=1):
        kind, help_ = SETTINGS.get(key, (str, "a source, by name"))
        look = formats.of(bold=True) if key in SETTINGS else formats.text()
        sheet.write_string(row, 0, key, look)
        value, number = pairs.get(key, ""), formats.number("0" if kind is int else "General")
        if not isinstance(value, str):
            sheet.write_number(row, 1, value, number)
        elif value:
            sheet.write_string(row, 1, value, wrapped)
        elif kind is int:
            sheet.write_blank(row, 1, None, number)
        hint = f" ({SETTING_HINTS[key]})" if key in SETTING_HINTS else ""
        sheet.write_string(row, 2, help_ + hint, formats.of(font_color="#52606D", text_wrap=True))
        heights = _height(str(value), _WIDTHS[1]), _height(help_ + hint, _WIDTHS[2])
        sheet.set_row(row, max(heights))
    if not any(key.startswith(SOURCES) for key in keys):
        text = f"Rows below may name sources: {SOURCES}workforce, {SOURCES}budgets, …"
        sheet.write_comment(0, 0, text)
    sheet.freeze_panes(1, 1)
    sheet.protect("", ALLOWED)
    for_paper(sheet, sum(_WIDTHS))


def _height(text: str, width: int) -> float:
    """Return the height of a row whose text is wrapped; programs do not all work it out."""
    lines = sum(max(1, -(-len(part) // (width - _SPARE))) for part in text.split("\n"))
    return min(lines, _MOST_LINES) * _LINE_HEIGHT


def _write_hidden(sheet: Worksheet, rows: Iterable[Iterable[str]]) -> None:
    for row, cells in enumerate(rows):
        for at, text in enumerate(cells):
            if text:
                sheet.write_string(row, at, text)
    sheet.very_hidden()
