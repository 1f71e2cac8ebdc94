"""Rows whose own columns are minimised away: a column that is in one row only is a step of it.

A row ``L ≤ a + Σ_j α_j u_j ≤ U`` with columns u_j that are in no other row, at cost γ_j within
[l_j, h_j], adds a concave, piecewise linear function D of its multiplier y to the Lagrangian. The
slope of D falls by ``|α_j| (h_j − l_j)`` at the kink ``κ_j = γ_j / α_j``, where u_j moves from one
end to the other, and by U − L at 0. So such columns need no variables: a proximal step over y walks
down the staircase, and the cheapest columns for an activity a are read off it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.core.linear_program import LinearProgram

_MOST = 8  # own columns of a row; a row with more keeps them all as variables


@dataclass(frozen=True, eq=False)
class Staircase:
    """The rows of a program without the columns that are in one row only.

    Parameters
    ----------
    least, most : array, shape (m,)
        Ends of the rows.
    rows : array of int, shape (r,)
        Rows that have own columns.
    start : array, shape (r,)
        Slope of their D below every kink.
    kinks, drops : array, shape (levels, r)
        Where the slope falls, ascending, and by how much; ∞ and 0 where there is nothing.
    column, coefficient : array, shape (levels, r)
        The column behind a kink, −1 for the fall at 0 and where there is nothing; and what it has
        in its row.
    below, above : array, shape (r,)
        Least and most multiplier: 0 where the row has no such end.
    """

    least: Floats
    most: Floats
    rows: Ints
    start: Floats
    kinks: Floats
    drops: Floats
    column: Ints
    coefficient: Floats
    below: Floats
    above: Floats

    def scaled(self, factors: Floats) -> Staircase:
        """Return the staircase of rows that are multiplied by factors."""
        own = factors[self.rows]
        return replace(
            self,
            least=self.least * factors,
            most=self.most * factors,
            start=self.start * own,
            kinks=self.kinks / own,
            drops=self.drops * own,
        )

    def proximal(self, multipliers: Floats, activity: Floats, step: float) -> Floats:
        """Return ``argmax_y D(y) − y · activity − |y − multipliers|² / (2 step)``.

        Parameters
        ----------
        multipliers, activity : array, shape (m,)

        Returns
        -------
        array, shape (m,)
        """
        moved = multipliers - step * activity
        # Where an end is missing this is ∓∞, which leaves 0.
        y = np.maximum(moved + step * self.least, 0.0) + np.minimum(moved + step * self.most, 0.0)
        if len(self.rows):
            own = self._own_rows()
            y[own] = self._walked(moved[own] + step * self.start, step)
        return y

    def _own_rows(self) -> slice | Ints:
        """Return the rows with own columns, as a slice if they lie side by side."""
        first, last = int(self.rows[0]), int(self.rows[-1])
        return slice(first, last + 1) if last - first < len(self.rows) else self.rows

    def _walked(self, value: Floats, step: float) -> Floats:
        y, passed = value.copy(), np.zeros_like(value)
        for kink, drop in zip(self.kinks, self.drops, strict=True):
            fall = step * drop
            y -= np.clip(value - passed - kink, 0.0, fall)
            passed += fall
        return np.asarray(np.clip(y, self.below, self.above))


def staircase(program: LinearProgram) -> tuple[Staircase, Ints]:
    """Take the columns that are in one row only into their rows.

    Returns
    -------
    staircase : Staircase
    kept : array of int
        The other columns.
    """
    column, row, alpha = _own(program)
    least, most = program.row_lower, program.row_upper
    low, high = program.lower[column], program.upper[column]
    rows, position = np.unique(row, return_inverse=True)
    start = np.where(np.isfinite(most), most, np.where(np.isfinite(least), least, 0.0))[rows]
    start -= np.bincount(position, np.where(alpha > 0, alpha * low, alpha * high), len(rows))
    both = np.flatnonzero(np.isfinite(least[rows]) & np.isfinite(most[rows]))
    where = np.concatenate([position, both])
    kink = np.concatenate([program.cost[column] / alpha, np.zeros(len(both))])
    drop = np.concatenate([np.abs(alpha) * (high - low), (most - least)[rows[both]]])
    behind = np.concatenate([column, np.full(len(both), -1)])
    own = np.concatenate([alpha, np.ones(len(both))])

    order = np.lexsort((kink, where))
    first = np.searchsorted(where[order], np.arange(len(rows)))
    level = np.arange(len(order)) - first[where[order]]
    shape = int(level.max(initial=-1)) + 1, len(rows)
    kinks, drops, columns = np.full(shape, np.inf), np.zeros(shape), np.full(shape, -1)
    coefficients, at = np.ones(shape), (level, where[order])
    kinks[at], drops[at], columns[at] = kink[order], drop[order], behind[order]
    coefficients[at] = own[order]
    kept = np.setdiff1d(np.arange(len(program.cost)), column)
    below = np.where(np.isposinf(most[rows]), 0.0, -np.inf)
    above = np.where(np.isneginf(least[rows]), 0.0, np.inf)
    stairs = Staircase(least, most, rows, start, kinks, drops, columns, coefficients, below, above)
    return stairs, kept


def _own(program: LinearProgram) -> tuple[Ints, Ints, Floats]:
    """Return the columns that are in one row only, their rows and their coefficients."""
    matrix = sparse.csc_array(program.matrix)
    entries = np.diff(matrix.indptr)
    single = (entries == 1) & np.isfinite(program.lower) & np.isfinite(program.upper)
    column = np.flatnonzero(single)
    at = matrix.indptr[column]
    row, alpha = matrix.indices[at].astype(np.int64), matrix.data[at]
    many = np.bincount(row, minlength=matrix.shape[0])[row] > _MOST
    kept = (alpha != 0) & ~many
    return column[kept], row[kept], alpha[kept]


def filled(program: LinearProgram, stairs: Staircase, x: Floats) -> Floats:
    """Return a point with the cheapest own columns for the others.

    Parameters
    ----------
    stairs : Staircase
        Of the program, not scaled.
    x : array, shape (n,)
        A point; its own columns do not count.

    Returns
    -------
    array, shape (n,)
        Where no own columns bring a row between its ends, they come as near as they can.
    """
    point = x.copy()
    real = stairs.column >= 0
    column = stairs.column[real]
    point[column] = 0.0
    drops, cheap = np.where(real, stairs.drops, 0.0), stairs.kinks < 0
    activity = (program.matrix @ point)[stairs.rows]
    ends = stairs.most[stairs.rows], stairs.least[stairs.rows]
    base = np.where(np.isfinite(ends[0]), ends[0], np.where(np.isfinite(ends[1]), ends[1], 0.0))
    now = activity + (base - stairs.start) + np.sum(drops * cheap, axis=0)
    short, beyond = np.maximum(ends[1] - now, 0.0), np.maximum(now - ends[0], 0.0)
    up, down = drops * ~cheap, (drops * cheap)[::-1]
    raised = np.clip(short - (np.cumsum(up, axis=0) - up), 0.0, up)
    dropped = np.clip(beyond - (np.cumsum(down, axis=0) - down), 0.0, down)[::-1]
    used = (raised + np.where(cheap, drops, 0.0) - dropped)[real]
    alpha = stairs.coefficient[real]
    low, high = program.lower[column], program.upper[column]
    point[column] = np.clip(np.where(alpha > 0, low, high) + used / alpha, low, high)
    return point
