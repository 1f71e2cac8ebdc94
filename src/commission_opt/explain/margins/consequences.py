"""What decision columns lead to in all: FTE missing, £ by fund, placement weeks, what is bought."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.accounts.pay import spend_by_year
from commission_opt.accounts.posts import missing
from commission_opt.arrays import Bools, Floats
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.service import service
from commission_opt.instance.use import use_by_year

LEAST = 0.5  # £: what is less is not spent
_NOTHING = 1e-9  # relative to the largest figure: rounding


@dataclass(frozen=True, eq=False)
class Consequences:
    """What new and continued places lead to over the horizon, or how much more of it.

    Parameters
    ----------
    missing : array, shape (P * Q * Y,)
        FTE of shortfall, without weights, tiers or discount.
    spent : pandas.DataFrame, shape (F, Y)
        £ by fund and year, undiscounted, whatever budgets there are, and after them the pay of
        each that pays staff; the pipeline is left out.
    paid : array, shape (Y,)
        What of these £ is pay, by year.
    weeks : array, shape (U, Y)
        Placement weeks by pool and year.
    places, units : array, shape (Y,)
        Places of courses and units of measures, bought or continued, by the year in which they
        start.
    """

    missing: Floats
    spent: pd.DataFrame
    paid: Floats
    weeks: Floats
    places: Floats
    units: Floats

    def with_each(self, other: Consequences, combine: Callable[..., Any]) -> Consequences:
        """Return what is combined, figure by figure, of these and others."""
        mine, theirs = vars(self), vars(other)
        return Consequences(**{name: combine(each, theirs[name]) for name, each in mine.items()})

    def more_than(self, other: Consequences) -> Consequences:
        """Return how much more there is than of others; what is rounding counts as nothing."""
        return self.with_each(other, _more)

    @property
    def pounds(self) -> float:
        """£ in all."""
        return float(self.spent.to_numpy().ravel().sum())

    def span(self) -> tuple[int, int] | None:
        """Return the first and the last year in which money is spent, or less of it.

        Amounts that are nothing in each year may be something in all: then all years count.
        """
        spent = np.abs(self.spent.to_numpy())
        in_all = max(abs(self.pounds), abs(float(self.paid.sum())))
        counts = spent >= LEAST if (spent >= LEAST).any() or in_all < LEAST else spent > 0.0
        some = self.spent.columns[counts.any(axis=0)]
        return (int(some[0]), int(some[-1])) if len(some) else None


class Leading:
    """What the columns of a problem lead to, as a function of them.

    These are the decision columns, and after them the FTE deployed, if anybody can be.
    """

    def __init__(self, problem: Planning) -> None:
        instance = problem.instance
        self._years, self._started = instance.years, problem.layout.started
        self._funds, self._spend = spend_by_year(instance, problem.effects.supply)
        self._paying = instance.costs["code"].nunique()  # where the pay of funds begins
        _, self._weeks = use_by_year(instance, instance.placement_use)
        whole = service(problem)
        self._service, self._demand = whole.done, problem.column_effects.demand
        self._posts, self._n_courses = instance.posts.ravel(), len(instance.courses)
        self._decisions = problem.layout.size

    def __call__(self, columns: Floats, only: Bools | None = None) -> Consequences:
        """Return what columns lead to; taken is what ``only`` some starts take."""
        decided = columns[: self._decisions]
        started, demand = self._started.at(decided), self._demand.at(decided)
        if only is not None:
            started = np.where(only, started, 0.0)
        years, n_courses = len(self._years), self._n_courses
        by_line, spent = started.reshape(-1, years), (self._spend @ started).reshape(-1, years)
        return Consequences(
            missing(demand, self._service.at(columns), self._posts),
            pd.DataFrame(spent, index=list(self._funds), columns=list(self._years)),
            spent[self._paying :].sum(axis=0),
            (self._weeks @ started).reshape(-1, years),
            by_line[:n_courses].sum(axis=0), by_line[n_courses:].sum(axis=0),
        )  # fmt: skip


def _more(one: Any, other: Any) -> Any:
    """Return the difference of two arrays or frames, 0 where it is rounding."""
    mine, theirs = np.asarray(one), np.asarray(other)
    size, more = max(1.0, float(np.abs(theirs).max(initial=0.0))), mine - theirs
    more[np.abs(more) <= _NOTHING * size] = 0.0
    return pd.DataFrame(more, one.index, one.columns) if isinstance(one, pd.DataFrame) else more
