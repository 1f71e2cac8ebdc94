"""The sections of a page as a workbook: a sheet each, with exact figures. No formulas."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from commission_opt.explain.answer import AnswerColumn, AnswerTable
from commission_opt.report.page import Page
from commission_opt.report.section import Exhibit, Section
from commission_opt.views import words
from commission_opt.workbook.formats import ACCENT, Formats, for_paper
from commission_opt.workbook.frame_sheet import LINE, write_frame, write_texts
from commission_opt.workbook.instance_book import new_book

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_FIRST, _OTHER, _COLUMNS = 46, 14, 8  # characters of columns, and columns across which text runs
_WHOLE = _FIRST + (_COLUMNS - 1) * _OTHER  # characters of these columns
_LONG, _WIDE = 60, 90  # characters of a cell from which it is wrapped, and of its column then
_ACROSS = 200  # characters, about: printed across
_PICTURE = 0.55  # of the size of a chart
_PIXELS = 20  # of a row


def page_workbook(page: Page) -> bytes:
    """Return the workbook of a page: sentences and tables of each section on a sheet of its own.

    What stands on the page as text stands here as text; figures are exact, as numbers. Charts are
    pictures.
    """
    target = io.BytesIO()
    book = new_book(target)
    formats = Formats(book)
    for number, section in enumerate(page.sections):
        sheet = book.add_worksheet(section.key[:31])
        _write(sheet, formats, page, section, first=number == 0)
    book.close()
    return target.getvalue()


def _write(
    sheet: Worksheet, formats: Formats, page: Page, section: Section, *, first: bool
) -> None:
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, _FIRST)
    sheet.set_column(1, _COLUMNS - 1, _OTHER)
    for_paper(sheet, _ACROSS, headings=False)
    row = 0
    if first:
        sheet.write_string(row, 0, words.clean(page.title), formats.of(bold=True, font_size=18))
        sheet.set_row(row, 28)
        row = _told(sheet, formats, row + 1, [f"{page.kind}. {page.subtitle}"])
        for what, value, against in page.headline:
            sheet.write_string(row, 0, words.clean(what), formats.of())
            sheet.write_string(row, 1, words.clean(value), formats.of(bold=True))
            sheet.write_string(row, 2, words.clean(against), formats.of())
            row += 1
        row += 1
    sheet.write_string(row, 0, words.clean(section.title), _head(formats))
    row = _told(sheet, formats, row + 1, [*section.sentences, *section.points])
    for exhibit in section.exhibits:
        row = _exhibit(sheet, formats, row + 1, exhibit)


def _head(formats: Formats) -> object:
    return formats.of(bold=True, font_size=13, font_color=ACCENT)


def _told(sheet: Worksheet, formats: Formats, row: int, said: list[str]) -> int:
    """Write sentences, each across the columns; return the row after them."""
    return write_texts(sheet, formats, row, said, _COLUMNS, _WHOLE)


def _exhibit(sheet: Worksheet, formats: Formats, row: int, exhibit: Exhibit) -> int:
    table = exhibit.table
    sheet.write_string(row, 0, words.clean(table.title), _head(formats))
    if len(table.frame):
        frame, codes = figures_of(table)
        area = write_frame(sheet, frame, formats, row + 1, codes)
        _wrap(sheet, formats, frame, area.row + 1)
        row = area.below
    else:
        row = _told(sheet, formats, row + 1, ["There are none."])
    if table.note:
        row = _told(sheet, formats, row, [table.note])
    for chart in exhibit.charts:
        image = chart.png()
        height = _PICTURE * _height(image)
        options = {
            "image_data": io.BytesIO(image), "x_scale": _PICTURE, "y_scale": _PICTURE,
            "description": words.clean(chart.summary),
        }  # fmt: skip
        sheet.insert_image(row + 1, 0, f"{chart.name}.png", options)
        row += 2 + math.ceil(height / _PIXELS)
    return row + 1


def _height(png: bytes) -> float:
    """Return the height of a picture in pixels of the screen."""
    return int.from_bytes(png[20:24], "big") * 96 / 150


def _wrap(sheet: Worksheet, formats: Formats, frame: pd.DataFrame, top: int) -> None:
    """Wrap the cells of columns with long texts, which are made wide."""
    look, heights = formats.of(num_format="@", text_wrap=True), np.ones(len(frame))
    for at in range(len(frame.columns)):
        texts = [words.clean(v) if isinstance(v, str) else "" for v in frame.iloc[:, at]]
        sizes = np.array([len(text) for text in texts])
        if at == 0 or sizes.max() <= _LONG:
            continue
        sheet.set_column(at, at, _WIDE)
        heights = np.maximum(heights, np.ceil(sizes / (_WIDE - 5)))
        for i, text in enumerate(texts):
            sheet.write_string(top + i, at, text, look)
    for row, height in enumerate(heights.tolist(), start=top):
        if height > 1:
            sheet.set_row(row, LINE * height)


def figures_of(table: AnswerTable) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return a table as it stands in a workbook, and the number formats of its columns.

    Columns have their headings; figures are exact, but for years, which are texts.
    """
    shown = {}
    codes = {}
    for column in table.columns:
        values = table.frame[column.name].tolist()
        heading = f"{column.heading[:1].upper()}{column.heading[1:]}"
        numeric = all(isinstance(v, int | float | np.number) for v in values)
        if column.is_text or column.show is words.year or not numeric:
            shown[heading] = [column.show(value) for value in values]
            continue
        codes[heading] = _code(column, values)
        shown[heading] = [v if np.isfinite(v) or np.isnan(v) else column.show(v) for v in values]
    return pd.DataFrame(
        {name: pd.Series(cells, dtype=object) for name, cells in shown.items()}
    ), codes


def _code(column: AnswerColumn, values: list[float]) -> str:
    """Return the number format of a column by how it is shown on the page."""
    if "%" in column.show(0.5):
        code = "0.0%"
    else:
        whole = all(not np.isfinite(v) or float(v).is_integer() for v in values)
        pounds = column.show is words.pounds
        code = "#,##0" if whole or pounds else "#,##0.0"
    return f"+{code};-{code};0" if column.show(1.0).startswith("+") else code
