"""What places take in all: £ by fund and year, placement weeks by pool and year, and places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.formulation.problem import Planning
from commission_opt.instance.use import use_by_year

_NOTHING = 1e-9  # relative to the largest figure: rounding


@dataclass(frozen=True, eq=False)
class Taken:
    """What new and continued places take over the horizon, or how much more of it.

    Parameters
    ----------
    years : range
        Of the horizon.
    funds, pools : tuple of str
    spent : array, shape (F, Y)
        £ by fund and year, undiscounted, whatever budgets there are; the pipeline is left out.
    weeks : array, shape (U, Y)
        Placement weeks by pool and year.
    places : array, shape (Y,)
        Places commissioned or continued, by the year in which they start.
    """

    years: range
    funds: tuple[str, ...]
    pools: tuple[str, ...]
    spent: Floats
    weeks: Floats
    places: Floats

    def more_than(self, other: Taken) -> Taken:
        """Return how much more is taken than by others; what is rounding counts as nothing."""
        return Taken(
            self.years, self.funds, self.pools, _more(self.spent, other.spent),
            _more(self.weeks, other.weeks), _more(self.places, other.places),
        )  # fmt: skip

    def with_(self, other: Taken) -> Taken:
        """Return what both take."""
        return Taken(
            self.years, self.funds, self.pools, self.spent + other.spent,
            self.weeks + other.weeks, self.places + other.places,
        )  # fmt: skip

    @property
    def pounds(self) -> float:
        """£ in all."""
        return float(self.spent.sum())

    def span(self) -> tuple[int, int] | None:
        """Return the first and the last year in which money is spent, or less of it."""
        some = np.flatnonzero(np.abs(self.spent).max(axis=0, initial=0.0) >= 0.5)
        return (self.years[some[0]], self.years[some[-1]]) if len(some) else None


Taking = Callable[[Floats], Taken]
"""From decision columns to what they take."""


@dataclass(frozen=True, eq=False)
class Takes:
    """What the decision columns of a problem take.

    Parameters
    ----------
    problem : Planning
    funds, pools : tuple of str
    spend, weeks : scipy.sparse.csr_array, shape (F * Y, C * Y), (U * Y, C * Y)
        Per place, by course and start year.
    """

    problem: Planning
    funds: tuple[str, ...]
    pools: tuple[str, ...]
    spend: sparse.csr_array
    weeks: sparse.csr_array

    def started(self, columns: Floats) -> Floats:
        """Return the places of every course and start year, shape (C * Y,)."""
        layout = self.problem.layout
        return np.asarray(layout.places @ columns + layout.fixed)

    def __call__(self, columns: Floats) -> Taken:
        """Return what decision columns take."""
        return self.of(self.started(columns))

    def of(self, started: Floats) -> Taken:
        """Return what places of every course and start year take."""
        years = self.problem.instance.years
        spent, weeks = (
            (per_place @ started).reshape(-1, len(years)) for per_place in (self.spend, self.weeks)
        )
        places = started.reshape(-1, len(years)).sum(axis=0)
        return Taken(years, self.funds, self.pools, spent, weeks, places)


def takes(problem: Planning) -> Takes:
    """Return what the decision columns of a problem take."""
    instance = problem.instance
    funds, spend = use_by_year(instance, instance.costs)
    pools, weeks = use_by_year(instance, instance.placement_use)
    return Takes(problem, tuple(funds), tuple(pools), spend, weeks)


def _more(one: Floats, other: Floats) -> Floats:
    size = max(1.0, float(np.abs(other).max(initial=0.0)))
    more = one - other
    found: Floats = np.where(np.abs(more) <= _NOTHING * size, 0.0, more)
    return found
