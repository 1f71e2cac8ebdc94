"""Pace of change: how far a course may move from one year to the next.

``last·(1 − max_decrease) − allowance ≤ x ≤ last·(1 + max_increase) + max(allowance, s)``,
where s is the smallest cohort, so that a closed course can open.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from commission_opt.formulation.cohorts import Cohorts
from commission_opt.formulation.decisions import Decisions
from commission_opt.formulation.parts import PLACES, Part, Rows
from commission_opt.instance.instance import Floats, Instance
from commission_opt.policy import PaceOfChange


def first_year_bounds(
    instance: Instance, pace: PaceOfChange | None, cohort: Cohorts
) -> tuple[Floats, Floats]:
    """Return bounds of each course's places in the first commissioning year.

    The lower bound is at most the largest admissible number, so that a course above its
    capacity can fall to it.
    """
    if pace is None:
        return np.zeros_like(cohort.capacity), cohort.capacity
    last = instance.courses["last_intake"].to_numpy(float)
    lower = last * (1.0 - pace.max_decrease) - pace.allowance
    upper = last * (1.0 + pace.max_increase) + np.maximum(pace.allowance, cohort.smallest)
    return (
        np.maximum(np.minimum(lower, cohort.largest), 0.0),
        np.minimum(upper, cohort.capacity),
    )


def pace_rows(
    instance: Instance, pace: PaceOfChange | None, cohort: Cohorts, layout: Decisions
) -> Part:
    """Bind each later commissioning year to the year before it."""
    if pace is None or layout.per_course == 1:
        return Part()
    columns = np.arange(layout.size).reshape(layout.n_courses, layout.per_course)
    now, before = columns[:, 1:].ravel(), columns[:, :-1].ravel()
    course = np.repeat(np.arange(layout.n_courses), layout.per_course - 1)
    rows = np.arange(len(now))

    def change(factor: float) -> sparse.csr_array:
        data = np.concatenate([np.ones(len(now)), np.full(len(now), -factor)])
        where = (np.concatenate([rows, rows]), np.concatenate([now, before]))
        return sparse.csr_array((data, where), shape=(len(now), layout.size))

    def label(way: str) -> Callable[[int], str]:
        def of(i: int) -> str:
            year = instance.first_year + 1 + i % (layout.per_course - 1)
            return f"pace of change {way} of course {codes[course[i]]!r} into {year}"

        return of

    codes = instance.courses["course"].to_numpy()
    unbounded = np.full(len(now), np.inf)
    increase = Rows(
        "pace_up",
        {PLACES: change(1.0 + pace.max_increase)},
        -unbounded,
        np.maximum(pace.allowance, cohort.smallest)[course],
        label("upwards"),
    )
    decrease = Rows(
        "pace_down",
        {PLACES: change(1.0 - pace.max_decrease)},
        np.full(len(now), -pace.allowance),
        unbounded,
        label("downwards"),
    )
    return Part(rows=(increase, decrease))
