"""Linear programs as arrays, and the bound that any multipliers prove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class LinearProgram:
    """``min cost · x + offset`` with ``row_lower ≤ A x ≤ row_upper`` in a box.

    Parameters
    ----------
    matrix : scipy.sparse.csc_array, shape (m, n)
        The coefficients A.
    cost, lower, upper : array, shape (n,)
        Cost and bounds of each column.
    row_lower, row_upper : array, shape (m,)
        Bounds of each row, infinite where there is none.
    offset : float
        Constant of the objective.
    columns, rows : mapping of str to slice
        Where each named block of columns and rows lies.
    """

    matrix: sparse.csc_array
    cost: Floats
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    offset: float
    columns: Mapping[str, slice]
    rows: Mapping[str, slice]

    def value(self, x: Floats) -> float:
        """Return the objective at a point."""
        return float(np.sum(self.cost * x)) + self.offset

    def without_cost(self) -> LinearProgram:
        """Return the same rows and box with nothing to minimise."""
        return replace(self, cost=np.zeros_like(self.cost), offset=0.0)

    def largest_violation(self, x: Floats) -> float:
        """Return how far a point is outside, relative to max(1, |limit|)."""
        activity = self.matrix @ x
        return max(
            _worst(self.lower - x, self.lower),
            _worst(x - self.upper, self.upper),
            _worst(self.row_lower - activity, self.row_lower),
            _worst(activity - self.row_upper, self.row_upper),
        )


def _worst(excess: Floats, limit: Floats) -> float:
    """Return the largest excess over a finite limit, relative to max(1, |limit|)."""
    finite = np.isfinite(limit)
    relative = excess[finite] / np.maximum(1.0, np.abs(limit[finite]))
    return float(np.max(relative, initial=0.0))


def lagrangian_bound(lp: LinearProgram, multipliers: Floats) -> float:
    """Return a lower bound on the optimum, by weak duality.

    For multipliers y of the rows, ``y · Ax`` is at least the value it takes at the row bounds,
    so the least value of ``cost · x − y · Ax`` over the box, plus those row terms, is never
    above the optimum, whatever y is. A multiplier that leans on a missing row bound is set
    to 0 first.

    Parameters
    ----------
    lp : LinearProgram
    multipliers : array, shape (m,)
        Any numbers; duals of the optimum give the best bound.

    Returns
    -------
    float
        The bound; −inf if a column without a finite bound can lower the value for ever.
    """
    y = np.where(np.isfinite(multipliers), multipliers, 0.0)
    y = np.where((y > 0) & np.isneginf(lp.row_lower), 0.0, y)
    y = np.where((y < 0) & np.isposinf(lp.row_upper), 0.0, y)
    reduced = lp.cost - lp.matrix.T @ y
    row_limit = np.where(y > 0, lp.row_lower, lp.row_upper)
    column_limit = np.where(reduced > 0, lp.lower, lp.upper)
    row_part = np.sum(y[y != 0] * row_limit[y != 0])
    column_part = np.sum(reduced[reduced != 0] * column_limit[reduced != 0])
    return float(row_part + column_part) + lp.offset


def proves_infeasible(lp: LinearProgram, ray: Floats) -> bool:
    """Say whether row multipliers prove that no point satisfies the rows (Farkas)."""
    largest = float(np.max(np.abs(ray), initial=0.0))
    if largest == 0.0 or not np.isfinite(largest):
        return False
    y = ray / largest
    pure = lp.without_cost()
    finite = [
        np.where(np.isfinite(limit), np.abs(limit), 0.0) for limit in (lp.row_lower, lp.row_upper)
    ]
    scale = max(1.0, float(np.abs(y) @ np.maximum(*finite)))
    return max(lagrangian_bound(pure, y), lagrangian_bound(pure, -y)) > 1e-9 * scale
