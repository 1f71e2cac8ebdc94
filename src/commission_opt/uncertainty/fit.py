"""Which futures can be taken together, and which are so many that they must be."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from commission_opt.errors import UsageError
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.problem import Planning
from commission_opt.futures.columns import Key
from commission_opt.futures.futures import Futures
from commission_opt.futures.kernel import Kernel
from commission_opt.futures.staff import Staff
from commission_opt.text.counts import plural

FIRST = "shortfall"  # the objective that is under-estimated
MOST_APART = 50  # futures that are planned for side by side
_AS_GIVEN: Mapping[str, tuple[Key, ...]] = {
    "change": (),
    "cost": (("costs", "cost"),),
}  # objectives, and columns they hang on


def unfit(problem: Planning, futures: Futures) -> str:
    """Say why the futures of a problem cannot be taken together; "" if they can."""
    if problem.deploys:
        return "who does the work of others is decided anew in each"
    columns = futures.keys
    nothing = Staff(problem, np.zeros((problem.layout.n_lines, problem.policy.commissioning_years)))
    if reason := Kernel(nothing).reason(columns):
        return reason
    first, *later = problem.policy.objectives
    if first.minimise != FIRST or problem.policy.rules.price_of_missing is not None:
        return "only a shortfall without a price for commitments missed can come first"
    if problem.instance.has_posts:
        return "who has a post hangs on the future"
    for objective in later:
        hangs = _AS_GIVEN.get(objective.minimise)
        if hangs is None or any(column in columns for column in hangs):
            return f"the later objective {OBJECTIVES[objective.minimise].title} hangs on the future"
    return ""


def check_fit(problem: Planning, futures: Futures) -> None:
    """Refuse futures that are too many to be solved side by side, and cannot be taken together.

    Raises
    ------
    UsageError
    """
    if reason := unfit(problem, futures):
        raise UsageError(
            f"{plural(len(futures.names), 'future')} are too many to be planned for side by side, "
            f"and cannot be taken together: {reason}; draw fewer, at most so many as {MOST_APART}"
        )
