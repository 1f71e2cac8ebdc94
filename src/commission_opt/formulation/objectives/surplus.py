"""Surplus: FTE beyond demand, ``Σ δ^(y − first_year) max(0, service − demand)``, unweighted."""

from __future__ import annotations

import numpy as np

from commission_opt.accounts.many import Many, summed
from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.formulation.cells import named_cell
from commission_opt.formulation.expected import Expected
from commission_opt.formulation.parts import Aim
from commission_opt.formulation.positive_parts import positive_parts
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.service import service
from commission_opt.formulation.shortage import DEMAND, year_weights
from commission_opt.policy import Tier

TITLE = "surplus"
UNIT = "FTE-years, discounted"
SENTENCE = "the surplus of {} FTE-years"
_PLAIN = (Tier(np.inf, 1.0),)


def aim(problem: Planning) -> Aim:
    """Add a column for each surplus that places can change; the others are constant."""
    instance = problem.instance
    each = np.broadcast_to(year_weights(instance, problem.policy), instance.shape).ravel()

    def key(cell: int) -> str:
        return "{},{},{}".format(*named_cell(instance, cell))

    def label(cell: int) -> str:
        return f"surplus of {key(cell)}"

    return positive_parts(problem, "surplus", service(problem).net, each, key, label, DEMAND)


def expected(problem: Planning, many: Expected) -> Aim:
    """Write its expectation over many futures, nowhere above it."""
    shape = -1, problem.instance.horizon
    years = np.broadcast_to(year_weights(problem.instance, problem.policy), problem.instance.shape)
    return many.missing("surplus", "surplus", _PLAIN, years.reshape(shape), beyond=True)


def value(problem: Planning, result: Outcome) -> float:
    """Return the discounted FTE-years beyond demand."""
    return float(np.sum(year_weights(problem.instance, problem.policy) * result.surplus))


def values(problem: Planning, many: Many) -> Floats:
    """Return the same in many futures, shape (W,)."""
    beyond = np.maximum(many.balance.service - many.balance.demand, 0.0)
    return summed(year_weights(problem.instance, problem.policy), beyond)
