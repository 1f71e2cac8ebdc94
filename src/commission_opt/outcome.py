"""What an allocation leads to, worked out from the places and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commission_opt.effects import Effects
from commission_opt.formulation.shortfall import weighted_shortfall
from commission_opt.instance.instance import Floats, Instance
from commission_opt.instance.use import Use
from commission_opt.policy import Policy


@dataclass(frozen=True)
class Drawn:
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


@dataclass(frozen=True)
class Outcome:
    """The consequences of an allocation.

    Parameters
    ----------
    places : array, shape (C, K)
        Places by course and commissioning year.
    supply, supply_base : array, shape (P, Q, Y)
        FTE with and without new places.
    shortfall, shortfall_base : array, shape (P, Q, Y)
        FTE missing with and without new places.
    surplus : array, shape (P, Q, Y)
        FTE beyond demand.
    spend, weeks : Drawn
        Use of each budget row and of each placement pool, region and year.
    objective, without_new_places : float
        The first objective, with and without new places.
    """

    places: Floats
    supply: Floats
    supply_base: Floats
    shortfall: Floats
    shortfall_base: Floats
    surplus: Floats
    spend: Drawn
    weeks: Drawn
    objective: float
    without_new_places: float


def outcome(instance: Instance, policy: Policy, effects: Effects, places: Floats) -> Outcome:
    """Work out the consequences of places of shape (C, K)."""
    commissioned, continued = start_years(instance, policy, places)
    added = effects.response @ (commissioned + continued)
    supply = effects.base + added.reshape(instance.shape)
    shortfall = np.maximum(instance.demand - supply, 0.0)
    shortfall_base = np.maximum(instance.demand - effects.base, 0.0)
    tiers = policy.objectives[0].tiers
    return Outcome(
        places=places,
        supply=supply,
        supply_base=effects.base,
        shortfall=shortfall,
        shortfall_base=shortfall_base,
        surplus=np.maximum(supply - instance.demand, 0.0),
        spend=_drawn(effects.spend, commissioned, continued),
        weeks=_drawn(effects.weeks, commissioned, continued),
        objective=weighted_shortfall(instance, policy.discount_rate, tiers, shortfall),
        without_new_places=weighted_shortfall(
            instance, policy.discount_rate, tiers, shortfall_base
        ),
    )


def start_years(instance: Instance, policy: Policy, places: Floats) -> tuple[Floats, Floats]:
    """Return the places of every start year of the horizon, commissioned and continued.

    Returns
    -------
    commissioned, continued : array, shape (C * Y,)
        At position c * Y + t.
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


def _drawn(use: Use, commissioned: Floats, continued: Floats) -> Drawn:
    return Drawn(use.limit, use.committed, use.per_place @ commissioned, use.per_place @ continued)
