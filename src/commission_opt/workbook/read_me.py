"""The sheet of a workbook that says how to fill it in, and what stands behind a heading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from commission_opt.activities import KINDS
from commission_opt.instance.schema import TABLES, Column
from commission_opt.workbook.drop_downs import rule_text
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
SETTING_HINTS: Mapping[str, str] = {
    "name": "letters, digits, - _ and . only: valley-2026",
    "title": "The Valley and the Coast, 2026/27 to 2028/29",
    "first_year": "four digits: 2026 for 2026/27",
    "horizon": "a number of years, long enough for new students to qualify: 15",
    "price_base": "2025/26 prices",
    "description": "a sentence or two: what it is for, and who made it",
}


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


def header_help(table: str, column: Column | None) -> str:
    """Return the text behind a heading; None is a column of the user's own."""
    if column is None:
        return "A column of your own; commission-opt does not use it."
    said = column.said(measures=True)
    holds = f"{said[0].upper()}{said[1:]}."
    lines = [holds, f"{rule_text(column)}.", *_units(column), *_of_kinds(table, column)]
    lines.append(f"Example: {column.example}")
    return "\n\n".join(lines)


def _of_kinds(table: str, column: Column) -> list[str]:
    """Say which kinds of measures a column says nothing of."""
    kinds = [kind for kind, of in KINDS.items() if table == "measures" and column.name in of.unused]
    return [f"Leave it empty where kind is {' or '.join(kinds)}."] if kinds else []


def _units(column: Column) -> list[str]:
    """Say how a figure is typed that people write in more ways than one."""
    if (column.low, column.high) == (0, 1):
        return ["A share: 0.85 or 85% for 85 in a hundred, not 85."]
    if column.name == "year" or (column.name.endswith("_year") and column.name != "study_year"):
        return ["Four digits, no date: 2026, not 2026/27 or 01/04/2026."]
    if "FTE" in column.help:
        return ["FTE are full-time equivalents."]
    if "leaf region" in column.help:
        return ["A leaf region is one that contains no other."]
    return []
