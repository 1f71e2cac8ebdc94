"""The vertex at which the simplex method ends, and how far its bounds can move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from commission_opt.arrays import Floats, Ints
from commission_opt.core.linear_program import LinearProgram

LOWER, BASIC, UPPER, FREE = 0, 1, 2, 3  # as HiGHS numbers them
_TIMES = 2  # solves, the second for what rounding left of the first
_FLAT = 1e-11  # slope of a basic column, relative, that counts as none


@dataclass(frozen=True, eq=False)
class Basis:
    """Which columns and rows stay at an end, and the factors of those that follow from them.

    With a column s for the activity of each row, ``A x − s = 0``, m of the n + m columns are
    basic: the others stand at a bound and determine them.

    Parameters
    ----------
    columns, rows : array of int, shape (n,), (m,)
        ``LOWER``, ``BASIC``, ``UPPER`` or ``FREE``.
    basic_columns, basic_rows : array of int
        Positions of those that are basic.
    factors : scipy.sparse.linalg.SuperLU
        Of the basic columns of the program it was made for.
    """

    columns: Ints
    rows: Ints
    basic_columns: Ints
    basic_rows: Ints
    factors: Any

    def vertex(self, program: LinearProgram) -> tuple[Floats, Floats]:
        """Return the point and the multipliers that the basis has in its program.

        Returns
        -------
        x, y : array, shape (n,), (m,)
            A point, which may leave its bounds by rounding, and multipliers of the rows.
        """
        matrix = program.matrix
        x = _resting(self.columns, program.lower, program.upper)
        s = _resting(self.rows, program.row_lower, program.row_upper)
        y = np.zeros(len(s))
        for _ in range(_TIMES):
            part = self.factors.solve(s - matrix @ x, "N")
            x[self.basic_columns] += part[: len(self.basic_columns)]
            s[self.basic_rows] += part[len(self.basic_columns) :]
            reduced = (program.cost - matrix.T @ y)[self.basic_columns]
            y = y + self.factors.solve(
                np.concatenate([reduced, y[self.basic_rows]]).astype(float), "T"
            )
        return x, y

    def ranging(self, program: LinearProgram, x: Floats, other: LinearProgram) -> Ranging:
        """Return how far the bounds can go towards those of another program.

        Parameters
        ----------
        program : LinearProgram
            The one the basis was made for.
        x : array, shape (n,)
            Its vertex.
        other : LinearProgram
            The same matrix and cost with other finite bounds.
        """
        moves = [
            moved(a, b)
            for a, b in (
                (program.lower, other.lower),
                (program.upper, other.upper),
                (program.row_lower, other.row_lower),
                (program.row_upper, other.row_upper),
            )
        ]
        dx = _resting(self.columns, moves[0], moves[1])
        ds = _resting(self.rows, moves[2], moves[3])
        part = self.factors.solve(ds - program.matrix @ dx, "N")
        c, r = self.basic_columns, self.basic_rows
        value = np.concatenate([x[c], (program.matrix @ x)[r]])
        low = np.concatenate([program.lower[c], program.row_lower[r]])
        high = np.concatenate([program.upper[c], program.row_upper[r]])
        to_low = part - np.concatenate([moves[0][c], moves[2][r]])
        to_high = part - np.concatenate([moves[1][c], moves[3][r]])
        dx[c] = part[: len(c)]
        down, up = _steps(value, low, high, to_low, to_high)
        # A bound that stands at an end may not pass the other end either.
        width = np.concatenate(
            [program.upper - program.lower, program.row_upper - program.row_lower]
        )
        ends = np.isfinite(width)
        wider = np.concatenate([moves[1] - moves[0], moves[3] - moves[2]])[ends]
        none = np.zeros(len(wider))
        least, most = _steps(width[ends], none, width[ends] + 1.0, wider, none)
        return Ranging(dx, max(down, least), min(up, most))


@dataclass(frozen=True, eq=False)
class Ranging:
    """What moves with the bounds, and how far the same columns and rows stay basic.

    Parameters
    ----------
    direction : array, shape (n,)
        Change of the vertex where the bounds move all the way.
    down, up : float
        The vertex keeps its bounds, and so remains optimal, where the bounds are those of the
        program plus t times the difference, for ``down ≤ t ≤ up``; ``down ≤ 0 ≤ up``.
    """

    direction: Floats
    down: float
    up: float


def factorised(program: LinearProgram, columns: Ints, rows: Ints) -> Basis | None:
    """Return the basis of a program from the states of its columns and rows.

    Returns
    -------
    Basis or None
        None if it is singular.
    """
    basic_columns, basic_rows = np.flatnonzero(columns == BASIC), np.flatnonzero(rows == BASIC)
    m = program.matrix.shape[0]
    if len(basic_columns) + len(basic_rows) != m:
        return None
    slack = sparse.csc_array(-sparse.eye_array(m, format="csc")[:, basic_rows])
    basic = sparse.csc_matrix(sparse.hstack([program.matrix[:, basic_columns], slack]))
    try:
        factors = splu(basic)
    except RuntimeError:
        return None
    return Basis(columns, rows, basic_columns, basic_rows, factors)


def _resting(states: Ints, lower: Floats, upper: Floats) -> Floats:
    """Return where what is not basic stands; 0 for what is."""
    return np.where(states == UPPER, upper, np.where(states == LOWER, lower, 0.0))


def _size(values: Floats) -> float:
    return float(np.max(np.abs(values), initial=0.0))


def moved(old: Floats, new: Floats) -> Floats:
    """Return how far finite ends have moved; 0 for others."""
    finite = np.isfinite(old) & np.isfinite(new)
    return np.subtract(new, old, out=np.zeros_like(old), where=finite)


def _steps(
    value: Floats, low: Floats, high: Floats, to_low: Floats, to_high: Floats
) -> tuple[float, float]:
    """Return the least and the greatest step that keep moving values within moving bounds."""
    flat = _FLAT * max(1.0, _size(to_low), _size(to_high))
    above, below = np.maximum(value - low, 0.0), np.maximum(high - value, 0.0)
    ends = []
    for way in (-1.0, 1.0):
        falls, rises = way * to_low < -flat, way * to_high > flat
        ratios = [above[falls] / np.abs(to_low[falls]), below[rises] / np.abs(to_high[rises])]
        ends.append(way * float(np.min(np.concatenate(ratios), initial=np.inf)))
    return ends[0], ends[1]
