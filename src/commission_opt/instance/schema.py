"""The tables of an instance: columns, types, ranges, keys, references and help.

They are declared in ``tables.csv`` and ``columns.csv`` beside this file, a row each.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

ColumnKind = Literal["code", "text", "number", "whole"]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        Header of the column.
    help : str
        What the column holds, with its unit.
    kind : {"code", "text", "number", "whole"}
        ``code`` is compared as written, ``whole`` is an integer.
    required : bool
        Whether the header and every cell must be there.
    wildcard : bool
        Whether ``*`` stands for every value (an empty cell means the same).
    low, high : float or None
        Smallest and largest value allowed.
    default : float or None
        Value of an empty cell of an optional number; None leaves it missing.
    choices : tuple of str
        The only values allowed, if any are given.
    also : str
        What else it holds where there are measures.
    names : str
        What a code must be the code of, "" if it is not that of anything.
    example : str
        A cell of the small case that docs/guide.md works through.
    """

    name: str
    help: str
    kind: ColumnKind
    required: bool = False
    wildcard: bool = False
    low: float | None = None
    high: float | None = None
    default: float | None = None
    choices: tuple[str, ...] = ()
    also: str = ""
    names: str = ""
    example: str = ""

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers, besides ``*``."""
        return self.kind in ("number", "whole")

    def said(self, *, measures: bool) -> str:
        """Return the help, with what else the column holds where there are measures."""
        return f"{self.help}, {self.also}" if measures and self.also else self.help


@dataclass(frozen=True)
class Table:
    """One table of an instance.

    Parameters
    ----------
    name : str
        Name of the file without ``.csv``.
    required : bool
        Whether an instance must have the table.
    key : tuple of str
        Columns that identify a row; () where duplicates are judged elsewhere.
    help : str
        What one row says.
    also : str
        What else a row says where there are measures.
    columns : tuple of Column
        In the order in which they are written.
    """

    name: str
    required: bool
    key: tuple[str, ...]
    help: str
    also: str
    columns: tuple[Column, ...]

    def said(self, *, measures: bool) -> str:
        """Return the help, with what else a row says where there are measures."""
        return f"{self.help} {self.also}" if measures and self.also else self.help

    @property
    def file(self) -> str:
        """Name of the file."""
        return f"{self.name}.csv"

    def column(self, name: str) -> Column:
        """Return the declaration of a column."""
        return next(c for c in self.columns if c.name == name)


def beside(module: str, name: str) -> list[dict[str, str]]:
    """Return the rows of a table that lies beside a module, given its ``__file__``."""
    with Path(module).with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _number(text: str) -> float | None:
    return (int(text) if text.isdigit() else float(text)) if text else None


def _column(row: Mapping[str, str]) -> Column:
    return Column(
        row["column"], row["help"], cast(ColumnKind, row["kind"]), row["required"] == "yes",
        row["wildcard"] == "yes", _number(row["low"]), _number(row["high"]),
        _number(row["default"]), tuple(row["choices"].split()), row["also"], row["names"],
        row["example"],
    )  # fmt: skip


TAKING = ("from_profession", "fte_from", "release_rate")
"""Columns of courses that take staff, which other instances do without."""

_COLUMNS = beside(__file__, "columns.csv")
TABLES: Mapping[str, Table] = {
    row["table"]: Table(
        row["table"], row["required"] == "yes", tuple(row["key"].split()), row["help"], row["also"],
        tuple(_column(each) for each in _COLUMNS if each["table"] == row["table"]),
    )
    for row in beside(__file__, "tables.csv")
}  # fmt: skip

SETTINGS: Mapping[str, tuple[type, str]] = {
    "name": (str, "short name, used in file names"),
    "title": (str, "name in full"),
    "first_year": (int, "first financial year of the plan"),
    "horizon": (int, "years that the plan looks ahead"),
    "price_base": (str, "price base of all money"),
    "description": (str, "description of the instance"),
}
