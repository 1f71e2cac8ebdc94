"""A file that is no table as it was saved, said in one sentence instead of one for each cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from commission_opt.errors import Problem
from commission_opt.instance.schema import TABLES

_LOOKED_AT = 30  # rows in which headings are looked for
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
_SAVE = "save it as “CSV UTF-8 (comma delimited)”"
_NO_TEXT = {
    b"PK\x03\x04": "an Excel workbook or a zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
}


def no_text(file: str, content: bytes) -> Problem | None:
    """Say of the bytes of a CSV file what they are instead."""
    what = next((what for start, what in _NO_TEXT.items() if content.startswith(start)), None)
    if what is None:
        return None
    message = f"is {what} under the name of a CSV file; open it and {_SAVE}"
    return Problem.of_file(file, message)


def foreign_separator(name: str, text: str) -> Problem | None:
    """Say of the text of a CSV file that its columns are separated by something else than commas.

    Its headings, in one of the first rows, must show that: by commas none of them is one.
    """
    for line, said in enumerate(text.splitlines()[:_LOOKED_AT], start=1):
        if _known(name, said.split(",")):
            return None
        for sign, word in _SEPARATORS.items():
            if _known(name, said.split(sign)) >= 2:
                return _separated(name, text, line, sign, word)
    return None


def _separated(name: str, text: str, line: int, sign: str, word: str) -> Problem:
    cells = (cell.strip('" ') for row in text.splitlines()[line:] for cell in row.split(sign))
    message = f"its columns are separated by {word}"
    if any(_DECIMAL_COMMA.fullmatch(cell) for cell in cells):
        message += " and its numbers have decimal commas"
        save = f"{_SAVE} and with decimal points (in Excel: Options, Advanced, system separators)"
    else:
        save = _SAVE
    if line > 1:
        message += f", and its headings are in row {line}, not in row 1"
        save += ", without the rows above the headings"
    return Problem("error", f"{name}.csv", line, None, f"{message}; {save}")


def headings_below(name: str, rows: Iterable[tuple[int, Sequence[str]]]) -> Problem | None:
    """Say that the headings of a table stand below a title, or that there are none.

    Parameters
    ----------
    name : str
        Name of the table.
    rows : iterable of (int, sequence of str)
        The first rows with their lines, blank ones left out.
    """
    looked_at = [row for row, _ in zip(rows, range(_LOOKED_AT), strict=False)]
    if not looked_at or _known(name, looked_at[0][1]):
        return None
    first = looked_at[0][0]
    for line, cells in looked_at[1:]:
        if _known(name, cells) >= 2:
            message = f"the headings are in row {line}; delete what stands above them"
            return Problem("error", f"{name}.csv", first, None, message)
    return None


def longer_rows(name: str, lines: Sequence[int], width: int, count: int) -> Problem | None:
    """Say once that most rows of a table have more cells than it has headings.

    Parameters
    ----------
    name : str
        Name of the table.
    lines : sequence of int
        Lines of the rows that have more.
    width : int
        How many headings there are.
    count : int
        How many rows there are.
    """
    if len(lines) < 3 or 2 * len(lines) <= count:
        return None
    message = (
        f"{len(lines):,} of {count:,} rows have more cells than there are headings, {width}; "
        "numbers with decimal commas do that: write decimal points. A cell with a comma in it "
        "must stand in quotation marks"
    )
    return Problem("error", f"{name}.csv", lines[0], None, message)


def _known(name: str, cells: Iterable[str]) -> int:
    """Count the headings of a table among cells, however they are written."""
    columns = {column.name for column in TABLES[name].columns}
    return len(columns & {cell.strip('" \ufeff').casefold().replace(" ", "_") for cell in cells})
