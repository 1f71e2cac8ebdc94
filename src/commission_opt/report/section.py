"""What a report is made of: sections of sentences, charts and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from commission_opt.explain.answer import AnswerColumn, AnswerTable
from commission_opt.report.drawing import Chart
from commission_opt.views import words


def tabled(
    name: str,
    title: str,
    columns: Iterable[tuple[Any, ...]],
    most: int | None = None,
    note: str = "",
) -> AnswerTable:
    """Return a table by its columns.

    Parameters
    ----------
    name, title, most, note
        As in ``AnswerTable``.
    columns : iterable of (name, heading, values), or (name, heading, values, show)
        In order; what ``show`` is not given for is words.
    """
    made = list(columns)
    frame = pd.DataFrame({column[0]: column[2] for column in made})
    shown = tuple(AnswerColumn(name, heading, *show) for name, heading, _, *show in made)
    return AnswerTable(name, title, frame, shown, most, note)


def totals(table: AnswerTable, *summed: str, **others: str) -> tuple[str, ...]:
    """Return a last row of a table: sums of columns as these are shown, and other cells by name."""
    of = {c.name: c.show(table.frame[c.name].sum()) for c in table.columns if c.name in summed}
    return tuple({**of, **others}.get(column.name, "") for column in table.columns)


def known(show: Callable[[Any], str]) -> Callable[[Any], str]:
    """Return how to show what may not be there: a dash where it is not."""
    return lambda value: words.NOTHING if pd.isna(value) else show(value)


def typographic(show: Callable[[Any], str]) -> Callable[[Any], str]:
    """Return how to show figures with a minus sign in the place of a hyphen."""
    return lambda value: words.signed(show(value))


@dataclass(frozen=True, eq=False)
class Exhibit:
    """A table, perhaps with charts of its figures.

    Parameters
    ----------
    charts : tuple of Chart
        Shown above the table, which is then folded away.
    total : tuple of str
        A last row that is never sorted or filtered.
    folded : bool
        Whether the table opens on demand only.
    told : bool
        Whether the page already says what is to be seen in the charts; it is then their
        description for those who cannot see them, and not shown once more.
    """

    table: AnswerTable
    charts: tuple[Chart, ...] = ()
    total: tuple[str, ...] = ()
    folded: bool = False
    told: bool = False


@dataclass(frozen=True)
class Points:
    """A part of a section under a heading of its own.

    Parameters
    ----------
    points : tuple of str
        Shown as a list.
    """

    title: str
    points: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Section:
    """A section of a page.

    Parameters
    ----------
    key : str
        Its id in the page: letters, digits and dashes.
    sentences : tuple of str
        What it says, a paragraph each.
    points : tuple of str
        Shown as a list after the sentences.
    parts : tuple of Points
        Shown after the exhibits.
    terms : tuple of (term, meaning)
        Shown as a list of terms, last.
    annex : bool
        Whether it is for analysts, who find it after all others.
    """

    key: str
    title: str
    sentences: tuple[str, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    points: tuple[str, ...] = ()
    parts: tuple[Points, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    annex: bool = False
