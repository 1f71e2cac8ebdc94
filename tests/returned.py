"""Workbooks that come back: copies with a cell of the courses changed."""

from __future__ import annotations

import io

import openpyxl
from openpyxl.utils import get_column_letter

RETURNS: dict[str, tuple[str, str, int | float]] = {  # of the guide
    "south-west.xlsx": ("podiatry-SW", "max_intake", 50),
    "london.xlsx": ("midwifery-LON", "fill_rate", 0.93),
    "london-2.xlsx": ("midwifery-LON", "fill_rate", 0.91),
}


def changed(book: bytes, cell: str, value: str | int | float) -> bytes:
    """Return a workbook with one cell of the sheet of courses changed."""
    whole, file = openpyxl.load_workbook(io.BytesIO(book)), io.BytesIO()
    whole["courses"][cell] = value
    whole.save(file)
    return file.getvalue()


def in_course(book: bytes, course: str, column: str, value: str | int | float) -> bytes:
    """Return a workbook with one column of a course changed."""
    rows = openpyxl.load_workbook(io.BytesIO(book))["courses"].iter_rows(values_only=True)
    (row,) = [i for i, each in enumerate(rows, 1) if course in each]
    return changed(book, cell_of(book, row, column), value)


def cell_of(book: bytes, row: int, column: str) -> str:
    """Return where a column of the courses stands in a row."""
    heads = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(book))["courses"][1]]
    return f"{get_column_letter(heads.index(column) + 1)}{row}"
