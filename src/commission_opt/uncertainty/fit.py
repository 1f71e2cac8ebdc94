"""Which futures are taken together, which side by side, and which are too many for either."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from commission_opt.errors import UsageError
from commission_opt.formulation.assemble import aims, rule_parts
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.problem import Planning
from commission_opt.futures.futures import Futures
from commission_opt.futures.kernel import Kernel
from commission_opt.futures.staff import Staff
from commission_opt.text.counts import plural

FIRST = "shortfall"  # the objective that is under-estimated
MOST_APART = 50  # futures that are planned for side by side unless they are large
LARGE = 200_000  # coefficients of all of them, from which on whole places take minutes so
_FEW = 6  # futures that are planned for side by side however large they are
MOST_NONZEROS = 10_000_000  # of all of more futures side by side: about 3 GiB


def unfit(problem: Planning, futures: Futures) -> str:
    """Say why the futures of a problem cannot be taken together; "" if they can."""
    if problem.policy.decides_later:
        return "later years are decided in each"
    if problem.deploys:
        return "who does the work of others is decided anew in each"
    nothing = Staff(problem, np.zeros((problem.layout.n_lines, problem.policy.commissioning_years)))
    if reason := Kernel(nothing).reason(futures.keys):
        return reason
    first, *later = problem.policy.objectives
    if first.minimise != FIRST:
        return "only a shortfall can come first"
    if problem.instance.has_posts:
        return "who has a post hangs on the future"
    for objective in later:
        kind = OBJECTIVES[objective.minimise]
        if kind.expected is None or objective.minimise == FIRST:
            return f"the later objective {kind.title} hangs on the future"
    return ""


def taken_together(problem: Planning, futures: Futures) -> bool:
    """Say whether futures share one program of the size of one for a single future.

    Few are planned for side by side; so are more that cannot be taken together, while they fit.
    Of whole places, which are no nearer to the best so, large ones are taken together sooner.

    Parameters
    ----------
    problem : Planning
        As given.
    futures : Futures

    Raises
    ------
    UsageError
        If they are too many for either.
    """
    count = len(futures.names)
    few = count <= MOST_APART
    if few and not _large(problem, count):
        return False
    reason = unfit(problem, futures)
    if few or not reason:
        return not reason
    most = max(MOST_APART, MOST_NONZEROS // max(1, nonzeros(problem)))
    if count > most:
        raise UsageError(
            f"{plural(count, 'future')} cannot be taken together: {reason}; and side by side there "
            f"is room for {most} of this size ({MOST_NONZEROS:,} coefficients, about 3 GiB): "
            f"draw fewer, at most {most}"
        )
    return False


def _large(problem: Planning, count: int) -> bool:
    """Say whether side by side would take long for what is no nearer to the best."""
    policy = problem.policy
    if count <= _FEW or not policy.integer:
        return False
    return count * nonzeros(problem) > LARGE


def nonzeros(problem: Planning) -> int:
    """Count the coefficients of the rows that one future has in a program."""
    one = replace(problem, policy=replace(problem.policy, uncertainty=None))
    parts = [*rule_parts(one), *(part for aim in aims(one) for part in aim.parts)]
    rows = {block.name: block for part in parts for block in part.rows}
    return sum(each.nnz for block in rows.values() for each in block.coefficients.values())
