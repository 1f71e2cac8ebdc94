"""Budgets and placement pools: what courses use of each, within what is available."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from commission_opt.formulation.decisions import Decisions
from commission_opt.formulation.parts import PLACES, Part, Rows
from commission_opt.instance.instance import Instance
from commission_opt.instance.typed import ANY
from commission_opt.instance.use import Use

BUDGET_UNIT = 1e6  # budgets are rows in £m, so that coefficients are near 1
PLACEMENT_UNIT = 1.0


def budget_label(instance: Instance) -> Callable[[int], str]:
    """Name the rows of the budgets."""

    def label(i: int) -> str:
        row = instance.budgets.iloc[i]
        line = instance.budgets.index[i]
        place = "" if row["region"] == ANY else f" in {row['region']!r}"
        return f"budget of fund {row['fund']!r}{place} in {row['year']} (budgets.csv row {line})"

    return label


def placement_label(instance: Instance) -> Callable[[int], str]:
    """Name the rows of the placement pools."""

    def label(i: int) -> str:
        row = instance.placements.iloc[i]
        return f"capacity of pool {row['pool']!r} in {row['region']!r} in {row['year']}"

    return label


def limit_rows(
    name: str, use: Use, layout: Decisions, unit: float, label: Callable[[int], str]
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
    label : callable
        Names the i-th limit.
    """
    if not len(use.limit):
        return Part()
    left = use.limit - use.committed - use.per_place @ layout.fixed
    coefficients = sparse.csr_array(use.per_place @ layout.places / unit)
    row = Rows(name, {PLACES: coefficients}, np.full(len(left), -np.inf), left / unit, label)
    return Part(rows=(row,))
