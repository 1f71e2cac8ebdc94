"""Text tables become typed frames, one column at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.errors import Problem
from commission_opt.instance.raw import RawTable
from commission_opt.instance.schema import TABLES, Column, Table

ANY = "*"
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_COMMA = "has a thousands separator or decimal comma; write digits and a point"
_MANY_COMMAS = 4  # numbers with commas that are said at once
_LARGEST = 1e15  # beyond it a float no longer tells one whole number from the next


def typed_table(raw: RawTable) -> tuple[pd.DataFrame, list[Problem]]:
    """Give every cell its type.

    Parameters
    ----------
    raw : RawTable
        Text as read.

    Returns
    -------
    frame : pandas.DataFrame
        All declared columns, indexed by the line of the file. A cell that could not be
        read is missing (NaN in numbers, None in codes).
    problems : list of Problem
        One for each header and cell that breaks its declaration.
    """
    table = TABLES[raw.name]
    problems = list(raw.problems)
    if not raw.header:
        return empty_table(table), problems
    names = [column.name for column in table.columns]
    if not {*names} & {heading.strip().lower() for heading in raw.header}:
        message = f"holds none of the headings of this table: {', '.join(names)}"
        none = Problem("error", table.file, raw.header_line, None, message)
        return empty_table(table), [*problems, none]
    problems += _header(table, raw)
    index = pd.Index(raw.lines, name="row", dtype="int64")
    cells = dict(zip(reversed(raw.header), reversed([*zip(*raw.rows, strict=True)]), strict=False))
    columns = {}
    for column in table.columns:
        if column.name in raw.header:
            values, found = _column(table, column, raw.lines, cells.get(column.name, ()))
            columns[column.name] = pd.Series(values, index=index, dtype=_dtype(column))
            problems += found
        else:
            columns[column.name] = _absent(column, index)
    frame = pd.DataFrame(columns, index=index)
    return frame, _commas_said_once(problems)


def _commas_said_once(problems: list[Problem]) -> list[Problem]:
    """Replace what is said of many numbers with commas in them by one sentence."""
    said = [p for p in problems if p.message.endswith(_COMMA)]
    if len(said) < _MANY_COMMAS:
        return problems
    first = min(said, key=lambda p: p.row or 0)
    message = (
        f"{len(said):,} numbers of this table have thousands separators or decimal commas, such "
        f"as {first.message.removesuffix(_COMMA)}(columns: "
        f"{', '.join(dict.fromkeys(str(p.column) for p in said))}); write digits and a point"
    )
    once = Problem("error", first.file, first.row, first.column, message)
    return [once, *(p for p in problems if p not in set(said))]


def empty_table(table: Table) -> pd.DataFrame:
    """Return the frame of an optional table that is absent."""
    index = pd.Index([], name="row", dtype="int64")
    return pd.DataFrame({c.name: _absent(c, index) for c in table.columns}, index=index)


def _absent(column: Column, index: pd.Index) -> pd.Series:
    value: object = column.default if column.numeric else ""
    if column.required or column.wildcard:
        value = None if column.required else ANY
    return pd.Series(value, index=index, dtype=_dtype(column))


def _dtype(column: Column) -> type[float] | type[object]:
    return float if column.numeric and not column.wildcard else object


def _header(table: Table, raw: RawTable) -> Iterator[Problem]:
    header, line = raw.header, raw.header_line
    names = {c.name for c in table.columns}
    for position, name in enumerate(header, start=1):
        if name in names or name.startswith("note") or name == "source":
            if header.index(name) != position - 1:
                yield Problem("error", table.file, line, name, "the column is there twice")
            continue
        message = "is not a column of this table; columns of your own start with “note”"
        if name.strip() in names:
            message = f"has a space around its name; write {name.strip()!r}"
        elif name.strip().lower() in names:
            message = f"column names are in lower case; write {name.strip().lower()!r}"
        elif not name:
            message = f"column {position} has cells but no name"
        yield Problem("error", table.file, line, name or None, message)
    for column in table.columns:
        if column.required and column.name not in header:
            message = f"the column is missing; it holds the {column.help}"
            yield Problem("error", table.file, line, column.name, message)


def _column(
    table: Table, column: Column, lines: Sequence[int], cells: Sequence[str]
) -> tuple[Sequence[Any], list[Problem]]:
    read = {"code": _code, "text": _text}.get(column.kind, _number)
    distinct = {cell: read(column, cell) for cell in set(cells)}  # most cells repeat another
    problems = [
        Problem("error", table.file, row, column.name, message)
        for row, cell in zip(lines, cells, strict=True)
        if (message := distinct[cell][1])
    ]
    return [distinct[cell][0] for cell in cells], problems


def _text(column: Column, cell: str) -> tuple[object, str | None]:
    """Read a text; return it and what is wrong with it."""
    if column.required and cell == "":
        return cell, "is empty"
    if column.choices and cell not in (*column.choices, ""):
        meant = cell.strip().lower()
        hint = f"; write {meant!r}" if meant in column.choices else ""
        return cell, f"{cell!r} is not one of {', '.join(column.choices)}{hint}"
    return cell, None


def _code(column: Column, cell: str) -> tuple[object, str | None]:
    """Read a code; return it (None if it is none) and what is wrong with it."""
    if column.wildcard and cell == "":
        return ANY, None
    if cell != cell.strip():
        return None, f"{cell!r} has a space before or after the code; take it out"
    if cell == "":
        return (None, "is empty; a code is needed") if column.required else (cell, None)
    if cell == ANY and not column.wildcard:
        return None, "“*” is not allowed here; name one code"
    if any(ord(c) < 32 for c in cell):
        return None, f"{cell!r} has a line break or control character in it"
    return cell, None


def _number(column: Column, cell: str) -> tuple[object, str | None]:
    """Read one cell; return its value (NaN if it has none) and what is wrong with it."""
    if column.wildcard and cell in ("", ANY):
        return ANY, None
    if cell == "":
        if column.required:
            return np.nan, "is empty; a number is needed"
        return (np.nan if column.default is None else column.default), None
    if not NUMBER.fullmatch(cell):
        return np.nan, _why_no_number(cell)
    value = float(cell)
    if not abs(value) <= _LARGEST:
        return np.nan, f"{cell} is too large; {_LARGEST:.0e} is the most"
    if column.kind == "whole" and value != int(value):
        return np.nan, f"{cell} is not a whole number"
    message = _out_of_range(column, cell, value)
    return (np.nan if message else value), message


def _why_no_number(cell: str) -> str:
    bare = cell.strip()
    lowered = bare.lower().lstrip("+-")
    if bare == ANY:
        return "“*” is not allowed here; write a number"
    if lowered in ("nan", "na", "n/a", "null", "none"):
        return f"{cell!r} stands for no number; a number is needed"
    if lowered in ("inf", "infinity"):
        return f"{cell!r} is infinite; a finite number is needed"
    if bare != cell and NUMBER.fullmatch(bare):
        return f"{cell!r} has a space before or after the number; take it out"
    if NUMBER.fullmatch(re.sub(r"[,\s_]", "", bare)):
        return f"{cell!r} {_COMMA}"
    if bare.endswith("%") and NUMBER.fullmatch(bare[:-1]):
        return f"{cell!r} is a percentage; write it as a share, {float(bare[:-1]) / 100:g}"
    if bare.strip("+-").startswith(("£", "€", "$")):
        return f"{cell!r} has a currency sign; write the number alone"
    if re.fullmatch(r"\d{4}[/–-]\d{2,4}", bare):
        return f"{cell!r} must be the year in which the financial year starts, {bare[:4]}"
    return f"{cell!r} is not a number"


def _out_of_range(column: Column, cell: str, value: float) -> str | None:
    low, high = column.low, column.high
    if low is not None and high is not None and not low <= value <= high:
        message = f"{cell} is not between {low:g} and {high:g}"
        if (low, high) == (0, 1) and 2 < value <= 100:
            message += f"; if it is a percentage, write it as a share, {value / 100:g}"
        return message
    if low is not None and value < low:
        return f"{cell} is negative" if low == 0 else f"{cell} is less than {low:g}"
    if high is not None and value > high:
        return f"{cell} is more than {high:g}"
    return None
