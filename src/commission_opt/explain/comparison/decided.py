"""Which changes of places between two plans are decided, and which are one of many as good."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from commission_opt.errors import NoPlanError
from commission_opt.explain.room.ranges import ranges
from commission_opt.explain.room.room import DECIDED, ONE_OF_MANY, OPEN, frame
from commission_opt.explain.room.targets import TargetKind
from commission_opt.plan.read import StoredPlan
from commission_opt.solvers.status import Watch

WITHIN = 0.001  # of the best, for each plan by its own first objective
_SAME = 1e-6  # places by which numbers may differ that count as one
_ENDS = ["least 0.1%", "most 0.1%", "least reached 0.1%", "most reached 0.1%"]


def decided(
    a: StoredPlan,
    b: StoredPlan,
    codes: Sequence[str],
    seconds: float,
    watch: Watch,
    line: str = "course",
) -> list[str]:
    """Say of some courses or measures whether plans as good as two plans must differ there.

    Parameters
    ----------
    a, b : StoredPlan
        With the same commissioning years.
    codes : sequence of str
    seconds : float
        For the ranges of each plan.
    watch : Watch
    line : {"course", "measure"}
        What the codes are of.

    Returns
    -------
    list of str
        ``decided``: no plan within ``WITHIN`` of the one has a number of places that a plan within
        it of the other has, which is proved. ``one of many``: plans with one and the same number
        were found. ``not known``: neither, or only one plan has the line.
    """
    found = [_known(plan, codes, seconds, watch, line).reindex(list(codes)) for plan in (a, b)]
    ours, theirs = (frame.to_numpy(float).T for frame in found)
    apart = (ours[1] < theirs[0] - _SAME) | (theirs[1] < ours[0] - _SAME)
    low, high = np.maximum(ours[2], theirs[2]), np.minimum(ours[3], theirs[3])
    meet = np.isfinite(low) & np.isfinite(high) & (low <= high + _SAME)
    return [str(word) for word in np.select([apart, meet], [DECIDED, ONE_OF_MANY], OPEN)]


def _known(
    plan: StoredPlan, codes: Sequence[str], seconds: float, watch: Watch, line: str
) -> pd.DataFrame:
    """Return for each line the least and most that are proved, then those that are reached."""
    there = set(getattr(plan.instance, f"{line}s")[line])
    asked = [code for code in codes if code in there]
    if not asked:
        return pd.DataFrame(columns=_ENDS)
    named = {"course": asked} if line == "course" else {"measure": asked}
    try:
        found = ranges(plan, (WITHIN,), **named, seconds=seconds, watch=watch)  # type: ignore[arg-type]
    except NoPlanError:
        return pd.DataFrame(columns=_ENDS)
    single, several = TargetKind(line), TargetKind(f"{line}, all years")
    kind = several if several in found.near.targets.kind else single
    return frame(found, kind).set_index(line)[_ENDS]
