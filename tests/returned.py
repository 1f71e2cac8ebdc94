"""Workbooks that came back: copies with a cell of the courses changed."""

from __future__ import annotations

import io

import openpyxl
from openpyxl.utils import get_column_letter


def changed(book: bytes, cell: str, value: str | int) -> bytes:
    """Return a workbook with one cell of the sheet of courses changed."""
    whole, file = openpyxl.load_workbook(io.BytesIO(book)), io.BytesIO()
    whole["courses"][cell] = value
    whole.save(file)
    return file.getvalue()


def cell_of(book: bytes, row: int, column: str) -> str:
    """Return where a column of the courses stands in a row."""
    heads = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(book))["courses"][1]]
    return f"{get_column_letter(heads.index(column) + 1)}{row}"
