"""Which limits hold a plan back."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.explain.limits import standing
from commission_opt.explain.margins.prices import Priced
from commission_opt.explain.margins.questions import EVERY
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import LIMITS

_NOTHING = 1e-6


def what_binds(
    problem: Planning, places: Floats, near: Priced, frames: Mapping[str, pd.DataFrame]
) -> str:
    """Say in a sentence how many limits of each kind hold a plan back.

    A budget or pool counts if more of it would buy something; a course by where its places stand.
    """
    parts = []
    for kind in LIMITS.values():
        frame = frames[kind.answer]
        if len(frame):
            single = frame["year"] != EVERY
            count = int((frame.loc[single, "worth"] > _NOTHING).sum())
            said = f"{count:,} of {kind.counted(int(single.sum()))}"
            if not count and (frame.loc[~single, "low"] > _NOTHING).any():
                said = f"no {kind.name} of one year alone, but those of all years together"
            parts.append(said)
    none = " and ".join(f"no {kind.name}" for kind in LIMITS.values())
    limits = "; ".join(parts) if parts else none
    at = standing(problem, near.formulation.program, places)
    return f"What limits the plan: {limits}; {at.words}."
