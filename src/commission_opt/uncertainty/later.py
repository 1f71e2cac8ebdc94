"""Later objectives in expectation over many futures: what places cost then, and the surplus.

One pass over the futures adds up either. A place costs its mean, so that the aim is the expected
cost. The surplus is what service has above demand and, unweighted, what is missing: the mean of the
first is linear, and the second is under-estimated as the first objective is.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.objectives.cost import of_each
from commission_opt.formulation.parts import Aim
from commission_opt.formulation.place_prices import charged_years
from commission_opt.formulation.shortage import year_weights
from commission_opt.futures.columns import Key, chunks
from commission_opt.futures.reach import Reach
from commission_opt.futures.spending import COSTS, per_student
from commission_opt.policy import Tier
from commission_opt.uncertainty.partition import SPAN, Below, Partition

COST, SURPLUS = "cost", "surplus"
_CHARGED: tuple[Key, ...] = (
    ("costs", "cost"), ("courses", "fill_rate"), ("courses", "completion_rate"),
)  # fmt: skip
_PLAIN = (Tier(np.inf, 1.0),)


def expected_cost(reach: Reach, p: Floats) -> Aim:
    """Write the expected cost in futures of probabilities p: each place at its mean cost."""
    problem, futures = reach.problem, reach.futures
    if not any(key in futures.keys for key in _CHARGED):
        return OBJECTIVES[COST].aim(problem)
    charged = np.zeros(len(problem.instance.costs))
    for which in chunks(len(p)):
        varied = reach.nothing.varied(futures.figures(which, _CHARGED))
        place = per_student(varied, COSTS)[1]
        charged += np.broadcast_to(place, (len(place), len(p[which]))) @ p[which]
    line, discount = charged_years(problem)
    each = np.zeros(problem.instance.starts.shape)
    np.add.at(each, line, charged[:, None] * discount)
    return of_each(problem, each.ravel())


def surplus_below(reach: Reach, p: Floats, lower: Floats, middle: Floats, upper: Floats) -> Below:
    """Return an under-estimate of the expected surplus; parameters are those of a partition."""
    problem = reach.problem
    years = year_weights(problem.instance, problem.policy)
    each = np.broadcast_to(years, (reach.pairs, reach.horizon))
    missing = Partition(reach, p, lower, middle, upper, _PLAIN, each).below
    gap, stays = np.zeros(each.shape), np.zeros((len(reach.pair), reach.horizon))
    for start in range(0, len(p), SPAN):
        which = slice(start, min(start + SPAN, len(p)))
        some = reach.missing(which)
        gap += some.gap @ p[which]
        stays += np.broadcast_to(some.stays, (*stays.shape, len(p[which]))) @ p[which]
    beyond = reach.supplies.T @ (stays * each[reach.pair]).sum(axis=1)
    hinges = missing.hinges
    offset = hinges.offset - float((each * gap).sum())
    return replace(missing, hinges=replace(hinges, linear=hinges.linear + beyond, offset=offset))
