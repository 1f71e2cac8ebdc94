"""One table onto its sheet: headings, formats, help, drop-down lists, protection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from commission_opt.instance.raw import RawTable
from commission_opt.instance.schema import TABLES, Column
from commission_opt.workbook.drop_downs import DropDowns, must_be_filled
from commission_opt.workbook.formats import Formats, for_paper, number_format, unlock_everything
from commission_opt.workbook.header_help import header_help
from commission_opt.workbook.layout import column_of, declared, is_numeric
from commission_opt.workbook.numbers import number_of

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

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
