"""Staff without a post: ``Σ δ^(y − first_year) max(0, supply − posts)``, without weights.

Over the cells that have posts. Staff are counted who are there, whatever work they do.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import sparse

from commission_opt.accounts.many import Many, summed
from commission_opt.accounts.outcome import Outcome
from commission_opt.accounts.posts import without_post
from commission_opt.arrays import Floats
from commission_opt.core.account import Affine
from commission_opt.formulation.cells import named_cell
from commission_opt.formulation.parts import Aim
from commission_opt.formulation.positive_parts import positive_parts
from commission_opt.formulation.posts import ORIGIN
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.service import service
from commission_opt.formulation.shortage import year_weights
from commission_opt.policy import Objective

TITLE = "unemployment"
UNIT = "discounted FTE-years"
SENTENCE = "the unemployment of {} FTE-years"
CAPPED = "staff without a post"
ONE = "FTE-year without a post"


def needs(_objective: Objective) -> Mapping[str, str]:
    """Return the table of posts."""
    return {"minimise": "posts"}


def aim(problem: Planning) -> Aim:
    """Add a column for each cell with posts in which places can leave staff without one."""
    instance = problem.instance
    supply = service(problem).widened(problem.column_effects.supply)
    posts = instance.posts.ravel()
    cells = np.flatnonzero(~np.isnan(posts))
    weights = np.broadcast_to(year_weights(instance, problem.policy), instance.shape).ravel()
    over = Affine(supply.constant[cells] - posts[cells], sparse.csr_array(supply.matrix[cells]))

    def key(i: int) -> str:
        return "{},{},{}".format(*named_cell(instance, cells[i]))

    def label(i: int) -> str:
        return f"staff without a post of {key(i)}"

    each = weights[cells]
    return positive_parts(problem, "unemployed", over, each, key, label, ORIGIN, cells)


def value(problem: Planning, result: Outcome) -> float:
    """Return the discounted FTE-years without a post."""
    weights = year_weights(problem.instance, problem.policy)
    return float(np.nansum(weights * result.unemployed))


def values(problem: Planning, many: Many) -> Floats:
    """Return the same in many futures, shape (W,)."""
    idle = np.nan_to_num(without_post(many.balance.supply, many.posts))
    return summed(year_weights(problem.instance, problem.policy), idle)
