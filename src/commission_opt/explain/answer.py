"""An answer to a question: sentences and tables, the same on every medium."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from commission_opt.explain import figures


@dataclass(frozen=True)
class Column:
    """How a column of a table is shown; the frame keeps its exact figures.

    Parameters
    ----------
    name : str
        Of the column in the frame.
    heading : str
        With the unit, in words.
    show : callable
        From a value to text; ``figures.text`` for codes and words.
    """

    name: str
    heading: str
    show: Callable[[Any], str] = figures.text

    @property
    def is_text(self) -> bool:
        """Whether it holds words, which are aligned to the left."""
        return self.show is figures.text


@dataclass(frozen=True, eq=False)
class Table:
    """Figures that an answer rests on.

    Parameters
    ----------
    name : str
        Key in JSON.
    title : str
        What it shows, with unit and years.
    frame : pandas.DataFrame
        All rows and columns, unrounded, most important first.
    columns : tuple of Column
        What is shown, in order.
    most : int, optional
        Rows shown on screen and in Markdown; all if not given. The frame and JSON have all.
    note : str
        How to read it.
    """

    name: str
    title: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    most: int | None = None
    note: str = ""

    def shown(self) -> list[list[str]]:
        """Return the rows that are shown, as text."""
        head = self.frame if self.most is None else self.frame.head(self.most)
        if head.empty:  # which may not even have the columns
            return []
        shown = [[column.show(value) for value in head[column.name]] for column in self.columns]
        return [list(row) for row in zip(*shown, strict=True)]

    @property
    def hidden(self) -> int:
        """Number of rows that are not shown."""
        return 0 if self.most is None else max(0, len(self.frame) - self.most)


@dataclass(frozen=True, eq=False)
class Answer:
    """An answer.

    Parameters
    ----------
    title : str
    sentences : tuple of str
        The answer in words, the most important first.
    tables : tuple of Table
    """

    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()

    def frame(self, name: str) -> pd.DataFrame:
        """Return the exact figures of a table.

        Raises
        ------
        KeyError
            If the answer has no such table.
        """
        return {table.name: table.frame for table in self.tables}[name]
