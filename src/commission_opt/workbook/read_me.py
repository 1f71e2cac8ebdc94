"""The sheet that says how a workbook is filled in."""

from __future__ import annotations

from collections.abc import Iterator

from commission_opt.instance.schema import TABLES
from commission_opt.workbook.layout import SETTINGS_SHEET

_HOW = (
    "A sheet for each table. Fill in what you know, from row 2 down; leave the rest empty.",
    "Dark headings must be filled in every row, pale ones may stay empty. Point at a heading to "
    "read what the column holds and in which unit.",
    "Codes are text, compared as written: 007 and 7 differ. Cells for codes are formatted as text, "
    "so zeros in front stay.",
    "Where * is allowed it stands for every value; an empty cell there means the same.",
    "Write values, not formulas: paste the results of your own calculations (paste special, "
    "values). A formula, a date, a merged cell or an error value is refused by name of its cell.",
    "Columns of your own go to the right; their heading starts with “note”. So do the names of "
    "sheets of your own.",
    "A financial year is the calendar year in which it starts: 2026 is 2026/27.",
    "Headings are protected, without a password (Review, Unprotect Sheet). You may sort, filter, "
    "insert and delete rows.",
    "The lists behind the arrow in a cell help while typing. They do not check what is pasted.",
)
_COMMANDS = (
    ("commission-opt check THIS.xlsx", "names everything that is wrong, by sheet and cell"),
    ("commission-opt solve THIS.xlsx", "allocates places and writes a plan"),
    ("commission-opt workbook import THIS.xlsx FOLDER", "makes CSV files of it"),
    ("commission-opt workbook merge THIS.xlsx RETURN.xlsx --out OUT.xlsx", "joins returns"),
)

Line = tuple[str, str, str]  # kind, first and second cell


def lines(title: str) -> Iterator[Line]:
    """Return the lines of the sheet.

    Parameters
    ----------
    title : str
        Title of the instance; empty for a new one.
    """
    yield "title", title or "A new planning problem", ""
    yield "plain", "Input of commission-opt: who is needed, what can be commissioned, for what.", ""
    yield "head", "How to fill it in", ""
    for i, text in enumerate(_HOW, start=1):
        yield "step", f"{i}", text
    yield "head", "Sheets", ""
    settings = "Name, years and price base; sources, with keys such as sources.workforce."
    yield "sheet", SETTINGS_SHEET, f"{settings} Required."
    for name, table in TABLES.items():
        yield "sheet", name, f"{table.help} {'Required.' if table.required else 'Optional.'}"
    yield "head", "Commands", ""
    for command, does in _COMMANDS:
        yield "command", command, does
