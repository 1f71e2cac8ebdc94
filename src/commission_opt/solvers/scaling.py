"""Units of a program: scales of rows and columns for a solver, and those that are powers of two.

Solvers have tolerances that are absolute: budgets of pennies are kept by anything, and a cost of
billions is never optimal. Powers of two change no digit, so what is found is brought back exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram, activity_range

_ROUNDS = 10
_HUGE = 1e7  # an end of a row beyond which it is looked whether anything reaches it
_SMALL, _LARGE = 2.0**-17, 2.0**20  # between these, sizes are left as they are


def scales(matrix: sparse.csr_array) -> tuple[Floats, Floats]:
    """Return factors by Ruiz's rounds, then by Pock and Chambolle's rule.

    Parameters
    ----------
    matrix : scipy.sparse.csr_array, shape (m, n)

    Returns
    -------
    rows, columns : array, shape (m,) and (n,)
        After Ruiz the largest coefficient of each row and column is near 1; then each is divided
        by the root of the sum of what it holds. Empty ones keep a factor of 1.
    """
    entries = sparse.coo_array(matrix)
    row, column = entries.coords
    size = np.abs(entries.data)
    rows, columns = np.ones(matrix.shape[0]), np.ones(matrix.shape[1])
    for k in range(_ROUNDS + 1):
        scaled = size * rows[row] * columns[column]
        gather = np.maximum if k < _ROUNDS else np.add
        of_rows, of_columns = np.zeros_like(rows), np.zeros_like(columns)
        gather.at(of_rows, row, scaled)
        gather.at(of_columns, column, scaled)
        rows /= np.sqrt(np.where(of_rows > 0.0, of_rows, 1.0))
        columns /= np.sqrt(np.where(of_columns > 0.0, of_columns, 1.0))
    return rows, columns


def multiplied(matrix: sparse.csr_array, rows: Floats, columns: Floats) -> sparse.csr_array:
    """Return the matrix with its rows and columns multiplied by factors."""
    data = matrix.data * np.repeat(rows, np.diff(matrix.indptr)) * columns[matrix.indices]
    return sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)


@dataclass(frozen=True, eq=False)
class Units:
    """What one unit of a scaled program stands for.

    Parameters
    ----------
    columns : array, shape (n,)
        Of each column, in units of the program given.
    rows : array, shape (m,)
        Factor of each row.
    objective : float
        Of the objective, in units of the program given.
    """

    columns: Floats
    rows: Floats
    objective: float

    def scaled(self, program: LinearProgram) -> LinearProgram:
        """Return a program in these units."""
        matrix = multiplied(sparse.csr_array(program.matrix), self.rows, self.columns)
        return replace(
            program,
            matrix=sparse.csc_array(matrix),
            cost=program.cost * self.columns / self.objective,
            offset=program.offset / self.objective,
            lower=program.lower / self.columns,
            upper=program.upper / self.columns,
            row_lower=program.row_lower * self.rows,
            row_upper=program.row_upper * self.rows,
        )

    def point(self, x: Floats) -> Floats:
        """Return a point of the program given."""
        return np.asarray(x * self.columns)

    def multipliers(self, y: Floats) -> Floats:
        """Return multipliers of the program given; a ray stays one."""
        return np.asarray(y * self.rows * self.objective)


def without_idle_ends(program: LinearProgram) -> LinearProgram:
    """Return a program whose rows have no huge ends that its box never reaches.

    Such an end, a budget of 1e15 that says that there is none, bounds nothing, and harms the
    arithmetic of a solver: the slack beside it has no digits left.
    """
    idle = np.flatnonzero(np.isfinite(program.row_upper) & (program.row_upper > _HUGE))
    if not len(idle):
        return program
    rows = sparse.csr_array(program.matrix)[idle]
    _, reached = activity_range(rows, program.lower, program.upper)
    upper = program.row_upper.copy()
    upper[idle[reached < program.row_upper[idle] / 2.0]] = np.inf
    return replace(program, row_upper=upper)


def odd_units(program: LinearProgram) -> Units | None:
    """Return units in which boxes, rows and costs are near 1; None if all are ordinary."""
    columns = _power(np.maximum(np.abs(program.lower), np.abs(program.upper)))
    matrix = abs(sparse.csr_array(program.matrix)) @ sparse.diags_array(columns)
    largest = matrix.max(axis=1).toarray().ravel() if matrix.size else np.zeros(matrix.shape[0])
    rows = 1.0 / _power(largest)
    costs = np.max(np.abs(program.cost) * columns, initial=0.0)
    objective = float(_power(np.array([costs]))[0])
    if objective == 1.0 and (columns == 1.0).all() and (rows == 1.0).all():
        return None
    return Units(columns, rows, objective)


def _power(sizes: Floats) -> Floats:
    """Return the power of two next to each size that is far from 1; 1 for the others."""
    odd = np.isfinite(sizes) & (sizes > 0) & ((sizes < _SMALL) | (sizes > _LARGE))
    return np.where(odd, np.exp2(np.round(np.log2(np.where(odd, sizes, 1.0)))), 1.0)
