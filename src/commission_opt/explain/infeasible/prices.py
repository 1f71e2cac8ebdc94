"""What it costs to bend a statement, in £, so that unlike repairs can be compared.

Money counts as money. Everything else is turned into £ by what a place costs over the length of
its course, all funds together, for those who fill it and stay, undiscounted.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import still_on_course


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


class Prices:
    """The price of a unit of each figure that may be bent, £.

    A £ of a budget costs £1. A place of a commitment costs what one costs on average on its
    courses, a place of ``max_intake``, ``min_cohort`` or ``cohort_step`` what one costs on that
    course, a placement week what a place costs for each week that it needs, on average over the
    courses of the region that use the pool. Figures of the model hold for every course: a place
    of its allowance costs the mean place as often as there are courses, and a share of deviation
    as often as there were places last year.

    Parameters
    ----------
    instance : Instance
    """

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._cost = place_costs(instance)
        self._weeks = _week_prices(instance, self._cost)

    def of(self, column: str, row: int | None) -> float:
        """Return the price of a unit of the figure in a column and line, or under a key."""
        instance, cost, mean = self._instance, self._cost, float(self._cost.mean())
        if column == "amount":
            return 1.0
        if column == "capacity":
            assert row is not None
            return self._weeks[row]
        if column in ("min_places", "max_places"):
            at = instance.commitments.index.get_loc(row)
            own = cost[instance.commitment_courses[at]]
            return float(own.mean()) if len(own) else mean
        if row is not None:
            return float(cost[instance.courses.index.get_loc(row)])
        if column.startswith("fair_share"):
            return mean * float(instance.courses["last_intake"].sum())
        return mean * len(cost)


def _week_prices(instance: Instance, cost: Floats) -> dict[int, float]:
    """Return the price of a week of each line of ``placements.csv``."""
    weeks, use = _per_place(instance, "placement_use"), instance.placement_use
    usual = float(cost.sum() / weeks.sum()) if weeks.sum() > 0 else 1.0
    users = use.loc[use["rate"] > 0, ["code", "course"]].drop_duplicates()
    course = users["course"].to_numpy(int)
    by_pool = pd.DataFrame(
        {
            "pool": users["code"].to_numpy(),
            "region": instance.courses["region"].to_numpy()[course],
            "cost": cost[course],
            "weeks": weeks[course],
        }
    )
    sums = by_pool[by_pool["weeks"] > 0].groupby(["pool", "region"])[["cost", "weeks"]].sum()
    known = {key: cost / weeks for key, cost, weeks in sums.itertuples()}
    table = instance.tables["placements"]
    return {
        int(line): float(known.get((pool, region), usual))
        for line, pool, region in table[["pool", "region"]].itertuples()
    }
