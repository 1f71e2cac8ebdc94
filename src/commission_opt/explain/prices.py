"""What it costs to bend a statement, in £, so that unlike repairs can be compared.

Money counts as money. Everything else is turned into £ by what a place costs over the length of
its course, all funds together, for those who fill it and stay, undiscounted.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from commission_opt.explain.rulebook import Rulebook
from commission_opt.explain.statements import Kind
from commission_opt.formulation.rules.commitments import in_force
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import still_on_course
from commission_opt.linear_program import Floats


def place_costs(instance: Instance) -> Floats:
    """Return the £ that a place costs on each course; the mean where it costs nothing.

    Returns
    -------
    array, shape (C,)
    """
    costs = _per_place(instance, "costs")
    some = costs[costs > 0]
    return np.where(costs > 0, costs, float(some.mean()) if len(some) else 1.0)


def _per_place(instance: Instance, table: str) -> Floats:
    courses, rates = instance.courses, getattr(instance, table)
    course = rates["course"].to_numpy(int)
    each = (
        rates["rate"].to_numpy(float)
        * courses["fill_rate"].to_numpy(float)[course]
        * still_on_course(
            courses["completion_rate"].to_numpy(float)[course],
            courses["duration_years"].to_numpy()[course],
            rates["study_year"].to_numpy(int),
        )
    )
    return np.bincount(course, each, len(courses)).astype(float)


def prices(book: Rulebook) -> Callable[[int], float]:
    """Return the price of a unit of each statement, £.

    A £ of a budget costs £1. A place of a commitment costs what one costs on average on its
    courses, a place of ``max_intake``, ``min_cohort`` or ``cohort_step`` what one costs on that
    course, a placement week what a place costs for each week that it needs, on average over the
    courses of the region that use the pool. A place of a rule of the model, which is bent for
    every course, costs the mean place as often as there are courses.
    """
    instance = book.problem.instance
    cost = place_costs(instance)
    which, _ = in_force(instance, book.problem.policy.commissioning_years)
    mean = float(cost.mean())
    weeks = _weeks_price(instance, cost)

    def price(statement: int) -> float:
        kind, item = book.kinds[statement], int(book.items[statement])
        if kind is Kind.BUDGET:
            return 1.0
        if kind is Kind.PLACEMENT:
            row = instance.placements.iloc[item]
            return weeks(row["pool"], row["region"])
        if kind in (Kind.LEAST, Kind.MOST):
            own = cost[instance.commitment_courses[which[item]]]
            return float(own.mean()) if len(own) else mean
        if kind in (Kind.INTAKE, Kind.COHORT, Kind.STEP):
            return float(cost[item])
        return mean * len(cost)

    return price


def _weeks_price(instance: Instance, cost: Floats) -> Callable[[str, str], float]:
    use = instance.placement_use
    weeks = _per_place(instance, "placement_use")
    regions = instance.courses["region"].to_numpy()
    usual = float(cost.sum() / weeks.sum()) if weeks.sum() > 0 else 1.0

    def price(pool: str, region: str) -> float:
        users = np.unique(
            use.loc[(use["code"] == pool) & (use["rate"] > 0), "course"].to_numpy(int)
        )
        here = users[(regions[users] == region) & (weeks[users] > 0)]
        return float(cost[here].sum() / weeks[here].sum()) if len(here) else usual

    return price
