"""A sheet of notes: a plain table that no reader takes for input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from commission_opt.workbook.formats import Formats

if TYPE_CHECKING:
    from xlsxwriter import Workbook

_NARROW, _WIDE = 10, 50


@dataclass(frozen=True)
class Note:
    """A sheet of notes.

    Parameters
    ----------
    name : str
        Name of the sheet; starts with ``note``.
    header : tuple of str
    rows : sequence of tuple of str
        Cells, each row as long as the header.
    """

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
