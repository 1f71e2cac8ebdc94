"""How many drawn figures leave their range, and what is said of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from commission_opt.arrays import Floats
from commission_opt.errors import InputError, Problem
from commission_opt.futures.columns import DrawnColumn, Key, chunks, values_of
from commission_opt.futures.draw import Draw
from commission_opt.futures.lines import problem_at
from commission_opt.futures.uncertainty import Uncertainty
from commission_opt.instance.schema import TABLES
from commission_opt.scenario.sheets import VariedRows

_WARNS, _STOPS = 0.01, 0.10


class OutOfRange(NamedTuple):
    """How many drawn figures leave their range.

    Parameters
    ----------
    share : float
        Of all drawn figures.
    most : (str, str) or None
        Table and column of which most do; None if none does.
    rows : tuple of int
        Positions of the rows of the file that draw it.
    """

    share: float
    most: Key | None = None
    rows: tuple[int, ...] = ()


def cut_of(
    columns: Mapping[Key, DrawnColumn],
    draws: Sequence[Draw],
    sheets: Callable[[str], VariedRows],
    points: Floats,
) -> OutOfRange:
    """Count the drawn figures that leave their range."""
    figures = len(points) * sum(len(column.cells) for column in columns.values())
    leaving = {key: column for key, column in columns.items() if column.may_leave}
    cut = Counter[Key]()
    for which in chunks(len(points) if leaving else 0):
        values = values_of(draws, points[which], leaving.values())
        for key, column in leaving.items():
            cut[key] += column.cut(sheets(key[0]).columns[key[1]], values)
    if not cut.total():
        return OutOfRange(0.0)
    ((most, _),) = cut.most_common(1)
    return OutOfRange(
        cut.total() / figures, most, tuple(touch.draw for touch in columns[most].touches)
    )


def warned(uncertainty: Uncertainty, cut: OutOfRange) -> Iterator[Problem]:
    """Warn of figures set to an end of their range.

    Raises
    ------
    InputError
        If they are more than a tenth.
    """
    if cut.most is None or cut.share <= _WARNS:
        return
    table, column = cut.most
    by = " and ".join(f"“{uncertainty.rows[i].name}”" for i in cut.rows)
    said = (
        f"{cut.share:.1%} of the drawn figures leave their range, most often {column} of "
        f"{TABLES[table].file}, drawn by {by}"
    )
    stops = cut.share > _STOPS
    more = f", more than {_STOPS:.0%}; draw from" if stops else ", and are set to its nearest end;"
    rest = " a narrower distribution" if stops else " a narrower distribution says the same"
    found = problem_at(uncertainty, "uncertain", cut.rows[0], "figures", said + more + rest)
    if stops:
        raise InputError([found])
    yield replace(found, severity="warning")
