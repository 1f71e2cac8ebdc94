"""How a doubt is said: at its worst row, with how many more there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from commission_opt.errors import Problem
from commission_opt.text.counts import agreed

_NAMED = 3  # further rows that are named


class Doubt(NamedTuple):
    """A figure that is probably not what was meant.

    Parameters
    ----------
    row : int
        Line of the table.
    size : float
        How far off it is; the largest is said in full.
    message : str
        What is odd and what may be meant.
    """

    row: int
    size: float
    message: str


def warning(file: str, row: int | None, column: str | None, message: str) -> Problem:
    """Return a doubt as a problem."""
    return Problem("warning", file, row, column, message, doubtful=True)


def summed(table: str, column: str, doubts: Sequence[Doubt]) -> list[Problem]:
    """Return one problem for all doubts of a kind about a column: the worst, and which more."""
    if not doubts:
        return []
    worst = max(doubts, key=lambda doubt: (doubt.size, -doubt.row))
    others = sorted({doubt.row for doubt in doubts} - {worst.row})
    message = worst.message
    if others:
        named = ", ".join(map(str, others[:_NAMED]))
        more = f" and {len(others) - _NAMED:,} more" if len(others) > _NAMED else ""
        message += f"; the same in {agreed(len(others), 'row', 'rows')} {named}{more}"
    return [warning(f"{table}.csv", worst.row, column, message)]


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
