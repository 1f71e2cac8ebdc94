"""Mend and improve whole places by branch and bound in one neighbourhood after the other."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from scipy import sparse

from commission_opt.allocation.neighbourhood import Neighbourhood
from commission_opt.allocation.task import Task
from commission_opt.certificate import TOLERANCE
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.parts import PLACES
from commission_opt.linear_program import Floats, Ints

_FREE = 600  # decision columns that may change at once
_DRAWN = 240  # the same, where courses are drawn at random
_PRICED = 1e-9
_STEPS = 2.0  # cohort steps that each may move
_NODES = 30
_MENDING_NODES = 500
_LEAST = 1e-7  # least relative gain that counts


def mended(task: Task, x: Floats) -> Floats | None:
    """Return places that keep every row, changed only where rows are broken; None if not found.

    First only the courses in broken rows may change, then as well those that share a row with
    them.
    """
    part = Neighbourhood(task.formulation, sparse.csr_array(task.formulation.program.matrix))
    rows = broken(task.formulation, x)
    free = part.columns_of(rows)
    for _ in range(2):
        found = part.solved(
            x, free, task.limits, task.watch, seconds=task.seconds / 2, nodes=_MENDING_NODES
        )
        if found is not None and not len(broken(task.formulation, found)):
            return found
        matrix = task.formulation.program.matrix
        free = part.columns_of(np.unique(matrix[:, free].indices))
    return None


def broken(formulation: Formulation, x: Floats) -> Ints:
    """Return the rows of the program that places break, with the best values beside them."""
    program = formulation.program
    point = formulation.point(formulation.problem.layout.to_places(x))
    activity = program.matrix @ point
    excess = np.maximum(program.row_lower - activity, activity - program.row_upper)
    ends = np.minimum(np.abs(program.row_lower), np.abs(program.row_upper))
    return np.flatnonzero(excess > TOLERANCE / 10 * np.maximum(1.0, ends))


def improved(task: Task, x: Floats) -> Floats:
    """Improve places until no neighbourhood does, the time is over or the target is reached.

    A neighbourhood is the courses that share a row whose price is not 0, or some courses drawn at
    random by the seed; everything else stays. What comes out does not depend on the clock, as
    long as the time is not over.
    """
    formulation, watch = task.formulation, task.watch
    part = Neighbourhood(formulation, sparse.csr_array(formulation.program.matrix))
    end = time.perf_counter() + task.seconds
    value = _value(formulation, x)
    rng = np.random.default_rng(task.limits.seed)
    gained = True
    while gained:
        gained = False
        for free in _neighbourhoods(task, part, rng):
            left = end - time.perf_counter()
            watch.found(value)
            if watch.late(end) or watch.stopped or watch.best <= watch.target:
                return x
            found = part.solved(
                x, free, task.limits, watch, steps=_STEPS, seconds=left, nodes=_NODES
            )
            if found is None or len(broken(formulation, found)):
                continue
            better = _value(formulation, found)
            if better < value - _LEAST * max(1.0, abs(value)):
                x, value, gained = found, better, True
    return x


def _value(formulation: Formulation, x: Floats) -> float:
    return formulation.program.value(formulation.point(formulation.problem.layout.to_places(x)))


def _neighbourhoods(task: Task, part: Neighbourhood, rng: np.random.Generator) -> Iterator[Ints]:
    """Yield sets of columns: the courses of each priced row, then courses drawn at random."""
    formulation = task.formulation
    per_course = formulation.problem.layout.per_course
    priced = np.zeros(len(formulation.program.row_lower), dtype=bool)
    for block in formulation.rows:
        if set(block.coefficients) == {PLACES}:
            where = formulation.program.rows[block.name]
            priced[where] = np.abs(task.relaxation.multipliers[where]) > _PRICED
    sets = {
        own.tobytes(): own
        for own in (part.columns_of(np.array([row])) for row in np.flatnonzero(priced))
        if per_course < len(own) <= _FREE
    }
    yield from sorted(sets.values(), key=len, reverse=True)
    every = rng.permutation(len(formulation.step) // per_course)
    count = max(1, _DRAWN // per_course)
    for start in range(0, len(every), count):
        some = np.sort(every[start : start + count])
        yield (some[:, None] * per_course + np.arange(per_course)).ravel()
