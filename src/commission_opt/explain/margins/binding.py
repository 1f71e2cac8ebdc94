"""Which limits hold a plan back."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from commission_opt.explain.limits import KINDS, standing
from commission_opt.explain.margins.prices import Priced
from commission_opt.explain.margins.questions import EVERY
from commission_opt.formulation.problem import Planning
from commission_opt.linear_program import Floats

_WORDS = {"budgets": "budgets", "placements": "placement pools by year"}
_FRAMES = {"budgets": "money", "placements": "placements"}
_NOTHING = 1e-6


def what_binds(
    problem: Planning, places: Floats, near: Priced, frames: Mapping[str, pd.DataFrame]
) -> str:
    """Say in a sentence how many limits of each kind hold a plan back.

    A budget or pool counts if more of it would buy something; a course by where its places stand.
    """
    parts = []
    for kind in KINDS:
        frame = frames[_FRAMES[kind.block]]
        if len(frame):
            worth = frame.loc[frame["year"] != EVERY, "worth"]
            parts.append(f"{int((worth > _NOTHING).sum())} of {len(worth)} {_WORDS[kind.block]}")
    limits = " and ".join(parts) if parts else "no budget and no placement pool"
    at = standing(problem, near.formulation.program, places)
    return (
        f"What limits the plan: {limits}; of {at.count} {at.what}, {at.full} are full, {at.back} "
        f"are held back and {at.up} held up by the pace of change, {at.none} have no places."
    )
