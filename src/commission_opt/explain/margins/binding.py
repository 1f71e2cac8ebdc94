"""Which limits hold a plan back."""

from __future__ import annotations

import numpy as np

from commission_opt.explain.margins.prices import Priced
from commission_opt.formulation.problem import Planning
from commission_opt.linear_program import Floats

_PRICED = 1e-9  # relative to the largest price of the rows of a kind
_MET = 1e-6


def what_binds(problem: Planning, places: Floats, near: Priced) -> str:
    """Say in a sentence how many limits of each kind hold a plan back.

    A budget or pool counts if more of it would buy something; a course by where its places stand.
    """
    program, multipliers = near.program, near.optimum.multipliers
    parts = []
    for block, words in (("budgets", "budgets"), ("placements", "placement pools by year")):
        if block in program.rows:
            price = np.abs(multipliers[program.rows[block]])
            count = int(np.sum(price > _PRICED * max(1.0, float(price.max(initial=0.0)))))
            parts.append(f"{count} of {len(price)} {words}")
    layout, wide = problem.layout, near.formulation.program
    x = layout.to_columns(places)
    n = len(x)
    low, high = wide.lower[:n], wide.upper[:n]
    capacity = np.repeat(problem.cohorts.capacity, layout.per_course)
    full = int(np.sum((x >= capacity - _MET) & (capacity > 0)))
    up = int(np.sum((x >= high - _MET) & (high < capacity - _MET)))
    down = int(np.sum((x <= low + _MET) & (low > 0)))
    closed = int(np.sum(x <= _MET))
    what = "courses" if layout.per_course == 1 else "courses and years"
    limits = " and ".join(parts) if parts else "no budget and no placement pool"
    return (
        f"What limits the plan: {limits}; of {n} {what}, {full} are full, {up} are held back and "
        f"{down} held up by the pace of change, {closed} have no places."
    )
