"""Tables of figures on a sheet that is read and not filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from commission_opt.views import words
from commission_opt.workbook.formats import Formats

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_NARROW, _WIDE, _LOOKED_AT = 10, 45, 100
_TWO_LINES = 31  # points


@dataclass(frozen=True)
class Area:
    """Where a table stands on a sheet; rows and columns count from 0.

    Parameters
    ----------
    sheet : str
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
    sheet, frame, formats
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
        figures = bool(cells) and isinstance(cells[0], int | float | np.number)
        look = formats.heading(text_wrap=True, align="right" if figures else "left")
        sheet.write_string(row, at, words.clean(name), look)
        for i, value in enumerate(cells):
            bold = total and i == len(cells) - 1
            _write(sheet, row + 1 + i, at, value, code, formats, bold=bold)
        if row and len(name) > _NARROW:
            sheet.set_row(row, _TWO_LINES)  # programs do not all make wrapped rows higher
        if row == 0 or at == 0:
            shown = (str(v) if isinstance(v, str) else f"{v:,.1f}" for v in cells[:_LOOKED_AT])
            width = max([len(name) + 3, *map(len, shown)])
            sheet.set_column(at, at, min(max(width, _NARROW), _WIDE))
    headings = {at: str(name) for at, name in enumerate(frame.columns)}
    return Area(sheet.get_name(), row, len(frame), headings)


def _write(
    sheet: Worksheet, row: int, at: int, value: object, code: str, formats: Formats, *, bold: bool
) -> None:
    look = {"bold": True, "top": 1} if bold else {}
    if value != value:  # there is no such figure
        sheet.write_blank(row, at, None, formats.of(num_format=code, **look))
    elif isinstance(value, int | float | np.number):
        sheet.write_number(row, at, value, formats.of(num_format=code, **look))
    else:
        sheet.write_string(row, at, words.clean(str(value)), formats.of(num_format="@", **look))
