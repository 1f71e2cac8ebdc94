"""One sheet of a workbook, from its part to its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from commission_opt.spreadsheet.archive import Archive, refuse
from commission_opt.spreadsheet.grid import (
    LAST_COLUMN,
    LAST_ROW,
    Cell,
    Kind,
    Sheet,
    column_number,
    letters,
)
from commission_opt.spreadsheet.strings import unescape
from commission_opt.spreadsheet.xml import Attributes, MalformedError, parse

MOST_CELLS = 5_000_000  # with content, in a sheet
MOST_TEXT = 2**27  # characters in all cells of a sheet together: strings may be shared by many
_KINDS: Mapping[str, Kind] = {
    "n": "number",
    "s": "text",
    "str": "text",
    "inlineStr": "text",
    "b": "boolean",
    "e": "error",
    "d": "date",
}
_DIGITS = "0123456789"


@dataclass
class _Sheet:
    """What is known of a sheet while it is read."""

    strings: Sequence[str]
    date_styles: frozenset[int]
    rows: dict[int, list[Cell]] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    row: int = 0
    row_hidden: bool = False
    cells: list[Cell] = field(default_factory=list)
    column: int = -1
    type: str = "n"
    style: str = "0"
    value: list[str] = field(default_factory=list)
    formula: list[str] | None = None
    into: list[str] | None = None
    in_data: bool = False
    phonetic: bool = False
    n_cells: int = 0
    n_text: int = 0

    def start(self, name: str, attributes: Attributes) -> None:
        if self.in_data:
            if name == "c":
                self._start_cell(attributes)
            elif name == "v" or (name == "t" and not self.phonetic):
                self.into = self.value
            elif name == "f":
                self.formula = self.into = []
            elif name == "row":
                self._start_row(attributes)
            elif name == "rPh":
                self.phonetic = True
        elif name == "sheetData":
            self.in_data = True
        elif name == "mergeCell":
            self.merged.append(attributes.get("ref", ""))
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = _whole(attributes.get("min")), _whole(attributes.get("max"))
            self.hidden_columns.append((first - 1, last - 1))

    def end(self, name: str) -> None:
        if not self.in_data:
            return
        self.into = None
        if name == "c":
            self._end_cell()
        elif name == "row":
            if self.cells:
                self.rows[self.row] = self.cells
                if self.row_hidden:
                    self.hidden_rows.append(self.row)
        elif name == "rPh":
            self.phonetic = False
        elif name == "sheetData":
            self.in_data = False

    def text(self, piece: str) -> None:
        if self.into is not None:
            self.into.append(piece)

    def _start_row(self, attributes: Attributes) -> None:
        row = _whole(attributes["r"]) if "r" in attributes else self.row + 1
        if not self.row < row <= LAST_ROW:
            raise MalformedError(f"row {row} follows row {self.row}")
        self.row, self.cells, self.column = row, [], -1
        self.row_hidden = attributes.get("hidden") in ("1", "true")

    def _start_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        if reference is None:
            column = self.column + 1
        else:
            name = reference.rstrip(_DIGITS)
            if reference[len(name) :] != str(self.row):
                raise MalformedError(f"cell {reference[:20]} stands in row {self.row}")
            column = self._column(name)
        if not self.column < column < LAST_COLUMN:
            raise MalformedError(f"row {self.row} has cell {letters(column)} twice or out of order")
        self.column = column
        self.type, self.style = attributes.get("t", "n"), attributes.get("s", "0")
        self.value, self.formula = [], None

    def _column(self, name: str) -> int:
        column = self.columns.get(name)
        if column is None:
            try:
                column = self.columns[name] = column_number(name)
            except ValueError:
                raise MalformedError(f"there is no column {name[:20]!r}") from None
        return column

    def _end_cell(self) -> None:
        if self.formula is not None:
            kind: Kind = "formula"
            text = "".join(self.formula)
        else:
            text = "".join(self.value)
            if not text:
                return
            if self.type not in _KINDS:
                raise MalformedError(f"cell {letters(self.column)}{self.row} is of no known type")
            kind = _KINDS[self.type]
            if kind == "text":
                text = self._string(text)
                if not text:
                    return
            elif kind == "number" and _whole(self.style) in self.date_styles:
                kind = "date"
            elif kind == "boolean":
                text = "TRUE" if text in ("1", "true") else "FALSE"
        self.n_cells += 1
        self.n_text += len(text)
        if self.n_cells > MOST_CELLS or self.n_text > MOST_TEXT:
            raise MalformedError("it has more cells or text than is read")
        self.cells.append(Cell(self.column, kind, text))

    def _string(self, text: str) -> str:
        if self.type != "s":
            return unescape(text)
        index = _whole(text.strip())
        if index >= len(self.strings):
            raise MalformedError(f"cell {letters(self.column)}{self.row} refers to no string")
        return self.strings[index]


def _whole(text: str | None) -> int:
    if not text or not text.isascii() or not text.isdigit() or len(text) > 9:
        raise MalformedError(f"{(text or '')[:20]!r} is not a whole number")
    return int(text)


def read_sheet(
    archive: Archive,
    part: str,
    name: str,
    strings: Sequence[str],
    date_styles: frozenset[int],
    *,
    hidden: bool,
) -> Sheet:
    """Read the cells of a sheet.

    Parameters
    ----------
    archive : Archive
    part : str
        Name of the sheet's part.
    name : str
        Name of the sheet.
    strings : sequence of str
        The shared strings.
    date_styles : frozenset of int
        Cell styles that show dates.
    hidden : bool
        Whether the sheet is hidden.

    Raises
    ------
    InputError
        If the part is damaged.
    """
    sheet = _Sheet(strings, date_styles)
    parse(archive, part, sheet.start, sheet.end, sheet.text)
    if sheet.in_data:
        raise refuse(archive.name, f"is damaged: sheet {name!r} ends too early")
    return Sheet(
        name,
        sheet.rows,
        hidden,
        tuple(sheet.hidden_rows),
        tuple(sheet.hidden_columns),
        tuple(sheet.merged),
    )
