"""What is lost because of commitments, by re-solving without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.explain.best import Best, BestPlaces
from commission_opt.explain.ledger.promises import Promise, lifted, promises
from commission_opt.explain.ledger.shapley import Game, Keeping, Kept, ShapleyValues, shapley_values
from commission_opt.formulation.problem import Planning
from commission_opt.solvers.status import Limits, Watch

LEAST = 0.5  # £: what is less is not spent
_FEW, _ORDERS = 6, 20  # commitments that matter up to which all orders count, else so many
_ROUNDING, _HELD = 1e-12, 2e-9  # relative; of a solve, and of one that holds another's value
_MET = 1e-9  # relative; stricter than a rule, as values are compared


@dataclass(frozen=True)
class Price:
    """What is lost because of some commitments: with them, less without them.

    Parameters
    ----------
    price, low, high : float
        First objective; the two between which it is for certain. Never negative, as all that
        can be done with them can be done without them.
    shortfall : float
        FTE-years, unweighted, with the places found.
    spend, spend_low, spend_high : float
        £ over the horizon that are spent more because of them.
    per_million : float
        What is lost for each £1m more that is spent; not a number where no more is spent.
    """

    price: float
    low: float
    high: float
    shortfall: float
    spend: float
    spend_low: float
    spend_high: float
    per_million: float


def price(with_them: Best, without: Best) -> Price:
    """Return what is lost because of some commitments."""
    more, less = with_them.least, without.least
    value = max(0.0, _difference(more.value, less.value, _ROUNDING))
    spend = _difference(with_them.spend.value, without.spend.value, _HELD)
    return Price(
        price=value,
        low=min(value, max(0.0, more.low - less.high)),
        high=max(value, more.high - less.low),
        shortfall=_difference(with_them.shortfall, without.shortfall, _HELD),
        spend=spend,
        spend_low=with_them.spend.low - without.spend.high,
        spend_high=with_them.spend.high - without.spend.low,
        per_million=value / spend * 1e6 if spend >= LEAST else np.nan,
    )


def _difference(a: float, b: float, nothing: float) -> float:
    """Return a − b; 0 if that is no more than solving leaves open."""
    return 0.0 if abs(a - b) <= nothing * max(1.0, abs(a)) else a - b


def groups(members: Sequence[Promise]) -> list[tuple[str, Kept]]:
    """Return the commitments of each owner, and all together."""
    owners = dict.fromkeys(promise.owner for promise in members)
    every = [(owner, [p for p in members if p.owner == owner]) for owner in owners]
    every.append(("all together", list(members)))
    return [(whose, frozenset(p.position for p in own)) for whose, own in every]


def asked(members: Sequence[Promise]) -> list[Kept]:
    """Return the sets of commitments that are lifted: none, each alone, and groups by size."""
    alone = [frozenset({promise.position}) for promise in members]
    shared = sorted((own for _, own in groups(members)), key=len)
    return list(dict.fromkeys([frozenset(), *alone, *shared]))


def in_fractions(
    problem: Planning, members: Sequence[Promise], limits: Limits, watch: Watch
) -> tuple[dict[Kept, Best], ShapleyValues]:
    """Re-solve without each commitment in force, each owner's and all, in fractions of places.

    Returns
    -------
    solved : dict of frozenset of int to Best
        What is reached, by the commitments lifted.
    averages : ShapleyValues
        Over the orders in which commitments are made, in the order of the members.
    """
    relaxed = replace(problem, policy=problem.policy.relaxed())
    best = BestPlaces(limits, watch)
    sets = asked(members)
    solved = dict[Kept, Best]()
    for number, some in enumerate(sets):
        watch.begin(f"without commitments, in fractions: {number + 1} of {len(sets)}")
        solved[some] = best.best(lifted(relaxed, some))
    watch.begin("orders of commitments, in fractions")
    return solved, _averages(relaxed, members, best)


def _averages(problem: Planning, members: Sequence[Promise], best: BestPlaces) -> ShapleyValues:
    every = {promise.position for promise in members}

    def solve(kept: Kept) -> Keeping:
        lift = every - {members[i].position for i in kept}
        least, places = best.least(lifted(problem, lift))
        found = promises(problem, places)
        met = {i for i, promise in enumerate(members) if found[promise.position].is_met(_MET)}
        return least.value, kept | met

    return shapley_values(Game(solve, len(members)), few=_FEW, orders=_ORDERS)
