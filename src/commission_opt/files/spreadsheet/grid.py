"""What a workbook holds once it is read: cells by sheet, row and column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

CellKind = Literal["text", "number", "boolean", "error", "formula", "date"]

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # what a sheet can have
LONGEST_TEXT = 32_767  # characters that a cell can have


class Cell(NamedTuple):
    """A cell that holds something."""

    column: int  # 0 is A
    kind: CellKind  # a formula is a formula whatever its value is
    # the text, the shortest text of the number, TRUE or FALSE, the error value, or the date in ISO
    # form; of a formula, which is never evaluated, nothing
    text: str


@dataclass(frozen=True)
class Sheet:
    """One sheet."""

    name: str
    # cells by row, the first row being 1; both ascend; rows without content are absent
    rows: Mapping[int, list[Cell]]
    hidden: bool = False  # whether a user does not see the sheet
    hidden_rows: tuple[int, ...] = ()  # rows with content that a user does not see
    # first and last of each run of columns that a user does not see, 0 being A
    hidden_columns: tuple[tuple[int, int], ...] = ()
    merged: tuple[str, ...] = ()  # ranges of merged cells, such as ``A2:B2``


@dataclass(frozen=True)
class Book:
    """A whole workbook."""

    sheets: tuple[Sheet, ...]
    # what it carries that was not looked at and could reach beyond it, such as links to other files
    foreign: tuple[str, ...] = ()
