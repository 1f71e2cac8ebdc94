"""Limits on what courses use, in money or in weeks: shared by budgets and placements."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from commission_opt.feasibility import Violation, worst
from commission_opt.formulation.decisions import Decisions
from commission_opt.formulation.parts import PLACES, Part, Rows
from commission_opt.instance.use import Use
from commission_opt.outcome import Drawn


def limit_rows(
    name: str,
    use: Use,
    layout: Decisions,
    unit: float,
    label: Callable[[int], str],
    key: Callable[[int], str],
) -> Part:
    """Keep use of new and continued places within what the pipeline leaves.

    Parameters
    ----------
    name : str
        Name of the block of rows.
    use : Use
        Use per place, use by the pipeline and the limit, one row each.
    layout : Decisions
    unit : float
        What one unit of a row stands for, in £ or weeks.
    label, key : callable
        Name the i-th limit in words and by its codes.
    """
    if not len(use.limit):
        return Part()
    left = use.limit - use.committed - use.per_place @ layout.fixed
    coefficients = sparse.csr_array(use.per_place @ layout.places / unit)
    row = Rows(name, {PLACES: coefficients}, np.full(len(left), -np.inf), left / unit, label, key)
    return Part(rows=(row,))


def overdrawn(use: Drawn, label: Callable[[int], str]) -> Violation:
    """Return the worst excess of use over its limits."""
    return worst(-use.headroom, use.limit, lambda at: label(at[0]))
