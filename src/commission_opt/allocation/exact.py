"""Whole places from a branch-and-bound solver."""

from __future__ import annotations

from commission_opt.allocation.narrowing import narrowed
from commission_opt.allocation.task import Task
from commission_opt.allocation.whole import whole_formulation
from commission_opt.arrays import Floats
from commission_opt.solvers.highs import solve_integer
from commission_opt.solvers.status import Result


def branch_and_bound(task: Task) -> tuple[Result, Floats | None]:
    """Find whole places by HiGHS's branch and bound.

    If the task has a plan, the solver starts from it, and from a box narrowed to better ones.

    Parameters
    ----------
    task : Task

    Returns
    -------
    result : Result
        How the solve ended.
    columns : array or None
        The decision columns, in places, if a plan was found.
    """
    formulation, point = task.formulation, None
    if task.start is not None:
        point = formulation.point(task.start)
        value = formulation.program.value(point)
        formulation = narrowed(formulation, task.relaxation.multipliers, value)
    whole = whole_formulation(formulation)
    start = None if point is None else whole.from_point(point)
    result = solve_integer(
        whole.program,
        whole.integer,
        task.limits,
        task.watch,
        seconds=task.seconds,
        start=start,
    )
    return result, None if result.x is None else whole.to_columns(result.x)
