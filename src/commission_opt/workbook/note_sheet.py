"""Sheets of notes: plain tables that no reader takes for input, the program's own and others'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from commission_opt.files.spreadsheet.cells import Sheet
from commission_opt.workbook.formats import Formats
from commission_opt.workbook.layout import number_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook

_NARROW, _WIDE, _NOTES_WIDE = 10, 50, 24  # characters


@dataclass(frozen=True)
class Note:
    """A sheet of notes: its name starts with ``note``, each row is as long as the header."""

    name: str
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    def write(self, book: Workbook, formats: Formats) -> None:
        """Add the sheet to a workbook."""
        sheet = book.add_worksheet(self.name)
        for at, title in enumerate(self.header):
            longest = max([len(title), *(len(row[at]) for row in self.rows)])
            sheet.set_column(at, at, min(max(longest + 2, _NARROW), _WIDE))
            sheet.write_string(0, at, title, formats.heading())
        for at_row, row in enumerate(self.rows, start=1):
            for at, text in enumerate(row):
                sheet.write_string(at_row, at, text, formats.text())
        sheet.freeze_panes(1, 0)


@dataclass(frozen=True)
class KeptNote:
    """A sheet of notes of one of the workbooks that are merged.

    Parameters
    ----------
    name : str
        What it is called in the merged workbook.
    file : str
        Where it comes from.
    """

    name: str
    file: str
    sheet: Sheet

    def write(self, book: Workbook, formats: Formats) -> None:
        """Add the sheet to a workbook."""
        sheet = book.add_worksheet(self.name)
        columns = [cell.column for cells in self.sheet.rows.values() for cell in cells]
        sheet.set_column(0, max(columns), _NOTES_WIDE)
        for row, cells in self.sheet.rows.items():
            for cell in cells:
                number = number_of(cell.text) if cell.kind == "number" else None
                if number is None:
                    text = cell.text
                    if cell.kind == "formula":  # of which nothing is read
                        text = f"(a formula, see {self.file})"
                    sheet.write_string(row - 1, cell.column, text, formats.text())
                else:
                    sheet.write_number(row - 1, cell.column, number, formats.number("General"))
