"""What a workbook holds once it is read: cells by sheet, row and column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

CellKind = Literal["text", "number", "boolean", "error", "formula", "date"]

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # what a sheet can have
LONGEST_TEXT = 32_767  # characters that a cell can have


class Cell(NamedTuple):
    """A cell that holds something.

    Parameters
    ----------
    column : int
        0 is A.
    kind : str
        A formula is a formula whatever its value is.
    text : str
        The text, the shortest text of the number, TRUE or FALSE, the error value, or the date in
        ISO form; of a formula, which is never evaluated, nothing.
    """

    column: int
    kind: CellKind
    text: str


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Parameters
    ----------
    name : str
    rows : mapping of int to list of Cell
        Cells by row, the first row being 1; both ascend; rows without content are absent.
    hidden : bool
        Whether a user does not see the sheet.
    hidden_rows : tuple of int
        Rows with content that a user does not see.
    hidden_columns : tuple of (int, int)
        First and last of each run of columns that a user does not see, 0 being A.
    merged : tuple of str
        Ranges of merged cells, such as ``A2:B2``.
    """

    name: str
    rows: Mapping[int, list[Cell]]
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[tuple[int, int], ...] = ()
    merged: tuple[str, ...] = ()


@dataclass(frozen=True)
class Book:
    """A whole workbook.

    Parameters
    ----------
    sheets : tuple of Sheet
    foreign : tuple of str
        What it carries that was not looked at and could reach beyond it, such as links to
        other files.
    """

    sheets: tuple[Sheet, ...]
    foreign: tuple[str, ...] = ()
