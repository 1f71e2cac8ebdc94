"""Improve places of a small problem turn by turn, as the tree over it grows.

In each turn the plan is held against some relaxations: what a plan and one of them agree on stays
(Danna, Rothberg and Le Pape, "Exploring relaxation induced neighborhoods to improve MIP solutions",
Mathematical Programming 102 (2005)). Then a year may change, or a quarter of the courses.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from commission_opt.allocation.improve import LEAST, NODES, broken, value_of
from commission_opt.allocation.neighbourhood import Neighbourhood
from commission_opt.allocation.task import Task
from commission_opt.arrays import Floats, Ints
from commission_opt.formulation.assemble import Formulation
from commission_opt.solvers.status import Result, Status

_PARTS = 4  # of the courses of a small problem, each of which changes at once


def further(task: Task, turn: int) -> tuple[Result, Floats | None]:
    """Improve the plan that there is, once over the neighbourhoods of a turn.

    Parameters
    ----------
    task : Task
        With a plan to start from. It is held against the points of its relaxation, the first of
        which is left to the first turn, and against the relaxation where it has none.
    turn : int
        Of how many before; it draws other courses.
    """
    assert task.start is not None
    formulation, watch = task.formulation, task.watch
    x = formulation.problem.layout.to_columns(task.start)
    value, end = value_of(task, x), watch.now() + task.seconds
    part = Neighbourhood(formulation, sparse.csr_array(formulation.program.matrix))

    def sets() -> Iterator[Ints]:
        points = task.relaxation.points or (task.relaxation.columns,)
        for point in points[min(turn, 1) * (len(points) > 1) :]:
            yield apart(formulation, x, point)  # from the best plan at that moment
        yield from wide(formulation, np.random.default_rng((task.limits.seed, turn)))

    for free in sets():
        left = end - watch.now()
        watch.found(value)
        if watch.late(end) or watch.stopped or watch.best <= watch.target:
            break
        if not len(free):
            continue
        found = part.solved(x, free, task.limits, watch, seconds=left, nodes=NODES)
        if found is None or len(broken(formulation, found)):
            continue
        better = value_of(task, found)
        if better < value - LEAST * max(1.0, abs(value)):
            x, value = found, better
    return Result(Status.LIMIT), x


def apart(formulation: Formulation, x: Floats, point: Floats) -> Ints:
    """Return the columns in which a plan is nearer to other numbers than a point is to its own."""
    return np.flatnonzero(np.abs(x - point) >= 0.5 * formulation.step)


def wide(formulation: Formulation, rng: np.random.Generator) -> Iterator[Ints]:
    """Yield sets of columns of a small problem: those of each year, and quarters of the courses."""
    layout = formulation.problem.layout
    if layout.grid.shape[1] > 1:
        yield from (np.unique(layout.grid[:, k]) for k in range(layout.grid.shape[1]))
    every = np.array_split(rng.permutation(layout.n_lines), _PARTS)
    yield from (layout.columns_of(np.sort(some)) for some in every if len(some))
