"""How cells look: one set of formats for every sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from commission_opt.instance.schema import Column
from commission_opt.spreadsheet.grid import LAST_COLUMN
from commission_opt.workbook.numbers import number_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

INK, ACCENT, PALE, LINE = "#1F2933", "#1F4E79", "#DCE6F1", "#B8C4D0"
_MOST_DECIMALS = 6  # beyond it a cell shows a number as it is


@dataclass
class Formats:
    """Formats of a workbook, made when they are first asked for.

    Parameters
    ----------
    book : xlsxwriter.Workbook
    """

    book: Workbook
    _made: dict[tuple[tuple[str, object], ...], Format] = field(default_factory=dict)

    def of(self, **properties: object) -> Format:
        """Return the format with these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            base = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
            self._made[key] = self.book.add_format({**base, **properties})
        return self._made[key]

    def heading(self, *, required: bool = True) -> Format:
        """Return the format of a heading: dark where the column must be filled, else pale."""
        dark = {"font_color": "#FFFFFF", "bg_color": ACCENT}
        pale = {"font_color": INK, "bg_color": PALE}
        look = dark if required else pale
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


def number_format(column: Column | None, cells: Iterable[str]) -> str:
    """Return the number format of a column: it shows every digit that its numbers have.

    Parameters
    ----------
    column : Column or None
        Its declaration.
    cells : iterable of str
        Its texts; none for a new sheet.
    """
    if column is not None and (column.name == "year" or column.name.endswith("_year")):
        return "0"
    if column is not None and column.kind == "whole":
        return "#,##0"
    most = 0
    for text in cells:
        if number_of(text) is None:
            continue
        if "e" in text.lower():
            return "General"
        most = max(most, len(text.partition(".")[2]))
    if most > _MOST_DECIMALS or not cells:
        return "General"
    return "#,##0" + ("." + "0" * most if most else "")
