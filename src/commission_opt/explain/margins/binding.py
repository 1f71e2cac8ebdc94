"""Which limits hold a plan back."""

from __future__ import annotations

from commission_opt.explain.limits import KINDS, binding, standing
from commission_opt.explain.margins.prices import Priced
from commission_opt.formulation.problem import Planning
from commission_opt.linear_program import Floats

_WORDS = {"budgets": "budgets", "placements": "placement pools by year"}


def what_binds(problem: Planning, places: Floats, near: Priced) -> str:
    """Say in a sentence how many limits of each kind hold a plan back.

    A budget or pool counts if more of it would buy something; a course by where its places stand.
    """
    found = {k.block: binding(k, near.program, near.optimum.multipliers) for k in KINDS}
    parts = [f"{len(b.rows)} of {b.count} {_WORDS[block]}" for block, b in found.items() if b]
    limits = " and ".join(parts) if parts else "no budget and no placement pool"
    at = standing(problem, near.formulation.program, places)
    return (
        f"What limits the plan: {limits}; of {at.count} {at.what}, {at.full} are full, {at.back} "
        f"are held back and {at.up} held up by the pace of change, {at.none} have no places."
    )
