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

    def ranging(
        self, program: LinearProgram, x: Floats, other: LinearProgram
    ) -> tuple[Floats, float]:
        """Return how the vertex moves as bounds go towards those of another program, and how far.

        Parameters
        ----------
        program : LinearProgram
            The one the basis was made for.
        x : array, shape (n,)
            Its vertex.
        other : LinearProgram
            The same matrix and cost with other finite bounds.

        Returns
        -------
        direction : array, shape (n,)
            Change of the vertex where the bounds move all the way.
        up : float
            The vertex keeps its bounds, and so remains optimal, where the bounds are those of the
            program plus t times the difference, for ``0 ≤ t ≤ up``.
        """
        matrix, n = program.matrix, len(x)
        low = np.concatenate([program.lower, program.row_lower])
        high = np.concatenate([program.upper, program.row_upper])
        lifted = moved(low, np.concatenate([other.lower, other.row_lower]))
        raised = moved(high, np.concatenate([other.upper, other.row_upper]))
        to = _resting(np.concatenate([self.columns, self.rows]), lifted, raised)
        basic = np.concatenate([self.basic_columns, n + self.basic_rows])
        to[basic] = self.factors.solve(to[n:] - matrix @ to[:n], "N")
        value = np.concatenate([x, matrix @ x])
        down, up = lifted - to, to - raised  # nearer to the ends
        flat = _FLAT * max(1.0, float(np.max(np.abs([down, up]), initial=0.0)))
        falls, rises = down > flat, up > flat
        above, below = np.maximum(value - low, 0.0), np.maximum(high - value, 0.0)
        steps = np.concatenate([above[falls] / down[falls], below[rises] / up[rises]])
        return to[:n], float(np.min(steps, initial=np.inf))


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


def moved(old: Floats, new: Floats) -> Floats:
    """Return how far finite ends have moved; 0 for others."""
    finite = np.isfinite(old) & np.isfinite(new)
    return np.subtract(new, old, out=np.zeros_like(old), where=finite)
