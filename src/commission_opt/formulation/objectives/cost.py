"""Cost: spending on new and continued places and units in the years of the horizon, discounted.

All funds count, whether they have a budget or not; the pipeline, which no decision changes, does
not.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from commission_opt.accounts.outcome import Outcome
from commission_opt.formulation.parts import PLACES, Aim, Hinges
from commission_opt.formulation.place_prices import cost_per_place
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.wording import Number

TITLE = "cost"
UNIT = "£, discounted"
NUMBER = Number.POUNDS
SENTENCE = "the cost of {}"
SPENDING = True
IMPROVED = False  # no places at all cost nothing


def aim(problem: Planning) -> Aim:
    """Write the objective over the decision columns."""
    each, layout = cost_per_place(problem), problem.layout
    cost, offset = np.asarray(layout.started.matrix.T @ each), float(each @ layout.started.constant)
    nowhere = sparse.csr_array((0, layout.size))
    hinges = Hinges(nowhere, np.zeros((1, 0)), np.zeros((1, 0)), cost, offset)
    return Aim("cost", {PLACES: cost}, offset, scale=1e6, hinges=hinges)


def value(problem: Planning, result: Outcome) -> float:
    """Return the discounted £ spent on new and continued places and units."""
    return float(cost_per_place(problem) @ result.started)
