"""Improve places of a stage that holds earlier ones, by branch and bound in small boxes.

What is held ties every course to all others, so that the program of a neighbourhood is nearly that
of the stage. In a small box most hinges have their knot outside of what the box can reach: what is
below it costs in proportion, what is above it nothing, and neither needs a column. What is left is
an objective, a row for each cap, the rows that the box can break, and a column for each knot within
reach: a tenth of the stage, which branch and bound can get along with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from commission_opt.allocation.improve import broken, value_of
from commission_opt.allocation.neighbourhood import moved
from commission_opt.allocation.search.landscape import Landscape
from commission_opt.allocation.task import Task
from commission_opt.allocation.whole import whole_program
from commission_opt.arrays import Floats, Ints
from commission_opt.core.linear_program import LinearProgram, activity_range
from commission_opt.solvers.status import Limits, Watch

_AT_ONCE = 200  # decisions that may all move at once
_DRAWN = 120  # the same, where there are more
_NODES = 30
_SHARE = 0.25  # of the time that is left for one part of the courses
_LEAST = 1e-7  # least relative gain that counts


@dataclass(frozen=True, eq=False)
class SmallPrograms:
    """The small programs of a landscape.

    Parameters
    ----------
    land : Landscape
    reach, use : scipy.sparse.csc_array
        Those of the landscape, by column.
    """

    land: Landscape
    reach: sparse.csc_array
    use: sparse.csc_array

    def box(
        self, x: Floats, free: Ints, steps: float, beside: Floats | None = None
    ) -> tuple[Floats, Floats]:
        """Return admissible bounds within so many steps of some places, or of others too."""
        land, low, high = self.land, x.copy(), x.copy()
        for at in (x, x if beside is None else beside):
            reach = steps * land.step[free]
            low[free] = np.minimum(low[free], np.maximum(at[free] - reach, land.lower[free]))
            high[free] = np.maximum(high[free], np.minimum(at[free] + reach, land.upper[free]))
        step, smallest = land.step[free], land.smallest[free]
        least, most = np.floor(low[free] / step) * step, np.ceil(high[free] / step) * step
        open_end = np.where(land.lower[free] < smallest, land.lower[free], smallest)
        least = np.where(least < smallest, open_end, least)
        most = np.where((most > 0) & (most < smallest), smallest, most)
        low[free] = np.minimum(np.maximum(least, land.lower[free]), x[free])
        high[free] = np.maximum(np.minimum(most, land.upper[free]), x[free])
        return low, high

    def solved(
        self,
        x: Floats,
        box: tuple[Floats, Floats],
        limits: Limits,
        watch: Watch,
        *,
        seconds: float,
        nodes: int,
        gap: float = 4e-5,
    ) -> Floats | None:
        """Return the best places found in a box.

        Parameters
        ----------
        x : array, shape (n,)
            Admissible places in the box that keep every row and what is held.
        box : pair of arrays, shape (n,)
            Least and most of each decision column, in admissible numbers.
        limits : Limits
        watch : Watch
            Can stop the search.
        seconds, nodes, gap : float, int, float
            Time, nodes of the tree, and a relative gap at which to end.

        Returns
        -------
        array, shape (n,), or None
            None if nothing was found.
        """
        free = np.flatnonzero(box[1] > box[0])
        if not len(free):
            return None
        program, fill = self.program(x, free, box)
        whole = whole_program(program, self.land.step[free], self.land.smallest[free])
        own = watch.inner(watch.target)
        start, within = whole.from_point(fill), replace(limits, gap=gap)
        return moved(whole, x, free, start, within, own, seconds=seconds, nodes=nodes)

    def program(
        self, x: Floats, free: Ints, box: tuple[Floats, Floats]
    ) -> tuple[LinearProgram, Floats]:
        """Return the program over the free columns of a box, shape (n,), and its point at x."""
        land, count, box = self.land, len(free), (box[0][free], box[1][free])
        caps, hinges = land.caps, land.hinges
        own = self.reach[:, free]
        cells = np.unique(own.indices).astype(np.int64)
        reach = sparse.csr_array(own)[cells]
        now = np.asarray(self.reach @ x)
        least, most = activity_range(reach, *box)
        knots = hinges.knots[:, cells] - now[cells] + reach @ x[free]
        level, cell = np.nonzero((knots > least) & (knots < most))
        # The objective, then the caps: what they count for each knot.
        counts = np.concatenate(
            [hinges.slopes[None, :, cells], np.moveaxis(caps.dense(cells), 2, 0)]
        )
        some = counts[:, level, cell].any(axis=0)
        level, cell = level[some], cell[some]
        rows = np.hstack(
            [-np.sum(counts * (knots >= most), axis=1) @ reach, counts[:, level, cell]]
        )
        rows[0, :count] += hinges.linear[free]
        beyond = knots[level, cell] - least[cell]
        point = np.append(x[free], np.maximum(knots[level, cell] - reach[cell] @ x[free], 0.0))
        below = np.maximum(hinges.knots - now, 0.0)
        value = float(np.sum(hinges.slopes * below) + hinges.linear @ x) + hinges.offset
        capped = caps.summed(caps.counted(below, slice(None)), slice(None))
        room = caps.most - capped + rows[1:] @ point
        use, ends = self._rows(x, free, box)
        lifted = sparse.hstack([reach[cell], sparse.eye_array(len(cell))])
        wide = sparse.hstack([use, sparse.csr_array((use.shape[0], len(cell)))])
        matrix = sparse.vstack([lifted, wide, sparse.csr_array(rows[1:])])
        lower = np.append(box[0], np.zeros(len(cell)))
        upper = np.append(box[1], beyond)
        cost, offset = rows[0], value - float(rows[0] @ point)
        if caps.aimed.any():  # a column for the largest of what is aimed at, above its least
            above = float(np.max((capped - caps.most)[caps.aimed]))
            largest = np.zeros((matrix.shape[0], 1))
            largest[matrix.shape[0] - len(caps) :][caps.aimed] = -1.0
            matrix = sparse.hstack([matrix, sparse.csr_array(largest)])
            cost, offset = np.append(np.zeros_like(cost), 1.0), caps.least
            lower, upper = np.append(lower, min(0.0, above)), np.append(upper, max(0.0, above))
            point = np.append(point, above)
        return LinearProgram(
            sparse.csc_array(matrix), cost, lower, upper,
            np.concatenate([knots[level, cell], ends[0], np.full(len(caps), -np.inf)]),
            np.concatenate([np.full(len(cell), np.inf), ends[1], room]),
            offset, {}, {},
        ), point  # fmt: skip

    def _rows(
        self, x: Floats, free: Ints, box: tuple[Floats, Floats]
    ) -> tuple[sparse.csr_array, tuple[Floats, Floats]]:
        """Return the rows over free columns that the box can break, and their ends."""
        own = sparse.csr_array(self.use[:, free])
        fixed = self.use @ x - own @ x[free]
        lower, upper = self.land.least - fixed, self.land.most - fixed
        least, most = activity_range(own, *box)
        some = np.flatnonzero((least < lower) | (most > upper))
        return own[some], (lower[some], upper[some])


def small_programs(land: Landscape) -> SmallPrograms:
    """Make ready for small programs of a landscape."""
    return SmallPrograms(land, sparse.csc_array(land.hinges.reach), sparse.csc_array(land.use))


def improved_near(task: Task, land: Landscape, x: Floats) -> Floats:
    """Improve places until the gap asked for is reached, nothing gains, or the time is over.

    All courses may move by a step, from there or from the relaxation, if these are not too many at
    once; else a part of them after the other, drawn by the seed.

    Parameters
    ----------
    task : Task
    land : Landscape
        Of its stage.
    x : array, shape (n,)
        Places that keep every row and what is held.
    """
    formulation, watch = task.formulation, task.watch
    programs = small_programs(land)
    rng, end = np.random.default_rng(task.limits.seed), watch.now() + task.seconds

    def boxes() -> Iterator[tuple[Floats, Floats]]:
        before = np.inf
        while value < before:
            before = value
            for free in _drawn(task, rng):
                yield programs.box(x, free, 1.0, task.relaxation.columns)
            if len(x) <= _AT_ONCE:
                break

    value = value_of(task, x)
    for box in boxes():
        left = end - watch.now()
        watch.found(value)
        if watch.late(end) or watch.stopped or watch.best <= watch.target:
            break
        part = 1.0 if len(x) <= _AT_ONCE else _SHARE
        found = programs.solved(x, box, task.limits, watch, seconds=part * left, nodes=_NODES)
        if found is None or len(broken(formulation, found)):
            continue
        if (better := value_of(task, found)) < value - _LEAST * max(1.0, abs(value)):
            x, value = found, better
    return x


def _drawn(task: Task, rng: np.random.Generator) -> Iterator[Ints]:
    """Yield the decision columns of some courses after the other, until all had their turn."""
    layout = task.formulation.problem.layout
    count = layout.n_lines
    if layout.size > _AT_ONCE:
        count = max(1, _DRAWN * layout.n_lines // layout.size)
    every = rng.permutation(layout.n_lines)
    for start in range(0, len(every), count):
        yield layout.columns_of(np.sort(every[start : start + count]))
