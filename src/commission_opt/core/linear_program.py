"""Linear programs as arrays, and the bound that any multipliers prove."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints

_EPS = 2.0**-52  # twice the unit roundoff: room for the rounding of the errors themselves
_TINY = 2.0**-500  # a smaller multiplier counts as 0, as products of two such do not underflow


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
            largest_excess(self.lower - x, self.lower),
            largest_excess(x - self.upper, self.upper),
            largest_excess(self.row_lower - activity, self.row_lower),
            largest_excess(activity - self.row_upper, self.row_upper),
        )


def largest_excess(excess: Floats, limit: Floats) -> float:
    """Return the largest excess over a finite limit, relative to max(1, |limit|)."""
    finite = np.isfinite(limit)
    relative = excess[finite] / np.maximum(1.0, np.abs(limit[finite]))
    return float(np.max(relative, initial=0.0))


def activity_range(
    matrix: sparse.csr_array | sparse.csc_array, lower: Floats, upper: Floats
) -> tuple[Floats, Floats]:
    """Return the least and the largest activity of rows over a box.

    Parameters
    ----------
    matrix : sparse array, shape (m, n)
    lower, upper : array, shape (n,)
        Ends of the box; may be infinite.

    Returns
    -------
    least, most : array, shape (m,)
    """
    up, down = matrix.maximum(0), matrix.minimum(0)
    with np.errstate(invalid="ignore"):
        return up @ lower + down @ upper, up @ upper + down @ lower


@dataclass(frozen=True, eq=False)
class Priced:
    """A program whose rows are priced by multipliers.

    Parameters
    ----------
    multipliers : array, shape (m,)
        Finite; 0 where they would lean on a missing row bound.
    cost : array, shape (n,)
        Reduced costs, ``cost − Aᵀ multipliers``.
    error : array, shape (n,)
        How far rounding may have taken each of them from its true value.
    """

    multipliers: Floats
    cost: Floats
    error: Floats


def priced(lp: LinearProgram, multipliers: Floats) -> Priced:
    """Price the rows of a program by any multipliers.

    The error of a sum of k products is at most γ_k times the sum of their sizes, in whatever
    order they are added (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1).
    """
    y = np.where(np.isfinite(multipliers), multipliers, 0.0)
    y[((y > 0) & np.isneginf(lp.row_lower)) | ((y < 0) & np.isposinf(lp.row_upper))] = 0.0
    y[np.abs(y) < _TINY] = 0.0
    if not y.any():
        return Priced(y, lp.cost, np.zeros_like(lp.cost))
    matrix = lp.matrix
    count = np.diff(matrix.indptr)
    some = count > 0
    starts = matrix.indptr[:-1][some]
    cost, size = lp.cost.astype(float), np.abs(lp.cost)
    with np.errstate(over="ignore", invalid="ignore"):
        products = matrix.data * y[matrix.indices]
        cost[some] -= np.add.reduceat(products, starts) if len(starts) else 0.0
        size[some] += np.add.reduceat(np.abs(products), starts) if len(starts) else 0.0
        return Priced(y, cost, (count + 4) * _EPS * (size + _TINY) * some)


def lagrangian_bound(lp: LinearProgram, multipliers: Floats) -> float:
    """Return a lower bound on the optimum, by weak duality.

    For multipliers y of the rows, ``y · Ax`` is at least the value it takes at the row bounds,
    so the least value of ``cost · x − y · Ax`` over the box, plus those row terms, is never
    above the optimum, whatever y is. A multiplier that leans on a missing row bound is set
    to 0 first. What rounding may have added is taken off, so that this holds for the float that
    is returned.

    Parameters
    ----------
    multipliers : array, shape (m,)
        Any numbers; duals of the optimum give the best bound.

    Returns
    -------
    float
        The bound; −inf if a column without a finite bound can lower the value for ever, or if
        multipliers are too large to tell.
    """
    costs = priced(lp, multipliers)
    products, errors = box_terms(lp, costs)
    return rounded_down([lp.offset], np.concatenate([row_terms(lp, costs), products]), errors)


def row_terms(lp: LinearProgram, costs: Priced) -> Floats:
    """Return what the bounds of priced rows contribute to the bound, each known within 1 ulp."""
    y = costs.multipliers
    limit = np.where(y > 0, lp.row_lower, lp.row_upper)
    with np.errstate(over="ignore"):
        return np.asarray(y[y != 0] * limit[y != 0])


def box_terms(
    lp: LinearProgram, costs: Priced, without: Ints | None = None
) -> tuple[Floats, Floats]:
    """Return the least that columns contribute, known within 1 ulp, and errors to take off.

    Parameters
    ----------
    without : array of int, optional
        Columns to leave out.

    Notes
    -----
    A reduced cost within its error of 0 may have either sign, so that its error counts at the end
    of the box that is farther from 0.
    """
    reduced, error = costs.cost.copy(), costs.error.copy()
    limit = np.where(reduced > 0, lp.lower, lp.upper)
    farthest = np.maximum(np.abs(lp.lower), np.abs(lp.upper))
    doubtful = (np.abs(reduced) <= error) & (error > 0) & np.isfinite(error)
    reach = np.where(doubtful, farthest, np.abs(limit))
    for j in np.flatnonzero(doubtful & np.isinf(farthest)):
        exact = _exactly(lp, costs.multipliers, int(j))
        size = max(abs(float(exact)), _TINY)
        reduced[j] = size * ((exact > 0) - (exact < 0))
        error[j] = (_EPS * size + _TINY) * (exact != 0)
        limit[j] = lp.lower[j] if exact > 0 else lp.upper[j]
        reach[j] = abs(limit[j])
    some = (reduced != 0) | (error != 0)
    if without is not None:
        some[without] = False
    with np.errstate(over="ignore", invalid="ignore"):
        return reduced[some] * limit[some], error[some] * reach[some]


def _exactly(lp: LinearProgram, y: Floats, column: int) -> Fraction:
    """Return a reduced cost without rounding."""
    matrix = lp.matrix
    at = slice(matrix.indptr[column], matrix.indptr[column + 1])
    total = Fraction(float(lp.cost[column]))
    for a, row in zip(matrix.data[at].tolist(), matrix.indices[at].tolist(), strict=True):
        total -= Fraction(a) * Fraction(float(y[row]))
    return total


def rounded_down(constants: Sequence[float], products: Floats, errors: Floats) -> float:
    """Return a float that is not above the sum of constants and products less errors.

    Parameters
    ----------
    constants : sequence of float
        Exact.
    products : array
        Each known within 1 ulp.
    errors : array
        Not negative.

    Returns
    -------
    float
        −inf if a number is not finite.
    """
    summed = np.concatenate([constants, products[products != 0]])
    count = len(summed) + len(errors)
    with np.errstate(over="ignore"):
        rounding = 2.0 * _EPS * float(np.sum(np.abs(summed)))
        error = (float(np.sum(errors)) + rounding) * (1.0 + count * _EPS) + _TINY * count
    if not np.isfinite(error):
        return -np.inf
    if len(summed) == 1 and len(constants) == 1 and not errors.any():
        return float(summed[0])
    return math.nextafter(math.fsum(summed) - error, -math.inf)


def proves_infeasible(lp: LinearProgram, ray: Floats) -> bool:
    """Say whether row multipliers prove that no point satisfies the rows (Farkas).

    The bound that they give to a program without costs must be above 0 by a billionth of the ends
    of rows that they price, or of all terms of the bound where these are below 1: so a proof is
    judged alike in pounds, in pennies and in millions.
    """
    largest = float(np.max(np.abs(ray), initial=0.0))
    if largest == 0.0 or not np.isfinite(largest):
        return False
    pure, y = lp.without_cost(), ray / largest
    ends = [
        np.where(np.isfinite(limit), np.abs(limit), 0.0) for limit in (lp.row_lower, lp.row_upper)
    ]
    priced_ends = float(np.abs(y) @ np.maximum(*ends))

    def proves(multipliers: Floats) -> bool:
        costs = priced(pure, multipliers)
        products, errors = box_terms(pure, costs)
        terms = np.concatenate([row_terms(pure, costs), products])
        least = max(priced_ends, min(1.0, float(np.sum(np.abs(terms)))))
        return rounded_down([0.0], terms, errors) > 1e-9 * least

    return proves(y) or proves(-y)
