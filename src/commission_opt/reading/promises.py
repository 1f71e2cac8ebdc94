"""Which commitments are in force in which years, and which are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from commission_opt.errors import Problem
from commission_opt.instance.instance import Instance
from commission_opt.text.counts import agreed, plural, span

_NAMED = 5  # commitments that are named in a sentence


@dataclass(frozen=True)
class Force:
    """A commitment and the years of its range.

    Parameters
    ----------
    row : int
        Line of ``commitments.csv``.
    years : range
        The years that it names.
    counted : tuple of int
        Those of them that count; empty if it is never in force.
    """

    commitment: str
    row: int
    years: range
    counted: tuple[int, ...]

    @property
    def missing(self) -> tuple[int, ...]:
        """The years that it names in which it is not in force."""
        first, last = (self.counted[0], self.counted[-1]) if self.counted else (self.years.stop, 0)
        return tuple(year for year in self.years if not first <= year <= last)


def forces(commitments: pd.DataFrame, years: range) -> tuple[Force, ...]:
    """Say of every commitment in which years it is in force.

    Parameters
    ----------
    commitments : data frame
        Columns ``commitment``, ``first_year`` and ``last_year``, indexed by line; rows without
        any of them are left out.
    years : range
        The years that count: the horizon, or those that a model commissions.
    """
    rows = commitments[["commitment", "first_year", "last_year"]].dropna()
    found = []
    for line, name, first, last in rows.itertuples():
        least, most = max(int(first), years.start), min(int(last), years.stop - 1)
        named = range(int(first), int(last) + 1)
        found.append(Force(str(name), int(line), named, tuple(range(least, most + 1))))
    return tuple(found)


def commissioned(instance: Instance, commissioning_years: int) -> range:
    """Return the years that a model commissions."""
    return range(instance.first_year, instance.first_year + commissioning_years)


def warn_beyond_horizon(commitments: pd.DataFrame, years: range) -> Iterator[Problem]:
    """Warn of commitments for years outside the horizon."""
    for force in forces(commitments, years):
        if len(force.counted) < len(force.years):
            yield _warning(force, f"it names years outside the horizon {span(years[0], years[-1])}")


def warn_not_commissioned(instance: Instance, commissioning_years: int) -> Iterator[Problem]:
    """Warn of commitments for years of the horizon that a model does not commission."""
    years = commissioned(instance, commissioning_years)
    now = forces(instance.commitments, years)
    within = forces(instance.commitments, instance.years)
    only = f"the model commissions {span(years[0], years[-1])} only"
    for force, ever in zip(now, within, strict=True):
        if len(force.counted) < len(ever.counted):
            yield _warning(force, only)


def never_in_force(instance: Instance, commissioning_years: int) -> tuple[Force, ...]:
    """Return the commitments that no plan of a model need keep in any year."""
    every = forces(instance.commitments, commissioned(instance, commissioning_years))
    return tuple(force for force in every if not force.counted)


def never_words(never: Sequence[Force], of: int) -> str:
    """Say which of some commitments a plan need not keep in any of its years."""
    names = ", ".join(repr(force.commitment) for force in never[:_NAMED])
    more = f" and {len(never) - _NAMED} more" if len(never) > _NAMED else ""
    count = len(never)
    return (
        f"{count:,} of {plural(of, 'commitment')} {agreed(count, 'is', 'are')} for no year that "
        f"the model commissions, so no plan is held to {agreed(count, 'it', 'them')}: {names}{more}"
    )


def _warning(force: Force, why: str) -> Problem:
    counted = (
        f"in force in {span(force.counted[0], force.counted[-1])} only"
        if force.counted
        else "never in force"
    )
    message = (
        f"{force.commitment!r} for {span(force.years[0], force.years[-1])} is {counted}: {why}"
    )
    return Problem("warning", "commitments.csv", force.row, "first_year", message)
