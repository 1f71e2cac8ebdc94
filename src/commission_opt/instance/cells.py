"""Single cells of a table as a file has it, changed without touching any other byte."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BREAK = re.compile(r"\r\n|\r|\n")
_CELL = re.compile(r"""((?:"[^"]*"|[^",\r\n])*)(,|\r\n|\r|\n|\Z)""")
_MARK = "\ufeff"  # that some programs write at the start of a file


def written(value: float) -> str:
    """Write a figure as a cell holds it."""
    return f"{value:.0f}" if value == round(value) else repr(float(value))


def with_cell(content: bytes, row: int, column: str, new: str) -> bytes:
    """Return a table with another text in one cell, and every other byte as it is.

    Parameters
    ----------
    row : int
        Line of the file on which the row starts.
    column : str
        One that the table has.
    """
    text = content.decode()
    body = text.removeprefix(_MARK)
    records = _records(body)
    header = next(cells for _, cells in records if any(_value(body, cell) for cell in cells))
    names = [_value(body, cell) for cell in header]
    cells = next(cells for line, cells in records if line == row)
    start, end = cells[names.index(column)]
    cell = f'"{new}"' if body[start:end].startswith('"') else new
    return (text[: len(text) - len(body)] + body[:start] + cell + body[end:]).encode()


def _value(text: str, cell: tuple[int, int]) -> str:
    """Return what a cell holds, without its quotation marks."""
    inner = text[slice(*cell)]
    return inner[1:-1].replace('""', '"') if inner.startswith('"') else inner


def _records(text: str) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yield the line on which each record starts, and from where to where its cells go."""
    line, start, cells = 1, 0, list[tuple[int, int]]()
    for found in _CELL.finditer(text):
        if not (found[0] or cells):
            return
        cells.append(found.span(1))
        if found[2] != ",":
            yield line, cells
            line += len(_BREAK.findall(text, start, found.end()))
            start, cells = found.end(), []
