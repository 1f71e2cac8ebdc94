"""Methods that find whole places: fast, exact, or first the one and then the other."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from commission_opt.allocation.exact import branch_and_bound
from commission_opt.allocation.search.landscape import landscape
from commission_opt.allocation.search.search import search
from commission_opt.allocation.search.state import State
from commission_opt.allocation.task import IntegerMethod, Task
from commission_opt.linear_program import Floats
from commission_opt.solvers.interrupt import interruptible
from commission_opt.solvers.status import Result, Status

_BRANCHED = 2000  # decision columns up to which branch and bound is worth the time that is left


class Method(StrEnum):
    """How whole places are found."""

    AUTO = "auto"
    FAST = "fast"
    EXACT = "exact"


def fast(task: Task) -> tuple[Result, Floats | None]:
    """Round the relaxation and search near it; branch and bound only if that finds no plan."""
    columns = searched(task)
    if columns is None:
        return branch_and_bound(task)
    return Result(Status.LIMIT), columns


def auto(task: Task) -> tuple[Result, Floats | None]:
    """Search, then branch and bound in the time that is left, if the gap asked for needs it."""
    return _branched(task, task.formulation.problem.layout.size <= _BRANCHED)


def exact(task: Task) -> tuple[Result, Floats | None]:
    """Search, then branch and bound until the gap asked for or the time limit."""
    return _branched(task, wanted=True)


def _branched(task: Task, wanted: bool) -> tuple[Result, Floats | None]:
    start = time.perf_counter()
    columns = searched(task)
    done = task.watch.best <= task.watch.target or task.watch.stopped
    if columns is not None and (done or not wanted):
        return Result(Status.LIMIT), columns
    left = max(0.0, task.seconds - (time.perf_counter() - start))
    begin = task.start
    if columns is not None:
        begin = task.formulation.problem.layout.to_places(columns)
    result, found = branch_and_bound(replace(task, seconds=left, start=begin))
    return result, columns if found is None else found


def searched(task: Task) -> Floats | None:
    """Return the columns that the search finds; None if it cannot be used or finds no plan."""
    land = landscape(task.formulation, task.relaxation.multipliers)
    if land is None:
        return None
    watch, end = task.watch, time.perf_counter() + task.seconds

    def report(state: State) -> bool:
        if state.violation == 0.0:
            watch.best = min(watch.best, state.value)
        return watch.stopped or watch.best <= watch.target or time.perf_counter() > end

    state = interruptible(lambda: search(land, task.relaxation.columns, report), watch)
    report(state)
    return state.x if state.violation == 0.0 else None


METHODS: Mapping[Method, IntegerMethod] = {
    Method.AUTO: auto,
    Method.FAST: fast,
    Method.EXACT: exact,
}
