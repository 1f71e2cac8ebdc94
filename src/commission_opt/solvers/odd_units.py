"""Programs in units far from 1 brought near it before a solver sees them, by powers of two.

Solvers have tolerances that are absolute: budgets of pennies are kept by anything, and a cost of
billions is never optimal. Powers of two change no digit, so what is found is brought back exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram
from commission_opt.solvers.scaling import multiplied

_SMALL, _LARGE = 2.0**-17, 2.0**20  # between these, sizes are left as they are


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
