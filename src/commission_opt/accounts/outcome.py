"""What an allocation leads to, worked out from the places and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commission_opt.accounts.effects import Effects
from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import Use, still_on_course
from commission_opt.policy import Policy
from commission_opt.text.card import Card, Grid, Shown
from commission_opt.text.counts import plural


@dataclass(frozen=True, repr=False)
class Drawn(Shown):
    """How much of each of L limits is used, £ or placement weeks.

    Parameters
    ----------
    limit, committed, planned, continued : array, shape (L,)
        What is available, and what the pipeline, the places commissioned and the places of
        later years use of it.
    """

    limit: Floats
    committed: Floats
    planned: Floats
    continued: Floats

    @property
    def total(self) -> Floats:
        """All use."""
        return self.committed + self.planned + self.continued

    @property
    def headroom(self) -> Floats:
        """What is left."""
        return self.limit - self.total

    def card(self) -> Card:
        """Return what of all limits together is used."""
        most, used = self.limit.sum(), self.total.sum()
        return Card(f"{used:,.0f} used of {most:,.0f} in {plural(len(self.limit), 'row')}")


@dataclass(frozen=True, repr=False)
class Outcome(Shown):
    """The consequences of an allocation.

    Parameters
    ----------
    places : array, shape (C, K)
        Places by course and commissioning year.
    started : array, shape (C * Y,)
        Places of every start year, commissioned and continued, at positions of ``instance.starts``.
    supply, supply_base : array, shape (P, Q, Y)
        FTE with and without new places.
    shortfall, shortfall_base : array, shape (P, Q, Y)
        FTE missing with and without new places.
    surplus : array, shape (P, Q, Y)
        FTE beyond demand.
    spend, weeks : Drawn
        Use of each budget row and of each placement pool, region and year.
    """

    places: Floats
    started: Floats
    supply: Floats
    supply_base: Floats
    shortfall: Floats
    shortfall_base: Floats
    surplus: Floats
    spend: Drawn
    weeks: Drawn

    def card(self) -> Card:
        """Return places, shortfall and surplus over the horizon."""
        courses, years = self.places.shape
        sums = {
            "places, all commissioning years": self.places,
            "shortfall, FTE-years": self.shortfall,
            "shortfall without new places, FTE-years": self.shortfall_base,
            "surplus, FTE-years": self.surplus,
            "planned and continued, £ of budgets": self.spend.planned + self.spend.continued,
            "planned and continued, placement weeks": self.weeks.planned + self.weeks.continued,
        }
        rows = [(name, f"{values.sum():,.1f}") for name, values in sums.items()]
        what = f"{plural(courses, 'course')} and {plural(years, 'commissioning year')}"
        return Card(f"Outcome of {what}", (), (Grid("over the horizon", ("", "sum"), rows),))


def outcome(instance: Instance, policy: Policy, effects: Effects, places: Floats) -> Outcome:
    """Work out the consequences of places of shape (C, K)."""
    return _outcome(instance, effects, places, *start_years(instance, policy, places))


def without_places(instance: Instance, policy: Policy, effects: Effects) -> Outcome:
    """Work out what happens with no places commissioned or continued."""
    nothing = np.zeros((len(instance.courses), policy.commissioning_years))
    never = np.zeros(instance.starts.size)
    return _outcome(instance, effects, nothing, never, never)


def _outcome(
    instance: Instance,
    effects: Effects,
    places: Floats,
    commissioned: Floats,
    continued: Floats,
) -> Outcome:
    started = commissioned + continued
    supply = effects.base + (effects.response @ started).reshape(instance.shape)
    return Outcome(
        places=places,
        started=started,
        supply=supply,
        supply_base=effects.base,
        shortfall=np.maximum(instance.demand - supply, 0.0),
        shortfall_base=np.maximum(instance.demand - effects.base, 0.0),
        surplus=np.maximum(supply - instance.demand, 0.0),
        spend=_drawn(effects.spend, commissioned, continued),
        weeks=_drawn(effects.weeks, commissioned, continued),
    )


def start_years(instance: Instance, policy: Policy, places: Floats) -> tuple[Floats, Floats]:
    """Return the places of every start year of the horizon, commissioned and continued.

    Returns
    -------
    commissioned, continued : array, shape (C * Y,)
        At positions of ``instance.starts``.
    """
    years = places.shape[1]
    commissioned = np.zeros((len(places), instance.horizon))
    continued = np.zeros_like(commissioned)
    commissioned[:, :years] = places
    if policy.rules.continuation == "repeat":
        continued[:, years:] = places[:, -1:]
    elif policy.rules.continuation == "last_intake":
        continued[:, years:] = instance.courses["last_intake"].to_numpy(float)[:, None]
    return commissioned.ravel(), continued.ravel()


def charged(instance: Instance, result: Outcome) -> Floats:
    """Charge every start within the horizon, new or continued, whatever budgets there are.

    Returns
    -------
    array, one for each row of ``instance.costs``
        £, undiscounted.
    """
    courses, rates, horizon = instance.courses, instance.costs, instance.horizon
    course, study_year = rates["course"].to_numpy(int), rates["study_year"].to_numpy(int)
    started = result.started.reshape(instance.starts.shape)
    starts = np.cumsum(np.pad(started, ((0, 0), (1, 0))), axis=1)
    in_time = starts[course, np.maximum(horizon - study_year + 1, 0)]
    there = still_on_course(
        courses["completion_rate"].to_numpy(float)[course],
        courses["duration_years"].to_numpy()[course],
        study_year,
    )
    filled = courses["fill_rate"].to_numpy(float)[course]
    spent: Floats = rates["rate"].to_numpy(float) * filled * there * in_time
    return spent


def _drawn(use: Use, commissioned: Floats, continued: Floats) -> Drawn:
    return Drawn(use.limit, use.committed, use.per_place @ commissioned, use.per_place @ continued)
