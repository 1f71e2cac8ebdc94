"""How cells look: one set of formats for every sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from commission_opt.files.spreadsheet.grid import LAST_COLUMN
from commission_opt.instance.schema import Column
from commission_opt.workbook.numbers import number_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

INK, ACCENT, PALE, LINE = "#1F2933", "#1F4E79", "#DCE6F1", "#B8C4D0"
_A4, _UPRIGHT = 9, 100  # code of the paper; characters that fit on it upright
_THOUSAND = 1000
_COUNTED = ("amount", "cost", "capacity", "population")  # in thousands where none is typed yet
_MOST_DECIMALS = 6  # beyond it a cell shows a number as it is


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
