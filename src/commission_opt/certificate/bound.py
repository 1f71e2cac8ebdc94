"""The bound of one stage, from any multipliers and trees."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.certificate.propagation import propagated
from commission_opt.certificate.trees import Tree, branched_bound
from commission_opt.core.linear_program import lagrangian_bound
from commission_opt.formulation.assemble import Formulation


def proved_bound(formulation: Formulation, multipliers: Floats, trees: Sequence[Tree]) -> float:
    """Return what no plan is below in a stage, in the unit of its objective.

    Parameters
    ----------
    formulation : Formulation
    multipliers : array, shape (m,)
        Of its rows; any numbers.
    trees : sequence of Tree

    Raises
    ------
    ValueError
        If the trees prove nothing: blocks that overlap or reach too far, or any tree where places
        need not be whole.
    """
    narrow = propagated(formulation)
    return formulation.aim.scale * max(
        branched_bound(narrow, multipliers, trees),
        lagrangian_bound(narrow.program, np.zeros_like(multipliers)),
    )
