"""How cells look, and what a table looks like that people fill in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from commission_opt.files.spreadsheet.cells import LAST_COLUMN
from commission_opt.instance.raw import RawTable
from commission_opt.instance.schema import TABLES, Column
from commission_opt.workbook.drop_downs import DropDowns, must_be_filled
from commission_opt.workbook.layout import column_of, declared, is_numeric, number_of
from commission_opt.workbook.read_me import header_help

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

INK, ACCENT, PALE, LINE = "#1F2933", "#1F4E79", "#DCE6F1", "#B8C4D0"
_A4, _UPRIGHT = 9, 100  # code of the paper; characters that fit on it upright
_THOUSAND = 1000
_COUNTED = ("amount", "cost", "capacity", "population")  # in thousands where none is typed yet
_MOST_DECIMALS = 6  # beyond it a cell shows a number as it is
_REQUIRED_TAB, _OPTIONAL_TAB = "#1F4E79", "#9DB4CC"
_NARROW, _WIDE, _LOOKED_AT = 9, 60, 200  # characters; rows that decide a width
_COMMENT = {"x_scale": 2.2, "y_scale": 1.9, "font_size": 9}
_TO_COME: Mapping[str, int] = {"code": 16, "text": 26}  # where nothing says how wide it will be
ALLOWED = {
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "insert_columns": True,
    "insert_rows": True,
    "delete_rows": True,
    "sort": True,
    "autofilter": True,
}


@dataclass
class Formats:
    """Formats of a workbook, made when they are first asked for."""

    book: Workbook
    _made: dict[tuple[tuple[str, object], ...], Format] = field(default_factory=dict)

    def of(self, **properties: object) -> Format:
        """Return the format with these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            base = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
            self._made[key] = self.book.add_format({**base, **properties})
        return self._made[key]

    def heading(self, *, required: bool = True, **more: object) -> Format:
        """Return the format of a heading: dark where the column must be filled, else pale."""
        ink, ground = ("#FFFFFF", ACCENT) if required else (INK, PALE)
        look = {"font_color": ink, "bg_color": ground, **more}
        return self.of(bold=True, bottom=1, bottom_color=LINE, **look)

    def text(self, *, quoted: bool = False) -> Format:
        """Return the format of text that a user may change; quoted as by an apostrophe."""
        return self.of(num_format="@", locked=False, quote_prefix=quoted)

    def number(self, code: str) -> Format:
        """Return the format of numbers that a user may change."""
        return self.of(num_format=code, locked=False)


def unlock_everything(sheet: Worksheet, formats: Formats) -> None:
    """Let users change all cells of a protected sheet that have no format of their own.

    A row with a locked cell anywhere could not be deleted.
    """
    sheet.set_column(0, LAST_COLUMN - 1, None, formats.text())
    sheet.dim_colmax = 0  # else each row would be searched for cells up to the last column


def for_paper(
    sheet: Worksheet, width: float, *, headings: bool = True, on_one: bool = False
) -> None:
    """Set a sheet up for printing: as wide as one page of A4, headings on every page.

    Parameters
    ----------
    sheet : xlsxwriter.worksheet.Worksheet
    width : float
        Width of its columns, characters; a wide one is printed across.
    headings : bool
        Whether its first row heads the others.
    on_one : bool
        Whether it is shrunk to one page, so that no chart is cut in two.
    """
    if width > _UPRIGHT:
        sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 1 if on_one else 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
    sheet.set_footer("&L&8&F, &A&R&8page &P of &N")
    if headings:
        sheet.repeat_rows(0)


def number_format(column: Column | None, cells: Iterable[str]) -> str:
    """Return the number format of a column: it shows every digit that its numbers have.

    ``cells`` are its texts; none for a new sheet.
    """
    if column is not None and (column.name == "year" or column.name.endswith("_year")):
        return "0"
    if column is not None and column.kind == "whole":
        return "#,##0"
    numbers = [text for text in cells if number_of(text) is not None]
    if not numbers and column is not None and column.name in _COUNTED:
        return "#,##0"
    most = max((len(text.partition(".")[2]) for text in numbers), default=0)
    if most > _MOST_DECIMALS or any("e" in text.lower() for text in numbers):
        return "General"
    if most == 0 and all(abs(float(text)) < _THOUSAND for text in numbers):
        return "General"  # looks the same, and shows what is typed later
    return "#,##0" + ("." + "0" * most if most else "")


def write_table(
    sheet: Worksheet, raw: RawTable, columns: Sequence[str], lists: DropDowns, formats: Formats
) -> None:
    """Write a table onto a sheet with these columns, some of which the table may lack."""
    table = TABLES[raw.name]
    sheet.set_tab_color(_REQUIRED_TAB if table.required else _OPTIONAL_TAB)
    unlock_everything(sheet, formats)
    last_row, width = lists.last_row[raw.name], 0
    for at, name in enumerate(columns):
        column = declared(table, name)
        cells = column_of(raw, name)
        code = number_format(column, cells) if is_numeric(table, name) else "@"
        wide = _width(name, column, cells)
        sheet.set_column(at, at, wide, formats.number(code))
        width += wide
        filled = column is not None and must_be_filled(column)
        sheet.write_string(0, at, name, formats.heading(required=filled))
        sheet.write_comment(0, at, header_help(raw.name, column), _COMMENT)
        if is_numeric(table, name):
            _write_numbers(sheet, at, cells, formats.number(code), formats.text())
        else:
            _write_texts(sheet, at, cells, formats.text(quoted=True))
        rule = None if column is None else lists.validation(raw.name, column)
        if rule is not None:
            sheet.data_validation(1, at, last_row - 1, at, rule)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(raw.rows), 1), len(columns) - 1)
    sheet.protect("", ALLOWED)
    for_paper(sheet, width)


def _write_numbers(
    sheet: Worksheet, at: int, cells: Sequence[str], number: Format, text: Format
) -> None:
    for row, cell in enumerate(cells, start=1):
        value = number_of(cell)
        if value is not None:
            sheet.write_number(row, at, value, number)
        elif cell:
            sheet.write_string(row, at, cell, text)


def _write_texts(sheet: Worksheet, at: int, cells: Sequence[str], text: Format) -> None:
    for row, cell in enumerate(cells, start=1):
        if cell:
            sheet.write_string(row, at, cell, text)


def _width(name: str, column: Column | None, cells: Sequence[str]) -> int:
    longest = max([len(name) + 4, *(len(cell) + 2 for cell in cells[:_LOOKED_AT])])
    least = _NARROW if column is None or any(cells) else _TO_COME.get(column.kind, _NARROW)
    return min(max(longest, least), _WIDE)
