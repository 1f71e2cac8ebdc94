"""Programs that tie few decisions to very many rows, solved by their dual.

What a row and the columns in it alone do to the Lagrangian bound hangs on its multiplier alone, and
is concave and linear in pieces (``solvers.staircase``). So the dual has a row only for each of the
other columns, and a column for each piece. Where the same places are tied to the shortages of many
futures, its basis is small.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.core.linear_program import LinearProgram, activity_range
from commission_opt.solvers.highs import solve_linear
from commission_opt.solvers.staircase import Staircase, filled, staircase
from commission_opt.solvers.status import Limits, Result, Status, Watch

_MANY = 50_000  # coefficients below which a program is solved at once either way
_TIMES = 10  # as many rows as columns of several rows, from which the basis of the dual is small


def has_few(program: LinearProgram) -> bool:
    """Say whether the dual of a program is much the smaller one to factorise."""
    if program.matrix.nnz < _MANY or not np.isfinite(program.lower).all():
        return False
    return len(program.row_lower) >= _TIMES * int((np.diff(program.matrix.indptr) > 1).sum())


def solve_by_dual(program: LinearProgram, limits: Limits, watch: Watch, seconds: float) -> Result:
    """Solve a program whose columns have finite lower ends by the simplex method on its dual.

    Presolve takes longer than what it saves. That there is no point is not said: ``Status.ERROR``.
    """
    stairs, kept = staircase(program)
    pieces = _pieces(program, stairs, kept)
    how = replace(limits, options={**limits.options, "presolve": "off"})
    found = solve_linear(_dual(program, pieces, kept), how, watch, seconds=seconds)
    if found.status in (Status.LIMIT, Status.STOPPED):
        return Result(found.status, message=found.message)
    if found.status is not Status.OPTIMAL or found.x is None or found.multipliers is None:
        return Result(Status.ERROR, message=f"{found.message} of the dual")
    point, lower = program.lower.copy(), program.lower[kept]
    point[kept] = np.clip(lower - found.multipliers, lower, program.upper[kept])
    taken = np.bincount(pieces.row, found.x[: len(pieces.row)], len(pieces.base))
    x = filled(program, stairs, point)
    return Result(Status.OPTIMAL, x, pieces.base + taken, message=found.message)


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Pieces of what multipliers of rows may be, of which each adds its part.

    Parameters
    ----------
    row, lower, upper, slope : array
        Of those that may be taken in part: row, ends, and what 1 of it adds to the bound.
    base : array, shape (m,)
        The multipliers of those that are taken whole whatever is decided.
    """

    row: Ints
    lower: Floats
    upper: Floats
    slope: Floats
    base: Floats


def _pieces(program: LinearProgram, stairs: Staircase, kept: Ints) -> _Pieces:
    row, start, end, slope = _all_pieces(stairs)
    lower = np.minimum(start, 0.0) - np.minimum(end, 0.0)
    upper = np.maximum(end, 0.0) - np.maximum(start, 0.0)
    matrix = program.matrix[:, kept]
    low, high = program.lower[kept], program.upper[kept]
    least, most = activity_range(matrix, low, high)
    rises, falls = slope >= most[row], slope <= least[row]
    whole = np.where(rises, upper, np.where(falls, lower, np.inf))
    settled = np.isfinite(whole)
    base = np.bincount(row[settled], whole[settled], len(stairs.least))
    left = ~settled
    return _Pieces(row[left], lower[left], upper[left], slope[left], np.asarray(base, dtype=float))


def _all_pieces(stairs: Staircase) -> tuple[Ints, Floats, Floats, Floats]:
    """Return row, start, end and slope of every piece."""
    none = np.full((1, len(stairs.rows)), np.inf)
    ends = np.clip(np.vstack([-none, stairs.kinks, none]), stairs.below, stairs.above)
    slopes = stairs.start - np.vstack([0.0 * stairs.start, np.cumsum(stairs.drops, axis=0)])
    level, place = np.nonzero(ends[:-1] < ends[1:])
    bare = np.setdiff1d(np.arange(len(stairs.least)), stairs.rows)
    up, down = bare[np.isfinite(stairs.least[bare])], bare[np.isfinite(stairs.most[bare])]
    zero, endless = np.zeros(len(up)), np.full(len(down), -np.inf)
    return (
        np.concatenate([stairs.rows[place], up, down]),
        np.concatenate([ends[level, place], zero, endless]),
        np.concatenate([ends[level + 1, place], zero + np.inf, np.zeros(len(down))]),
        np.concatenate([slopes[level, place], stairs.least[up], stairs.most[down]]),
    )


def _dual(program: LinearProgram, pieces: _Pieces, kept: Ints) -> LinearProgram:
    """Return the dual, to be made least: of columns measured from their lower ends.

    After the pieces it has a column for each kept one: by how much it is worth taking whole.
    """
    matrix = sparse.csc_array(program.matrix[:, kept])
    count, at = len(kept), program.lower[kept]
    width = program.upper[kept] - at
    ended = np.isfinite(width)
    turned = sparse.csc_array(matrix.T)[:, pieces.row]
    return LinearProgram(
        sparse.csc_array(sparse.hstack([turned, -sparse.eye_array(count)], format="csc")),
        np.append((matrix @ at)[pieces.row] - pieces.slope, np.where(ended, width, 0.0)),
        np.append(pieces.lower, np.zeros(count)),
        np.append(pieces.upper, np.where(ended, np.inf, 0.0)),
        np.full(count, -np.inf),
        program.cost[kept] - matrix.T @ pieces.base,
        0.0, {}, {},
    )  # fmt: skip
