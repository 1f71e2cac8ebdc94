"""Branch and bound in a neighbourhood: a few courses may change, all others stay."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from commission_opt.allocation.settled import pointed
from commission_opt.allocation.whole import WholeProgram, whole_program
from commission_opt.arrays import Floats, Ints
from commission_opt.core.linear_program import LinearProgram
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.parts import PLACES
from commission_opt.solvers.highs import solve_integer
from commission_opt.solvers.status import Limits, Watch


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """A part of a stage that is small enough to be solved at once.

    Parameters
    ----------
    formulation : Formulation
    by_row : scipy.sparse.csr_array
        The matrix of its program, by row.
    """

    formulation: Formulation
    by_row: sparse.csr_array

    def columns_of(self, rows: Ints) -> Ints:
        """Return the decision columns of every course in some rows of the program."""
        layout, touched = self.formulation.problem.layout, np.unique(self.by_row[rows].indices)
        return layout.columns_of(np.unique(layout.line[touched[touched < layout.size]]))

    def solved(
        self,
        x: Floats,
        free: Ints,
        limits: Limits,
        watch: Watch,
        *,
        steps: float = np.inf,
        seconds: float,
        nodes: int,
        gap: float = 4e-5,
    ) -> Floats | None:
        """Return the best places found when only some columns may change.

        Parameters
        ----------
        x : array, shape (n,)
            Decision columns; they may break rows, if others in the neighbourhood can mend them.
        free : array of int
            Columns that may change.
        limits : Limits
        watch : Watch
            Can stop the search, which ends where what it finds reaches the target.
        steps : float
            How many cohort steps each column may move.
        seconds, nodes, gap : float, int, float
            Time, nodes of the tree, and a relative gap at which to end.

        Returns
        -------
        array, shape (n,), or None
            None if nothing was found.
        """
        formulation = self.formulation
        part = self._part(x, free, steps)
        whole = whole_program(part, formulation.step[free], formulation.smallest[free])
        now = pointed(formulation, formulation.problem.layout.to_amounts(x))
        start = whole.from_point(now[self._columns(free)])
        wanted = watch.target - formulation.program.value(now)
        inner = watch.inner(whole.program.value(start) + wanted)
        within = replace(limits, gap=gap)
        return moved(whole, x, free, start, within, inner, seconds=seconds, nodes=nodes)

    def _columns(self, free: Ints) -> Ints:
        """Return the free columns and those beside the places that depend on them."""
        n, program = len(self.formulation.step), self.formulation.program
        beside = self._touching(self._rows(free))
        beside = beside[beside >= n]
        further = self._touching(self._rows(beside))
        further = further[(further >= n) & (program.cost[further] != 0)]
        last = np.flatnonzero(np.isin(beside, further, invert=True))
        return np.concatenate([free, beside[last], further])

    def _rows(self, columns: Ints) -> Ints:
        return np.asarray(np.unique(self.formulation.program.matrix[:, columns].indices))

    def _touching(self, rows: Ints) -> Ints:
        return np.asarray(np.unique(self.by_row[rows].indices))

    def _part(self, x: Floats, free: Ints, steps: float) -> LinearProgram:
        formulation, program = self.formulation, self.formulation.program
        columns = self._columns(free)
        rows = self._rows(columns)
        now = pointed(formulation, formulation.problem.layout.to_amounts(x))
        sub = self.by_row[rows]
        matrix = sparse.csc_array(sparse.csc_array(sub)[:, columns])
        fixed = sub @ now - matrix @ now[columns]
        lower, upper = program.lower[columns].copy(), program.upper[columns].copy()
        count = len(free)
        lower[:count], upper[:count] = self._near(x[free], free, steps)
        return replace(
            program,
            matrix=matrix,
            cost=program.cost[columns],
            lower=lower,
            upper=upper,
            row_lower=program.row_lower[rows] - fixed,
            row_upper=program.row_upper[rows] - fixed,
            columns={PLACES: slice(0, count)},
            rows={},
        )

    def _near(self, x: Floats, free: Ints, steps: float) -> tuple[Floats, Floats]:
        """Return admissible bounds around some places."""
        formulation, program = self.formulation, self.formulation.program
        smallest, reach = formulation.smallest[free], steps * formulation.step[free]
        lower, upper = program.lower[free], program.upper[free]
        low, high = np.maximum(lower, x - reach), np.minimum(upper, x + reach)
        low = np.where(low < smallest, np.where(lower < smallest, lower, smallest), low)
        high = np.where(high < smallest, np.minimum(smallest, upper), high)
        return np.minimum(low, x), np.maximum(high, x)


def moved(
    whole: WholeProgram,
    x: Floats,
    free: Ints,
    start: Floats,
    limits: Limits,
    watch: Watch,
    *,
    seconds: float,
    nodes: int,
) -> Floats | None:
    """Return places with the best free columns that branch and bound finds; None if none."""
    result = solve_integer(
        whole.program, whole.integer, limits, watch, seconds=seconds, start=start, nodes=nodes
    )
    if result.x is None:
        return None
    found = x.copy()
    found[free] = whole.to_columns(result.x)
    return found
