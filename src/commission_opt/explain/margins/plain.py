"""Plain shortfall, FTE-years without weights, tiers or discount, as a function of the decisions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.formulation.problem import Planning

Shortfall = Callable[[Floats], Floats]
"""From decision columns to the FTE missing in every cell, shape (P * Q * Y,)."""


@dataclass(frozen=True, eq=False)
class Plain:
    """Shortfall of every profession and region in every year.

    Parameters
    ----------
    missing : array, shape (P * Q * Y,)
        FTE missing without any decision, negative where there are more than needed.
    reach : scipy.sparse.csr_array, shape (P * Q * Y, n)
        FTE that one unit of each decision column adds.
    """

    missing: Floats
    reach: sparse.csr_array

    def __call__(self, columns: Floats) -> Floats:
        """Return the FTE missing, shape (P * Q * Y,)."""
        return np.asarray(np.maximum(self.missing - self.reach @ columns, 0.0))


def plain_of(problem: Planning) -> Plain:
    """Return the plain shortfall of a problem."""
    effects, layout = problem.effects, problem.layout
    fixed = effects.response @ layout.fixed
    missing = (problem.instance.demand - effects.base).ravel() - fixed
    return Plain(missing, problem.column_effects.supply)
