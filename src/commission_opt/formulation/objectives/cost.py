"""Cost: spending on new and continued places and units in the years of the horizon, discounted.

All funds count, whether they have a budget or not; the pipeline, which no decision changes, does
not. With ``pay = true`` the pay of the staff whom they bring counts too, less that of those whom
they take for good.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from commission_opt.accounts.many import Many
from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.formulation.expected import Expected
from commission_opt.formulation.parts import PLACES, Aim, Hinges
from commission_opt.formulation.place_prices import charged_years, cost_per_place
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.wording import Number
from commission_opt.policy import Objective, Policy

TITLE = "cost"
UNIT = "£, discounted"
NUMBER = Number.POUNDS
SENTENCE = "the cost of {}"
KEYS = ("pay",)
SPENDING = True
IMPROVED = False  # no places at all cost nothing


def aim(problem: Planning) -> Aim:
    """Write the objective over the decision columns."""
    return of_each(problem, _each(problem))


def expected(problem: Planning, many: Expected) -> Aim:
    """Write its expectation over many futures: each place at its mean cost."""
    charged = many.charged()
    if charged is None:
        return aim(problem)
    line, discount = charged_years(problem)
    each = np.zeros(problem.instance.starts.shape)
    np.add.at(each, line, charged[:, None] * discount)
    return of_each(problem, each.ravel())


def of_each(problem: Planning, each: Floats) -> Aim:
    """Write it for what a place or unit costs by line and start, shape (L · Y,)."""
    layout = problem.layout
    cost, offset = np.asarray(layout.started.matrix.T @ each), float(each @ layout.started.constant)
    nowhere = sparse.csr_array((0, layout.size))
    hinges = Hinges(nowhere, np.zeros((1, 0)), np.zeros((1, 0)), cost, offset)
    return Aim("cost", {PLACES: cost}, offset, scale=1e6, hinges=hinges)


def value(problem: Planning, result: Outcome) -> float:
    """Return the discounted £ spent on new and continued places and units."""
    return float(_each(problem) @ result.started)


def values(problem: Planning, many: Many) -> Floats:
    """Return the same in many futures, shape (W,) or (1,); without pay."""
    instance = problem.instance
    started = many.given.started.reshape(instance.starts.shape)
    line, discount = charged_years(problem)
    each: Floats = np.sum(started[line] * discount, axis=1) @ many.charged
    return each


def needs(objective: Objective) -> dict[str, str]:
    """Return the table without which there is no pay to count."""
    return {"pay": "pay"} if objective.pay else {}


def counts_pay(policy: Policy) -> bool:
    """Say whether a model counts pay as cost, be it as its own objective or as what is capped."""
    return any(each.pay for each in policy.objectives)


def _each(problem: Planning) -> Floats:
    return cost_per_place(problem, pay=counts_pay(problem.policy))
