"""An answer to a question: sentences and tables, the same on every medium."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.explain import figures
from commission_opt.text import markdown
from commission_opt.text.card import Card, Grid, Shown
from commission_opt.text.counts import agreed, plural

_YEARS = {"year", "first_year", "last_year", "first_spent", "last_spent"}


@dataclass(frozen=True)
class AnswerColumn:
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


def columns(
    show: Callable[[Any], str] = figures.text, /, **headings: str
) -> tuple[AnswerColumn, ...]:
    """Return columns that are shown alike: the heading of each by its name in the frame."""
    return tuple(AnswerColumn(name, heading, show) for name, heading in headings.items())


@dataclass(frozen=True, eq=False, repr=False)
class AnswerTable(Shown):
    """Figures that an answer rests on.

    Parameters
    ----------
    name : str
        Key in JSON.
    title : str
        What it shows, with unit and years.
    frame : pandas.DataFrame
        All rows and columns, unrounded, most important first.
    columns : tuple of AnswerColumn
        What is shown, in order.
    most : int, optional
        Rows shown on screen and in Markdown; all if not given. The frame and JSON have all.
    note : str
        How to read it.
    """

    name: str
    title: str
    frame: pd.DataFrame
    columns: tuple[AnswerColumn, ...]
    most: int | None = None
    note: str = ""

    def shown(self) -> list[list[str]]:
        """Return the rows that are shown, as text."""
        head = self.frame if self.most is None else self.frame.head(self.most)
        if head.empty:  # which may not even have the columns
            return []
        shown = [[column.show(value) for value in head[column.name]] for column in self.columns]
        return [list(row) for row in zip(*shown, strict=True)]

    def card(self) -> Card:
        """Return the rows that are shown."""
        return Card(self.title, (), (Grid(self.title, *self.layout()),))

    def layout(self) -> tuple[list[str], list[list[str]], list[int]]:
        """Return the headings, the rows that are shown, and which columns hold words."""
        texts = [i for i, column in enumerate(self.columns) if column.is_text]
        return [column.heading for column in self.columns], self.shown(), texts

    @property
    def hidden(self) -> int:
        """Number of rows that are not shown."""
        return 0 if self.most is None else max(0, len(self.frame) - self.most)

    def remarks(self) -> list[str]:
        """Return what is to be said below it."""
        lines = [] if len(self.frame) else ["none"]
        if self.hidden:
            listed = plural(self.hidden, "row")
            if self.shown():
                listed = f"and {plural(self.hidden, 'more row')}"
            lines.append(f"{listed}; --format json has {agreed(self.hidden, 'it', 'them all')}")
        return [*lines, self.note] if self.note else lines


@dataclass(frozen=True, eq=False, repr=False)
class Answer(Shown):
    """An answer.

    Parameters
    ----------
    sentences : tuple of str
        The answer in words, the most important first.
    """

    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[AnswerTable, ...] = ()

    def card(self) -> Card:
        """Return the answer at a glance: title, sentences, and the first rows of its tables."""
        shown = (table.card() for table in self.tables if len(table.frame))
        return Card(
            self.title, self.sentences, tuple(grid for card in shown for grid in card.grids)
        )

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the exact figures of every table, by name."""
        return {table.name: table.frame for table in self.tables}

    def frame(self, name: str) -> pd.DataFrame:
        """Return the exact figures of a table.

        Raises
        ------
        KeyError
            If the answer has no such table.
        """
        return self.frames()[name]


class Answers(tuple[Answer, ...]):
    """Several answers to one question, which print one after the other."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\n\n".join(map(str, self))

    def _repr_html_(self) -> str:
        return "\n".join(answer.card().html() for answer in self)

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the tables of all answers; of two with one name, the later with its number."""
        found: dict[str, pd.DataFrame] = {}
        for number, answer in enumerate(self, 1):
            for name, frame in answer.frames().items():
                found[f"{name}_{number}" if name in found else name] = frame
        return found


def to_markdown(answers: Sequence[Answer]) -> str:
    """Return answers as Markdown, one section each."""
    parts = []
    for answer in answers:
        parts += [f"## {markdown.escaped(answer.title)}", *map(markdown.escaped, answer.sentences)]
        for table in answer.tables:
            parts.append(f"### {markdown.escaped(table.title)}")
            if table.shown():
                parts.append(markdown.table(*table.layout()))
            parts += map(markdown.escaped, table.remarks())
    return "\n\n".join(parts) + "\n"


def to_json(answers: Sequence[Answer]) -> str:
    """Return answers as JSON; figures are exact, what is missing or endless is null."""

    def plain(value: Any, key: str) -> Any:
        if isinstance(value, np.generic):
            value = value.item()
        if key in _YEARS and isinstance(value, float) and value.is_integer():
            return int(value)  # a column in which some are missing holds fractions
        return None if isinstance(value, float) and not np.isfinite(value) else value

    def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
        found = frame.to_dict("records")
        return [{str(key): plain(value, str(key)) for key, value in row.items()} for row in found]

    records = [
        {
            "title": answer.title,
            "sentences": list(answer.sentences),
            "tables": {table.name: rows(table.frame) for table in answer.tables},
        }
        for answer in answers
    ]
    return json.dumps(records, indent=2, ensure_ascii=False, allow_nan=False)
