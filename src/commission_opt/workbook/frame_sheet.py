"""Tables of figures on a sheet that is read and not filled in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from commission_opt.views import words
from commission_opt.workbook.formats import Formats

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_NARROW, _WIDE, _LOOKED_AT = 10, 45, 100
_PALE = "#6B7785"  # of words among figures
_MOST_LINES = 4  # of a heading
LINE = 15.5  # points
_MARGIN = 0.9  # of a width in characters that text fills, since letters differ


@dataclass(frozen=True)
class Area:
    """Where a table stands on a sheet; rows and columns count from 0.

    Parameters
    ----------
    row : int
        Of the headings.
    rows : int
        Rows below them.
    columns : mapping of int to str
        Headings by position.
    """

    sheet: str
    row: int
    rows: int
    columns: Mapping[int, str]

    @property
    def below(self) -> int:
        """The first row below the table."""
        return self.row + 1 + self.rows

    def cells(self, column: int, first: int = 0, count: int | None = None) -> list[object]:
        """Return some cells of a column, as charts take them."""
        top = self.row + 1 + first
        bottom = top + (self.rows - first if count is None else count) - 1
        return [self.sheet, top, column, bottom, column]

    def heading(self, column: int) -> list[object]:
        """Return the cell of a heading."""
        return [self.sheet, self.row, column]


def write_frame(
    sheet: Worksheet,
    frame: pd.DataFrame,
    formats: Formats,
    row: int = 0,
    codes: Mapping[str, str] | None = None,
    *,
    total: bool = False,
) -> Area:
    """Write a table of values.

    Parameters
    ----------
    row : int
        Row of the headings, from 0.
    codes : mapping of str to str, optional
        Number formats by column; ``#,##0`` where none is given.
    total : bool
        Whether the last row sums up the others.
    """
    for at, name in enumerate(map(str, frame.columns)):
        cells = frame.iloc[:, at].tolist()
        code = (codes or {}).get(name, "#,##0")
        figures = any(isinstance(cell, int | float | np.number) for cell in cells)
        look = formats.heading(text_wrap=True, align="right" if figures else "left")
        sheet.write_string(row, at, words.clean(name), look)
        for i, value in enumerate(cells):
            bold = total and i == len(cells) - 1
            _write(sheet, row + 1 + i, at, value, code, formats, bold=bold, right=figures)
        if row == 0 or at == 0:
            shown = (str(v) if isinstance(v, str) else f"{v:,.1f}" for v in cells[:_LOOKED_AT])
            width = max([len(name) + 3, *map(len, shown)])
            sheet.set_column(at, at, min(max(width, _NARROW), _WIDE))
    longest = max((len(str(name)) for name in frame.columns[1:]), default=0)
    if row and longest > _NARROW:  # programs do not all make wrapped rows higher
        sheet.set_row(row, LINE * min(_MOST_LINES, 1 + longest // _NARROW))
    headings = {at: str(name) for at, name in enumerate(frame.columns)}
    return Area(sheet.get_name(), row, len(frame), headings)


def write_texts(
    sheet: Worksheet, formats: Formats, row: int, said: Sequence[str], across: int, width: float
) -> int:
    """Write texts below each other, each over so many columns; return the row after them.

    ``width`` is that of the columns together, in characters.
    """
    look = formats.of(text_wrap=True)
    for text in said:
        shown = words.clean(text)
        if across > 1:
            sheet.merge_range(row, 0, row, across - 1, "", look)
        sheet.write_string(row, 0, shown, look)
        sheet.set_row(row, text_height(shown, width))
        row += 1
    return row


def text_height(text: str, width: float) -> float:
    """Return the height of a row with a text in columns of so many characters, points.

    Programs do not all make wrapped rows higher.
    """
    return LINE * max(1, math.ceil(len(text) / (_MARGIN * width)))


def _write(
    sheet: Worksheet, row: int, at: int, value: object, code: str, formats: Formats,
    *, bold: bool, right: bool,
) -> None:  # fmt: skip
    look: dict[str, object] = {"bold": True, "top": 1} if bold else {}
    if value != value:  # there is no such figure
        sheet.write_blank(row, at, None, formats.of(num_format=code, **look))
    elif isinstance(value, int | float | np.number):
        sheet.write_number(row, at, value, formats.of(num_format=code, **look))
    else:
        if right:
            look |= {"align": "right", "font_color": _PALE}
        sheet.write_string(row, at, words.clean(str(value)), formats.of(num_format="@", **look))
