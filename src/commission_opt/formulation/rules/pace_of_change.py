"""Pace of change: how far a course may move from one year to the next.

``last·(1 − max_decrease) − allowance ≤ x ≤ last·(1 + max_increase) + max(allowance, s)``,
where s is the smallest cohort, so that a closed course can open. In the first year the lower
bound is at most the largest admissible number, so that a course above its capacity can fall to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy import sparse

from commission_opt.feasibility import Violation, of_course, worst
from commission_opt.formulation.parts import PLACES, Part, Rows
from commission_opt.formulation.problem import Planning
from commission_opt.linear_program import Floats
from commission_opt.outcome import Outcome


def rows(problem: Planning) -> Part:
    """Bound the first commissioning year, and bind each later one to the year before."""
    pace, layout = problem.policy.rules.pace_of_change, problem.layout
    if pace is None:
        return Part()
    box = _box(problem)
    if layout.per_course == 1:
        return Part(box=box)
    columns = np.arange(layout.size).reshape(layout.n_courses, layout.per_course)
    now, before = columns[:, 1:].ravel(), columns[:, :-1].ravel()
    course = np.repeat(np.arange(layout.n_courses), layout.per_course - 1)
    codes = problem.instance.courses["course"].to_numpy()

    def change(factor: float) -> sparse.csr_array:
        row = np.arange(len(now))
        data = np.concatenate([np.ones(len(now)), np.full(len(now), -factor)])
        where = (np.concatenate([row, row]), np.concatenate([now, before]))
        return sparse.csr_array((data, where), shape=(len(now), layout.size))

    def into(i: int) -> int:
        return problem.instance.first_year + 1 + i % (layout.per_course - 1)

    def label(way: str) -> Callable[[int], str]:
        return lambda i: f"pace of change {way} of course {codes[course[i]]!r} into {into(i)}"

    def key(i: int) -> str:
        return f"{codes[course[i]]},{into(i)}"

    open_end = np.full(len(now), np.inf)
    increase = Rows(
        "pace_up",
        {PLACES: change(1.0 + pace.max_increase)},
        -open_end,
        np.maximum(pace.allowance, problem.cohorts.smallest)[course],
        label("upwards"),
        key,
    )
    decrease = Rows(
        "pace_down",
        {PLACES: change(1.0 - pace.max_decrease)},
        np.full(len(now), -pace.allowance),
        open_end,
        label("downwards"),
        key,
    )
    return Part(rows=(increase, decrease), box=box)


def _box(problem: Planning) -> tuple[Floats, Floats]:
    """Bound the first column of each course, and for whole places the later ones as well.

    In whole places the bounds of a year, tightened to admissible numbers, carry over to the next:
    a course that can fall no further than its smallest cohort is never closed by small steps.
    """
    pace, cohort, layout = problem.policy.rules.pace_of_change, problem.cohorts, problem.layout
    assert pace is not None
    last = problem.instance.courses["last_intake"].to_numpy(float)
    allowance = np.maximum(pace.allowance, cohort.smallest)
    lower = np.zeros((layout.n_courses, layout.per_course))
    upper = np.full((layout.n_courses, layout.per_course), np.inf)
    falls_to = last * (1.0 - pace.max_decrease) - pace.allowance
    lower[:, 0] = np.maximum(np.minimum(falls_to, cohort.largest), 0.0)
    upper[:, 0] = last * (1.0 + pace.max_increase) + allowance
    later = range(1, layout.per_course) if problem.policy.integer else ()
    for year in later:
        low, high = cohort.tightened(lower[:, [year - 1]], upper[:, [year - 1]])
        lower[:, year] = np.maximum(low[:, 0] * (1.0 - pace.max_decrease) - pace.allowance, 0.0)
        upper[:, year] = high[:, 0] * (1.0 + pace.max_increase) + allowance
    return lower.ravel(), upper.ravel()


def violations(problem: Planning, result: Outcome) -> Iterator[Violation]:
    """Check every step from one year to the next."""
    pace, instance, places = problem.policy.rules.pace_of_change, problem.instance, result.places
    if pace is None:
        return
    courses = instance.courses
    step = courses["cohort_step"].to_numpy(float)
    least = courses["min_cohort"].to_numpy(float) * problem.policy.rules.minimum_cohorts
    smallest = np.maximum(np.ceil(least / step), 1) * step
    largest = np.floor(courses["max_intake"].to_numpy(float) / step) * step
    opens = smallest <= largest
    smallest, largest = np.where(opens, smallest, 0.0), np.where(opens, largest, 0.0)
    before = np.column_stack([courses["last_intake"].to_numpy(float), places[:, :-1]])
    low = before * (1 - pace.max_decrease) - pace.allowance
    low[:, 0] = np.minimum(low[:, 0], largest)
    high = before * (1 + pace.max_increase) + np.maximum(pace.allowance, smallest)[:, None]
    yield worst(low - places, low, of_course(instance, "pace of change downwards"))
    yield worst(places - high, high, of_course(instance, "pace of change upwards"))
