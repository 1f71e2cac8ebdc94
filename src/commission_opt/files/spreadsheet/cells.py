"""Sheets of a workbook as cells, and the cells read from their XML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from openpyxl.utils import escape
from openpyxl.worksheet._reader import WorkSheetParser
from xlsxwriter.utility import xl_col_to_name

from commission_opt.errors import InputError

CellKind = Literal["text", "number", "boolean", "error", "formula", "date"]

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # what a sheet can have
LONGEST_TEXT = 32_767  # characters that a cell can have
MOST_CELLS = 3_000_000  # with content, in a file; 129 professions in 44 regions: some 650,000
MOST_TEXT = 2**27  # characters in them: a text that is stored once may stand in all of them
_KINDS: Mapping[object, CellKind] = {
    "n": "number", "s": "text", "b": "boolean", "e": "error", "d": "date", "f": "formula",
}  # fmt: skip


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
    foreign : tuple of str
        What it carries that was not looked at and could reach beyond it, such as links to
        other files.
    """

    sheets: tuple[Sheet, ...]
    foreign: tuple[str, ...] = ()


@dataclass
class Remaining:
    """How many cells, and characters in them, a file may still hold."""

    file: str
    cells: int = MOST_CELLS
    text: int = MOST_TEXT

    def take(self, cells: Sequence[Cell]) -> None:
        """Take cells off what is left; an InputError says that there is none."""
        self.cells -= len(cells)
        self.text -= sum(len(cell.text) for cell in cells)
        if self.cells < 0 or self.text < 0:
            message = f"has more than {MOST_CELLS:,} filled cells, or more text than is read"
            raise InputError.of_file(self.file, message)


def unescape(text: str) -> str:
    """Undo the escapes for characters that XML cannot hold: ``_x000D_`` is a carriage return.

    ``_x005F_`` is the underscore that keeps ``_x000D_`` typed by a user from being read so.
    """
    if "_x" not in text:
        return text
    plain = escape.unescape(text)  # half characters, if two do not make a whole one, are replaced
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class CellParser(WorkSheetParser):
    """openpyxl's reader of a sheet, for which it has no public name.

    Both modes of ``load_workbook`` rest on it. Only here do rows and cells come in the order of the
    file, so that none that is there twice is lost, with merged ranges and what is hidden.
    """

    def parse_cell(self, element: Any) -> Any:
        """Return a cell, None if it is empty; of whatever is wrong with it, say which it is."""
        place = element.get("r", f"in row {self.row_counter}")
        try:
            return self._cell(element)
        except KeyError:
            raise ValueError(f"cell {place} refers to no string") from None
        except Exception as error:
            raise ValueError(f"cell {place}: {error}") from error

    def parse_formula(self, element: Any) -> str:
        """Leave formulas alone: that a cell has one is all that matters."""
        del element
        return "="

    def parse_formatting(self, element: Any) -> None:
        """Leave conditional formats alone, which openpyxl does not read in every form."""

    def _cell(self, element: Any) -> Cell | None:
        last = self.col_counter
        found: dict[str, Any] = super().parse_cell(element)
        column, value, type_ = found["column"], found["value"], element.get("t")
        if found["row"] != self.row_counter:
            raise ValueError(f"it stands in row {self.row_counter}")
        if column > LAST_COLUMN:
            raise ValueError(f"there is no column {xl_col_to_name(column - 1)}")
        if column <= last:
            raise ValueError("it is there twice or out of order")
        if value is None or value == "":
            if type_ != "s" and any(text.strip() for text in element.itertext()):
                raise ValueError("it does not hold what its type says")
            return None
        kind = _KINDS.get(found["data_type"])
        if kind is None:
            raise ValueError("it is of no known type")
        text = _text(kind, value)
        return Cell(column - 1, kind, unescape(text) if type_ in ("str", "inlineStr") else text)


def read_sheet(parser: CellParser, name: str, left: Remaining, *, hidden: bool) -> Sheet:
    """Read the cells of a sheet.

    Parameters
    ----------
    parser : CellParser
        Of its part; its strings by number must be a mapping.
    name, hidden
        Of the sheet.
    left : Remaining
        What the file may still hold.

    Raises
    ------
    ValueError
        If rows or cells are there twice or out of order; openpyxl raises errors of all kinds.
    """
    rows: dict[int, list[Cell]] = {}
    hidden_rows = []
    last = 0
    for row, cells in parser.parse():
        if not last < row <= LAST_ROW:
            raise ValueError(f"row {row} follows row {last}")
        last = row
        looks = parser.row_dimensions.pop(str(row), {})
        filled = [cell for cell in cells if cell is not None]
        left.take(filled)
        if filled:
            rows[row] = filled
            if _is_hidden(looks):
                hidden_rows.append(row)
    hidden_columns = tuple(
        (int(looks["min"]) - 1, int(looks["max"]) - 1)
        for looks in parser.column_dimensions.values()
        if _is_hidden(looks)
    )
    areas = parser.merged_cells.mergeCell if parser.merged_cells else ()
    merged = tuple(area.ref for area in areas)
    return Sheet(name, rows, hidden, tuple(hidden_rows), hidden_columns, merged)


def _is_hidden(looks: Mapping[str, str]) -> bool:
    return looks.get("hidden") in ("1", "true")


def _text(kind: CellKind, value: Any) -> str:
    if kind == "formula":
        return ""
    if kind == "boolean":
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes").removesuffix(" 00:00")
    return str(value)  # of dates and times, ISO form
