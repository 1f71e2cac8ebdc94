"""Mend and improve whole places by branch and bound in one neighbourhood after the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from commission_opt.allocation.blocks import blocks_of
from commission_opt.allocation.neighbourhood import Neighbourhood
from commission_opt.allocation.search.landscape import counted_in, rounding_room
from commission_opt.allocation.settled import pointed
from commission_opt.allocation.task import Task
from commission_opt.arrays import Floats, Ints
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.parts import PLACES, deployed_columns
from commission_opt.solvers.linear import is_large

_FREE = 600  # decision columns that may change at once
_DRAWN = 240  # the same, where courses are drawn at random
_PRICED = 1e-9
_STEPS = 2.0  # cohort steps that each may move
_FAR = 2000  # decisions of a problem up to which they may move further, in small neighbourhoods
NODES = 30
_MENDING_FREE = (120, 600, 2400)  # further columns that may change to mend rows
_MENDING_NODES = 500
_MENDING_GAP = 1e-2  # any plan will do; what follows makes it better
_FULL = 0.02  # of what a row holds: less room than this counts as none
LEAST = 1e-7  # least relative gain that counts


def mended(task: Task, x: Floats) -> Floats | None:
    """Return places that keep every row, changed only where rows are broken; None if not found.

    First only the courses in broken rows may change, then more and more of those that share full
    rows with them, those that share the most first: they can make room.
    """
    formulation, now = task.formulation, task.watch.now
    end = now() + task.seconds
    part = Neighbourhood(formulation, sparse.csr_array(formulation.program.matrix))
    free = part.columns_of(broken(formulation, x))
    around = _around(formulation, part, free, x)
    for count in (0, *_MENDING_FREE, len(around)):
        left = end - now()
        if left <= 0 or task.watch.stopped:
            break
        some = np.sort(np.concatenate([free, around[:count]]))
        found = part.solved(
            x, some, task.limits, task.watch,
            seconds=left / 2, nodes=_MENDING_NODES, gap=_MENDING_GAP,
        )  # fmt: skip
        if found is not None and not len(broken(formulation, found)):
            return found
        if count >= len(around):
            break
    return None


def _around(formulation: Formulation, part: Neighbourhood, free: Ints, x: Floats) -> Ints:
    """Return the columns of other courses in full rows that some columns touch, nearest first."""
    program, layout = formulation.program, formulation.problem.layout
    point = pointed(formulation, layout.to_amounts(x))
    rows = np.unique(program.matrix[:, free].indices)
    use = part.by_row[rows]
    slack = np.minimum(program.row_upper[rows] - use @ point, use @ point - program.row_lower[rows])
    reach = abs(use) @ np.maximum(point, 1.0)
    shared = np.diff(sparse.csc_array(use[slack <= _FULL * reach]).indptr)[: len(x)]
    by_course = np.bincount(layout.line, shared, minlength=layout.n_lines)
    by_course[layout.line[free]] = 0
    nearest = np.argsort(-by_course, kind="stable")[: int((by_course > 0).sum())]
    return layout.columns_of(nearest)


def broken(formulation: Formulation, x: Floats) -> Ints:
    """Return the rows of the program that places break, with the best values beside them."""
    program = formulation.program
    point = pointed(formulation, formulation.problem.layout.to_amounts(x))
    activity = program.matrix @ point
    excess = np.maximum(program.row_lower - activity, activity - program.row_upper)
    ends = np.minimum(np.abs(program.row_lower), np.abs(program.row_upper))
    return np.flatnonzero(excess > rounding_room(ends, counted_in(formulation)))


def improved(task: Task, x: Floats) -> Floats:
    """Improve places until no neighbourhood does, the time is over or the target is reached.

    A neighbourhood is the courses that share a row whose price is not 0, or
    some courses drawn at random by the seed; everything else stays. What comes out does not depend
    on the clock, as long as the time is not over.

    Parameters
    ----------
    task : Task
    x : array, shape (n,)
        Decision columns.
    """
    formulation, watch = task.formulation, task.watch
    part = Neighbourhood(formulation, sparse.csr_array(formulation.program.matrix))
    end = watch.now() + task.seconds
    value = value_of(task, x)
    rng = np.random.default_rng(task.limits.seed)
    far = formulation.problem.layout.size <= _FAR
    gained = True
    while gained:
        gained = False
        for free in neighbourhoods(task, part, rng):
            left = end - watch.now()
            watch.found(value)
            if watch.late(end) or watch.stopped or watch.best <= watch.target:
                return x
            steps = np.inf if far and len(free) <= _DRAWN else _STEPS
            found = part.solved(x, free, task.limits, watch, steps=steps, seconds=left, nodes=NODES)
            if found is None or len(broken(formulation, found)):
                continue
            better = value_of(task, found)
            if better < value - LEAST * max(1.0, abs(value)):
                x, value, gained = found, better, True
    return x


def value_of(task: Task, x: Floats) -> float:
    """Return the objective of decision columns, in units of the program."""
    formulation = task.formulation
    return formulation.program.value(pointed(formulation, formulation.problem.layout.to_amounts(x)))


def neighbourhoods(task: Task, part: Neighbourhood, rng: np.random.Generator) -> Iterator[Ints]:
    """Yield sets of columns: blocks with staff to deploy, courses of priced rows, some at random.

    A search sees those deployed as given, so that it leaves most where they are.
    """
    formulation, layout = task.formulation, task.formulation.problem.layout
    if formulation.problem.deploys:
        staff = deployed_columns(formulation.program.columns)
        blocks = [b for b in blocks_of(formulation) if b.decisions <= _FREE]
        own = [b for b in blocks if np.isin(b.columns, staff).any()]
        yield from (b.columns[: b.decisions] for b in sorted(own, key=lambda b: -b.decisions))
    priced = np.zeros(len(formulation.program.row_lower), dtype=bool)
    for block in formulation.rows:
        if set(block.coefficients) == {PLACES}:
            where = formulation.program.rows[block.name]
            priced[where] = np.abs(task.relaxation.multipliers[where]) > _PRICED
    most = _DRAWN if is_large(formulation.program) else _FREE  # many small ones gain more there
    sets = {
        own.tobytes(): own
        for own in (part.columns_of(np.array([row])) for row in np.flatnonzero(priced))
        if len(own) <= most and len(np.unique(layout.line[own])) > 1
    }
    yield from sorted(sets.values(), key=len, reverse=True)
    every = rng.permutation(layout.n_lines)
    count = max(1, _DRAWN * layout.n_lines // max(1, layout.size))
    for start in range(0, len(every), count):
        yield layout.columns_of(np.sort(every[start : start + count]))
