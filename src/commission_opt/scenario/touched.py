"""How many rows a setting changes, and by how much in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commission_opt.text.counts import plural

_NOTHING = 1e-9


@dataclass(frozen=True)
class Touched:
    """What a setting changes.

    Parameters
    ----------
    setting : str
        As it is written.
    rows : int
        Rows of the file, or 1 for a key of the model.
    figures : int
        Figures that follow from them: a row that stands for several courses or years has several.
    total : float or None
        By how much they change in all; None where they do not add up, such as rates.
    unit : str
        Of the total.
    """

    setting: str
    rows: int
    figures: int
    total: float | None
    unit: str

    def __str__(self) -> str:
        return in_words([self])


def in_words(found: Sequence[Touched]) -> str:
    """Say how many rows one axis changes and by how much in all: ``7 rows, +3,500 FTE in all``."""
    first = found[0]
    said = plural(first.rows, "row")
    if first.figures > first.rows:
        said += f" ({first.figures:,} figures)"
    totals = [one.total for one in found if one.total is not None]
    if not totals:
        return said
    least, most = min(totals), max(totals)
    ends = [least] if least == most else [least, most]
    return f"{said}, {' to '.join(_signed(end, first.unit) for end in ends)} in all"


def _signed(value: float, unit: str) -> str:
    """Write a change with its sign and unit."""
    size = abs(value)
    sign = "±" if size < _NOTHING else "+" if value > 0 else "−"
    if unit == "£":
        return f"{sign}£{size / 1e6:,.2f}m" if size >= 1e6 else f"{sign}£{size:,.0f}"
    return f"{sign}{size:,.0f} {unit}" if size >= 1000 else f"{sign}{size:.6g} {unit}"
