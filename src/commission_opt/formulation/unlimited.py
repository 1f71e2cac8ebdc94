"""Numbers that only say that there is no limit, such as a capacity of 1e15, and what they leave.

Such a number is of no use to a solver and harms every bound that rounding takes part in. What the
rows of a program allow is taken instead: a budget that pays for 40 places, or a pool for 12.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram

UNLIMITED = 1e6  # places of a course in a year, from which a number stands for no limit
_ROOM = 1.001  # so that what the certificate forgives is never cut off


def restricted(program: LinearProgram, n: int) -> LinearProgram:
    """Return a program whose decisions without a limit have the one that its rows imply.

    Parameters
    ----------
    n : int
        Number of decision columns; they come first and are not negative.

    Returns
    -------
    LinearProgram
        The same if every decision is limited. No point that keeps the rows leaves the new box.
    """
    endless = np.flatnonzero(program.upper[:n] > UNLIMITED)
    if not len(endless):
        return program
    upper = program.upper.copy()
    implied = np.maximum(_most(program, endless) * _ROOM, program.lower[endless])
    upper[endless] = np.minimum(upper[endless], implied)
    return replace(program, upper=upper)


def useful(program: LinearProgram, n: int) -> LinearProgram:
    """Return a program whose decisions without a limit stop where no row asks for more.

    That may leave out plans, though hardly any that is worth while: for a search, not for a bound.
    """
    endless = np.flatnonzero(program.upper[:n] > UNLIMITED)
    if not len(endless):
        return program
    row, at, size = _entries(program, endless)
    asked = size * program.row_lower[row] > 0
    asked &= np.isfinite(program.row_lower[row])
    enough = np.full(len(endless), UNLIMITED)
    np.maximum.at(enough, at[asked], (program.row_lower[row] / size)[asked])
    upper = program.upper.copy()
    upper[endless] = np.minimum(upper[endless], np.maximum(enough, program.lower[endless]))
    return replace(program, upper=upper)


def _most(program: LinearProgram, columns: np.ndarray) -> Floats:
    """Return the most that each column can be by any row whose columns all only add to it."""
    by_row = sparse.csr_array(program.matrix)
    negative = np.zeros(len(program.row_lower), dtype=bool)
    negative[np.repeat(np.arange(len(negative)), np.diff(by_row.indptr))[by_row.data < 0]] = True
    below = program.lower < 0
    negative |= np.asarray(abs(by_row) @ below.astype(float) > 0)
    row, at, size = _entries(program, columns)
    holds = (size > 0) & np.isfinite(program.row_upper[row]) & ~negative[row]
    most = np.full(len(columns), np.inf)
    np.minimum.at(most, at[holds], np.maximum(program.row_upper[row[holds]], 0.0) / size[holds])
    return most


def _entries(program: LinearProgram, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray, Floats]:
    """Return row, position among some columns, and size of their entries that are not 0."""
    part = sparse.coo_array(program.matrix[:, columns])
    some = part.data != 0
    row, at = (axis[some] for axis in part.coords)
    return row, at, part.data[some]
