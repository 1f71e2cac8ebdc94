"""Which sheets a workbook has, and which columns they have."""

from __future__ import annotations

from collections.abc import Sequence

from commission_opt.instance.raw import RawTable
from commission_opt.instance.schema import TABLES, Column, Table

READ_ME = "read me"
SETTINGS_SHEET = "instance"
LISTS = "_lists"
ORIGIN = "_origin"
OWN_SHEETS = (READ_ME, SETTINGS_SHEET, *TABLES, LISTS, ORIGIN)
NOTE = "note"  # how the name of a user's own sheet or column starts
SOURCES = "sources."  # how a key of [sources] starts on the sheet of settings


def declared(table: Table, name: str) -> Column | None:
    """Return the declaration of a column; None for a column of the user's own."""
    return next((c for c in table.columns if c.name == name), None)


def is_numeric(table: Table, name: str) -> bool:
    """Say whether a column holds numbers (and perhaps ``*``)."""
    column = declared(table, name)
    return column is not None and column.kind in ("number", "whole")


def column_of(raw: RawTable, name: str) -> list[str]:
    """Return the cells of a column; none if the table lacks it."""
    at = raw.header.index(name) if name in raw.header else None
    return [] if at is None else [row[at] for row in raw.rows]


def sheet_columns(table: Table, header: Sequence[str]) -> list[str]:
    """Return the columns of a sheet: those of a file, and between them those that it lacks."""
    columns = list(header)
    after = -1
    for column in table.columns:
        if column.name in columns:
            after = columns.index(column.name)
        else:
            after += 1
            columns.insert(after, column.name)
    return columns


def identity(table: Table) -> tuple[str, ...]:
    """Return the columns that tell a row of a table from the others."""
    if table.key:
        return table.key
    return tuple(c.name for c in table.columns if c.kind == "code" or c.wildcard)
