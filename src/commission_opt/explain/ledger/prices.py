"""What is lost because of commitments, by re-solving without them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.explain.best import Best, BestPlaces
from commission_opt.explain.ledger.orders import Averages, Game, Keeping, Kept, averages
from commission_opt.explain.ledger.promises import Promise, lifted, promises
from commission_opt.formulation.problem import Planning
from commission_opt.solvers.status import Limits, Watch

_FEW, _ORDERS = 6, 20  # commitments that matter up to which all orders count, else so many
_ROUNDING, _HELD = 1e-12, 2e-9  # relative; of a solve, and of one that holds another's value
_MET = 1e-9  # relative; stricter than a rule, as values are compared


@dataclass(frozen=True)
class Solved:
    """What can be reached, in fractions of places or in whole ones.

    Parameters
    ----------
    value : float
        The first objective of the places found.
    low, high : float
        The least value that there is lies between these.
    shortfall : float
        FTE-years missing over the horizon, unweighted, with the places found.
    spend, spend_low, spend_high : float
        £ on new and continued places over the horizon; the least with which the value is reached
        lies between the two. Not numbers where no least was looked for.
    """

    value: float
    low: float
    high: float
    shortfall: float
    spend: float
    spend_low: float = np.nan
    spend_high: float = np.nan


@dataclass(frozen=True)
class Price:
    """What is lost because of some commitments: with them, less without them.

    Parameters
    ----------
    value, low, high : float
        First objective; the two between which it is for certain. Never negative, as all that
        can be done with them can be done without them.
    shortfall : float
        FTE-years, unweighted, with the places found.
    spend, spend_low, spend_high : float
        £ over the horizon that are spent more because of them.
    """

    value: float
    low: float
    high: float
    shortfall: float
    spend: float
    spend_low: float
    spend_high: float


def price(with_them: Solved, without: Solved) -> Price:
    """Return what is lost because of some commitments."""
    value = max(0.0, _difference(with_them.value, without.value, _ROUNDING))
    return Price(
        value=value,
        low=min(value, max(0.0, with_them.low - without.high)),
        high=max(value, with_them.high - without.low),
        shortfall=_difference(with_them.shortfall, without.shortfall, _HELD),
        spend=_difference(with_them.spend, without.spend, _HELD),
        spend_low=with_them.spend_low - without.spend_high,
        spend_high=with_them.spend_high - without.spend_low,
    )


def _difference(a: float, b: float, nothing: float) -> float:
    """Return a − b; 0 if that is no more than solving leaves open."""
    return 0.0 if abs(a - b) <= nothing * max(1.0, abs(a)) else a - b


def asked(members: list[Promise]) -> list[Kept]:
    """Return the sets of commitments that are lifted, smaller ones first.

    None, each alone, those of each owner, all.
    """
    alone = [frozenset({promise.position}) for promise in members]
    owners = dict.fromkeys(promise.owner for promise in members)
    shared = [frozenset(p.position for p in members if p.owner == owner) for owner in owners]
    every = frozenset(promise.position for promise in members)
    return list(dict.fromkeys([frozenset(), *alone, *sorted(shared, key=len), every]))


@dataclass(frozen=True, eq=False)
class InFractions:
    """What is reached in fractions of places.

    Parameters
    ----------
    solved : mapping of frozenset of int to Solved
        By the commitments lifted.
    averages : Averages
        Over the orders in which commitments are made, in the order of the members.
    """

    solved: Mapping[Kept, Solved]
    averages: Averages


def in_fractions(
    problem: Planning, members: list[Promise], limits: Limits, watch: Watch
) -> InFractions:
    """Re-solve without each commitment, each owner's and all, in fractions of places.

    Parameters
    ----------
    problem : Planning
        Whether of whole places or not.
    members : list of Promise
        Commitments in force.
    limits : Limits
        For each solve.
    watch : Watch
    """
    relaxed = replace(problem, policy=problem.policy.relaxed())
    best = BestPlaces(limits, watch)
    sets = asked(members)
    solved = {}
    for number, some in enumerate(sets):
        watch.begin(f"without commitments, in fractions: {number + 1} of {len(sets)}")
        solved[some] = _solved(best.best(lifted(relaxed, some)))
    watch.begin("orders of commitments, in fractions")
    return InFractions(solved, _averages(relaxed, members, best))


def _solved(best: Best) -> Solved:
    least, spend = best.least, best.spend
    low, high = (spend.low, spend.high) if np.isfinite(spend.bound) else (np.nan, np.nan)
    return Solved(least.value, least.low, least.high, best.shortfall, spend.value, low, high)


def _averages(problem: Planning, members: list[Promise], best: BestPlaces) -> Averages:
    every = {promise.position for promise in members}

    def solve(kept: Kept) -> Keeping:
        lift = every - {members[i].position for i in kept}
        least, places = best.least(lifted(problem, lift))
        return Keeping(least.value, kept | _satisfied(problem, members, places))

    return averages(Game(solve, len(members)), few=_FEW, orders=_ORDERS)


def _satisfied(problem: Planning, members: list[Promise], places: Floats) -> Kept:
    found = promises(problem, places)
    return frozenset(i for i, promise in enumerate(members) if _met(found[promise.position]))


def _met(promise: Promise) -> bool:
    return promise.missed <= _MET * max(1.0, float(promise.given.sum()))
