"""How many drawn figures leave their range, and what is said of that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from commission_opt.arrays import Floats
from commission_opt.errors import InputError, Problem
from commission_opt.futures.columns import DrawnColumn, Key, chunks, values_of
from commission_opt.futures.draw import Draw
from commission_opt.futures.uncertainty import Uncertainty
from commission_opt.scenario.sheets import VariedRows

_WARNS, _STOPS = 0.01, 0.10


def share_cut(
    columns: Mapping[Key, DrawnColumn],
    draws: Sequence[Draw],
    sheets: Callable[[str], VariedRows],
    points: Floats,
) -> float:
    """Return the share of drawn figures that leave their range."""
    figures = len(points) * sum(len(column.cells) for column in columns.values())
    leaving = {key: column for key, column in columns.items() if column.may_leave}
    cut = 0
    for which in chunks(len(points) if leaving else 0):
        values = values_of(draws, points[which], leaving.values())
        for (table, name), column in leaving.items():
            cut += column.cut(sheets(table).columns[name], values)
    return cut / figures if figures else 0.0


def warned(uncertainty: Uncertainty, cut: float) -> Iterator[Problem]:
    """Warn of figures set to an end of their range.

    Raises
    ------
    InputError
        If they are more than a tenth.
    """
    said = f"{cut:.1%} of the drawn figures leave their range, such as a rate above 1"
    if cut > _STOPS:
        message = f"{said}, more than {_STOPS:.0%}; draw from a narrower distribution"
        raise InputError.of_file(uncertainty.file, message)
    if cut > _WARNS:
        message = f"{said}, and are set to its nearest end; a narrower distribution says the same"
        yield Problem("warning", uncertainty.file, None, None, message)
