"""Which sheets and columns a workbook has, and its numbers and texts as the files have them.

A spreadsheet keeps a number, not how it was written: 0.10, 1e3 and 32309.0 come back as 0.1,
1000 and 32309. The text is kept beside it (see ``origin``) and used where it still says the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from commission_opt.instance.raw import RawTable
from commission_opt.instance.schema import TABLES, Column, Table
from commission_opt.instance.typed import NUMBER

_TO_QUOTE = re.compile('[,"\r\n]')
_WHOLE_BELOW = 1e15
_SMALLEST, _LARGEST = 2.3e-308, 9.9e307  # what Excel can hold
READ_ME = "read me"
SETTINGS_SHEET = "instance"
LISTS = "_lists"
ORIGIN = "_origin"
ORIGINAL_FILE = "workbook.xlsx"  # the workbook itself, among the files of an instance
OWN_SHEETS = (READ_ME, SETTINGS_SHEET, *TABLES, LISTS, ORIGIN)
NOTE = "note"  # how the name of a user's own sheet or column starts
SOURCES = "sources."  # how a key of [sources] starts on the sheet of settings


def csv_line(cells: Sequence[str]) -> str:
    """Return one line, without its end."""
    if len(cells) == 1 and not cells[0]:
        return '""'  # else the line would be blank, and no row
    return ",".join(map(_quoted, cells))


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a whole file."""
    lines = [csv_line(header), *map(csv_line, rows), ""]
    return "\n".join(lines).encode()


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _TO_QUOTE.search(cell) else cell


def shown(number: float) -> float:
    """Return a number to the fifteen digits that a spreadsheet shows and lets one type.

    It is rounded to the sixteen digits that are written first, so that a number has the same
    fifteen before it is written and after it is read.
    """
    return float(f"{float(f'{number:.16g}'):.15g}")


def plain(number: float) -> str:
    """Return the shortest text that reads back as the number; no point in a whole number."""
    if number.is_integer() and abs(number) < _WHOLE_BELOW:
        return str(int(number))
    return repr(number)


def number_of(text: str) -> float | None:
    """Return the number that a cell can hold for a text; None if only the text itself will do."""
    if not NUMBER.fullmatch(text):
        return None
    number = float(text)
    held = number == 0 or _SMALLEST < abs(number) < _LARGEST
    return number if held and math.isfinite(number) else None


def needs_text(text: str, number: float) -> bool:
    """Say whether a number's text would not come back from the number alone."""
    return text != plain(shown(number))


def declared(table: Table, name: str) -> Column | None:
    """Return the declaration of a column; None for a column of the user's own."""
    return next((c for c in table.columns if c.name == name), None)


def is_numeric(table: Table, name: str) -> bool:
    """Say whether a column holds numbers (and perhaps ``*``)."""
    column = declared(table, name)
    return column is not None and column.kind in ("number", "whole")


def column_of(raw: RawTable, name: str) -> list[str]:
    """Return the cells of a column; none if the table lacks it."""
    at = raw.header.index(name) if name in raw.header else None
    return [] if at is None else [row[at] for row in raw.rows]


def sheet_columns(table: Table, header: Sequence[str]) -> list[str]:
    """Return the columns of a sheet: those of a file, and between them those that it lacks."""
    columns = list(header)
    after = -1
    for column in table.columns:
        if column.name in columns:
            after = columns.index(column.name)
        else:
            after += 1
            columns.insert(after, column.name)
    return columns


def identity(table: Table) -> tuple[str, ...]:
    """Return the columns that tell a row of a table from the others."""
    if table.key:
        return table.key
    return tuple(c.name for c in table.columns if c.kind == "code" or c.wildcard)
