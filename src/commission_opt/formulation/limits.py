"""Limits on what courses use, in money or in weeks: shared by budgets and placements."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from commission_opt.accounts.outcome import Drawn
from commission_opt.arrays import Floats
from commission_opt.formulation.parts import PLACES, Part, Rows
from commission_opt.formulation.violations import Violation, worst


def limit_rows(
    name: str,
    left: Floats,
    per_column: sparse.csr_array,
    unit: float,
    label: Callable[[int], str],
    key: Callable[[int], str],
) -> Part:
    """Keep use of new and continued places within what the pipeline leaves.

    Parameters
    ----------
    name : str
        Name of the block of rows.
    left : array, shape (L,)
        What is left of each limit for the places that are decided, £ or weeks.
    per_column : scipy.sparse.csr_array, shape (L, n)
        Use by one unit of each decision column, £ or weeks.
    unit : float
        What one unit of a row stands for, in £ or weeks.
    label, key : callable
        Name the i-th limit in words and by its codes.
    """
    if not len(left):
        return Part()
    most = left / unit
    coefficients = {PLACES: sparse.csr_array(per_column / unit)}
    row = Rows(name, coefficients, np.full_like(most, -np.inf), most, label, key, unit)
    return Part(rows=(row,))


def overdrawn(use: Drawn, label: Callable[[int], str]) -> Violation:
    """Return the worst excess of use over its limits."""
    return worst(-use.headroom, use.limit, lambda at: label(at[0]))
