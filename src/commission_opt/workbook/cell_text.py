"""What one cell says, as text for a table, and what is wrong with it. Nothing is corrected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from commission_opt.files.spreadsheet.grid import LONGEST_TEXT, Cell
from commission_opt.instance.typed import ANY, NUMBER
from commission_opt.workbook.numbers import plain
from commission_opt.workbook.origin import Texts

Holds = Literal["code", "text", "number"]


class CellText(NamedTuple):
    """What a cell says.

    Parameters
    ----------
    text : str
        What the cell of a CSV file would hold; empty if there is an error.
    error : str or None
        Why the cell cannot be used.
    warning : str or None
        What the user should know of it; the same words for every such cell of a column.
    """

    text: str
    error: str | None = None
    warning: str | None = None


def reader(holds: Holds, texts: Texts) -> Callable[[Cell, int], CellText]:
    """Return what reads the cells of a column, given the row they stand in.

    ``texts`` says how the numbers of the column were written before.
    """

    def read(cell: Cell, row: int) -> CellText:
        kind, text = cell.kind, cell.text
        if kind == "text":
            return _text(text, holds)
        if kind == "number":
            number = _float(text)
            if number is None:
                return CellText("", f"{text[:40]!r} is not a number")
            if holds == "code":
                return CellText("", _number_as_code(plain(number)))
            return CellText(texts.of(number, row) or plain(number))
        if kind == "date":
            return CellText("", _date(text, holds))
        return CellText("", unusable(cell))

    return read


def unusable(cell: Cell) -> str:
    """Say why a cell that holds neither text nor a number cannot be used."""
    if cell.kind == "formula":
        return "is a formula; paste its value (copy, then paste special, values)"
    if cell.kind == "error":
        return f"holds the error {cell.text}; write what belongs there"
    return f"is the logical value {cell.text}; for the word, format the cell as text and retype it"


def _float(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def _number_as_code(number: str) -> str:
    return (
        f"is the number {number}, but codes are text (zeros in front may be lost); "
        "format the cell as text and type the code again"
    )


def _date(date: str, holds: Holds) -> str:
    if holds == "number":
        return (
            f"is formatted as a date, {date}; give the cell the format “Number”, then type again "
            "what was meant"
        )
    return f"is a date, {date}; format the cell as text and type again what was meant"


def _text(text: str, holds: Holds) -> CellText:
    if len(text) > LONGEST_TEXT:
        return CellText("", f"holds {len(text):,} characters; {LONGEST_TEXT:,} are the most")
    if holds == "number":
        if text != ANY and NUMBER.fullmatch(text):
            warning = "is a number kept as text; it is read as it stands, but sums leave it out"
            return CellText(text, warning=f"{warning} (in Excel: Convert to Number)")
        return CellText(text)
    if holds == "code" and text.startswith("'"):
        return CellText(text, warning="starts with an apostrophe, which is part of the code")
    if text[0] in "=@" or (text[0] in "+-" and ("|" in text or "(" in text)):
        warning = "looks like a formula; it is kept as text and never evaluated, but a program"
        return CellText(text, warning=f"{warning} that opens the CSV file may do so")
    return CellText(text)
