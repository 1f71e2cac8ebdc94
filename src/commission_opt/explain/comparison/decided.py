"""Which changes of places between two plans are decided, and which are one of many as good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from commission_opt.errors import NoPlanError
from commission_opt.explain.room.ranges import ranges
from commission_opt.explain.room.room import DECIDED, ONE_OF_MANY, OPEN, frame
from commission_opt.explain.room.targets import TargetKind
from commission_opt.plan.read import StoredPlan
from commission_opt.solvers.status import Watch

WITHIN = 0.001  # of the best, for each plan by its own first objective
_SAME = 1e-6  # places by which numbers may differ that count as one
_Known = Mapping[str, tuple[float, float, float, float]]


def decided(
    a: StoredPlan, b: StoredPlan, courses: Sequence[str], seconds: float, watch: Watch
) -> list[str]:
    """Say of some courses whether plans as good as two plans must differ there.

    Parameters
    ----------
    a, b : StoredPlan
        With the same commissioning years.
    courses : sequence of str
    seconds : float
        For the ranges of each plan.
    watch : Watch

    Returns
    -------
    list of str
        ``decided``: no plan within ``WITHIN`` of the one has a number of places that a plan within
        it of the other has, which is proved. ``one of many``: plans with one and the same number
        were found. ``not known``: neither, or only one plan has the course.
    """
    ours, theirs = (_known(plan, courses, seconds, watch) for plan in (a, b))
    return [
        _verdict(ours[course], theirs[course]) if course in ours and course in theirs else OPEN
        for course in courses
    ]


def _known(plan: StoredPlan, courses: Sequence[str], seconds: float, watch: Watch) -> _Known:
    """Return for each course the least and most that are proved, then those that are reached."""
    there = set(plan.instance.courses["course"])
    asked = [course for course in courses if course in there]
    if not asked:
        return {}
    try:
        found = ranges(plan, (WITHIN,), course=asked, seconds=seconds, watch=watch)
    except NoPlanError:
        return {}
    several = TargetKind.ALL_YEARS in found.near.targets.kind
    kind = TargetKind.ALL_YEARS if several else TargetKind.COURSE
    columns = ("least 0.1%", "most 0.1%", "least reached 0.1%", "most reached 0.1%")
    table = frame(found, kind)
    ends = table[list(columns)].to_numpy(float)
    return {
        str(c): (float(row[0]), float(row[1]), float(row[2]), float(row[3]))
        for c, row in zip(table["course"], ends, strict=True)
    }


def _verdict(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> str:
    if one[1] < other[0] - _SAME or other[1] < one[0] - _SAME:
        return DECIDED
    low, high = max(one[2], other[2]), min(one[3], other[3])
    return ONE_OF_MANY if np.isfinite([low, high]).all() and low <= high + _SAME else OPEN
