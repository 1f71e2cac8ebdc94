"""What places cost, in £, so that unlike ways to give way can be compared.

Money counts as money. Everything else is turned into £ by what a place costs over the length of
its course, all funds together, for those who fill it and stay, undiscounted.
"""

from __future__ import annotations

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import still_on_course


def place_costs(instance: Instance) -> Floats:
    """Return the £ that a place costs on each course; the mean where it costs nothing.

    Returns
    -------
    array, shape (C,)
    """
    costs = per_place(instance, "costs")
    some = costs[costs > 0]
    return np.where(costs > 0, costs, float(some.mean()) if len(some) else 1.0)


def per_place(instance: Instance, table: str) -> Floats:
    """Return what a place of each course uses over its length, £ or weeks of all codes together.

    Parameters
    ----------
    instance : Instance
    table : {"costs", "placement_use"}
    """
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
