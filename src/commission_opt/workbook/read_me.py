"""The sheet that says how a workbook is filled in."""

from __future__ import annotations

from collections.abc import Iterator

from commission_opt.instance.schema import TABLES
from commission_opt.workbook.layout import SETTINGS_SHEET

_HOW = (
    "Start with the sheet instance, then professions, regions and courses: the other sheets offer "
    "their codes. Then workforce, demand, costs, budgets and assumptions. The other sheets are "
    "optional; leave them empty if you do not need them.",
    "Type from row 2 down. Dark headings must be filled in every row, pale ones may stay empty. "
    "Point at a heading to read what the column holds, in which unit, and an example.",
    "Codes are text, compared as written: 007 and 7 differ. Cells for codes are formatted as text, "
    "so zeros in front stay.",
    "Where * is allowed it stands for every value; an empty cell there means the same.",
    "Shares are numbers from 0 to 1: 0.85 or 85% for 85 in a hundred. Money is in £, not in "
    "thousands, without the sign.",
    "A financial year is the calendar year in which it starts: 2026 is 2026/27.",
    "Write values, not formulas: paste the results of your own calculations (paste special, "
    "values). A formula, a date, a merged cell or an error value is refused by name of its cell.",
    "Columns of your own go to the right; their heading starts with “note”. So do the names of "
    "sheets of your own.",
    "Headings are protected, without a password (Review, Unprotect Sheet). You may sort, filter, "
    "insert and delete rows.",
    "The lists behind the arrow in a cell help while typing. They do not check what is pasted; "
    "check does.",
)
_COMMANDS = (
    (
        "commission-opt workbook export two-by-two example.xlsx",
        "a small workbook that is filled in",
    ),
    ("commission-opt check THIS.xlsx", "names everything that is wrong, by sheet and cell"),
    ("commission-opt solve THIS.xlsx --out plans/first", "allocates places and writes a plan"),
    ("commission-opt explain THIS.xlsx", "says why there is no plan, if there is none"),
    ("commission-opt explain plans/first", "says what limits the plan"),
    ("commission-opt report plans/first --out report.html", "writes a page for the board"),
    ("commission-opt workbook export plans/first plan.xlsx", "shows the plan with charts"),
    ("commission-opt verify plans/first", "proves the plan again"),
    ("commission-opt sign plans/first --role analyst --name NAME", "records who signed"),
    ("commission-opt workbook merge THIS.xlsx RETURN.xlsx --out OUT.xlsx", "joins returns"),
    ("commission-opt workbook import THIS.xlsx FOLDER", "makes CSV files of it"),
)

Line = tuple[str, str, str]  # kind, first and second cell


def lines(title: str) -> Iterator[Line]:
    """Return the lines of the sheet; the title of a new instance is empty."""
    yield "title", title or "A new planning problem", ""
    yield "plain", "Input of commission-opt: who is needed, what can be commissioned, for what.", ""
    yield "head", "How to fill it in", ""
    for i, text in enumerate(_HOW, start=1):
        yield "step", f"{i}", text
    yield "head", "Sheets", ""
    settings = "Name, years and price base; sources, with keys such as sources.workforce."
    yield "sheet", SETTINGS_SHEET, f"{settings} Required."
    for name, table in TABLES.items():
        yield (
            "sheet",
            name,
            f"{table.said(measures=True)} {'Required.' if table.required else 'Optional.'}",
        )
    yield "head", "Commands", "In this order; docs/guide.md goes through them with an example."
    for command, does in _COMMANDS:
        yield "command", command, does
