"""How a doubt is said: at its worst row, with how many more there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from commission_opt.errors import Problem
from commission_opt.text.counts import agreed

_NAMED = 3  # further rows that are named


def warning(file: str, row: int | None, column: str | None, message: str) -> Problem:
    """Return a doubt as a problem."""
    return Problem("warning", file, row, column, message, doubtful=True)


def summed(
    table: str, column: str, rows: pd.DataFrame, size: npt.ArrayLike, message: Callable[[Any], str]
) -> Iterator[Problem]:
    """Return one problem for all rows of a table that are in doubt: the worst, and which more.

    Parameters
    ----------
    table, column : str
        What the doubt is about.
    rows : pandas.DataFrame
        The rows in doubt, indexed by line, with the figures that are said.
    size : array, one for each row
        How far off each is; the largest is said, the first of several.
    message : callable
        Says of one row, by the names of its columns, what is odd and what may be meant.
    """
    if rows.empty:
        return
    worst = np.lexsort((rows.index, -np.asarray(size, dtype=float)))[0]
    [told] = rows.iloc[[worst]].itertuples()
    said = message(told)
    row = int(rows.index[worst])
    others = sorted({*rows.index} - {row})
    if others:
        named = ", ".join(map(str, others[:_NAMED]))
        more = f" and {len(others) - _NAMED:,} more" if len(others) > _NAMED else ""
        said += f"; the same in {agreed(len(others), 'row', 'rows')} {named}{more}"
    yield warning(f"{table}.csv", row, column, said)


def number(value: float) -> str:
    """Write a figure with six digits, or all before the decimal point if they are more."""
    return f"{value:,.6g}" if abs(value) < 1e5 else f"{value:,.0f}"


def times(ratio: float) -> str:
    """Say how large one figure is beside another: “a 100th of”, “12 times”."""
    if ratio <= 0:
        return "nothing beside"
    if ratio < 1:
        part = round(1 / ratio)
        said = f"{part:,}"
        article = "an" if said[0] == "8" or said.split(",")[0] in ("11", "18") else "a"
        return f"{article} {said}{_ending(part)} of"
    return f"{ratio:,.2g} times" if ratio < 10 else f"{ratio:,.0f} times"


def _ending(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
