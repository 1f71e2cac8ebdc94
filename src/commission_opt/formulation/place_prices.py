"""What places cost, in £, so that unlike ways to give way can be compared.

Money counts as money. Everything else is turned into £ by what a place costs over the length of
its course, all funds together, for those who fill it and stay, undiscounted.
"""

from __future__ import annotations

import numpy as np

from commission_opt.accounts.pay import pay_per_start
from commission_opt.arrays import Floats, Ints
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.shortage import year_weights
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import per_place as charged


def place_costs(instance: Instance) -> Floats:
    """Return the £ that a place costs on each line, or a unit; the mean where it costs nothing.

    Returns
    -------
    array, shape (L,)
    """
    costs = per_place(instance, "costs")
    some = costs[costs > 0]
    return np.where(costs > 0, costs, float(some.mean()) if len(some) else 1.0)


def per_place(instance: Instance, table: str) -> Floats:
    """Return what a place or unit of each line uses in all, £ or weeks of all codes together.

    Parameters
    ----------
    table : {"costs", "placement_use"}
    """
    rates = getattr(instance, table)
    line, each = rates["line"].to_numpy(int), charged(instance, rates)
    return np.bincount(line, each, len(instance.lines)).astype(float)


def cost_per_place(problem: Planning, *, pay: bool = False) -> Floats:
    """Return the discounted £ that a place or unit costs within the horizon, by line and start.

    With ``pay`` that of the staff whom it brings counts, less that of those it takes for good.
    """
    instance = problem.instance
    line, discount = charged_years(problem)
    each = charged(instance, instance.costs)
    weight = year_weights(instance, problem.policy)
    cost = np.zeros(instance.starts.shape)
    np.add.at(cost, line, each[:, None] * discount)
    due = pay_per_start(instance, problem.effects.supply, weight) if pay else 0.0
    return np.asarray(cost.ravel() + due)


def charged_years(problem: Planning) -> tuple[Ints, Floats]:
    """Return the line of each row of costs, and what a £ of it counts by start year.

    Returns
    -------
    line : array of int, shape (R,)
    discount : array, shape (R, Y)
        0 where it is due after the horizon.
    """
    instance = problem.instance
    rates, horizon = instance.costs, instance.horizon
    line, study_year = rates["line"].to_numpy(int), rates["study_year"].to_numpy(int)
    year = np.arange(horizon)[None, :] + study_year[:, None] - 1
    weight = year_weights(instance, problem.policy)
    return line, np.append(weight, 0.0)[np.minimum(year, horizon)]
