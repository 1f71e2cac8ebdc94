"""Pace of change: how far a course may move from one year to the next.

With ``combine = "add"`` the share and the allowance count together,

``last·(1 − max_decrease) − allowance ≤ x ≤ last·(1 + max_increase) + max(allowance, s)``,

where s is the smallest cohort, so that a closed course can open. With ``combine = "larger"`` a
course moves by the larger of the two,

``last − max(last·max_decrease, allowance) ≤ x ≤ last + max(last·max_increase, allowance, s)``;

after the first year that would be no linear rule, so which is the larger is settled for each
course, upwards and downwards, by its last intake. With ``open_closed = false`` the smallest cohort
makes no exception, and a course without places the year before gets none.

In the first year the lower bound is at most the largest admissible number, so that a course above
its capacity can fall to it; where closed courses stay closed, it is at most the largest admissible
number within the upper bound.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.formulation.cohorts import outermost
from commission_opt.formulation.origin import (
    MODEL_FILE,
    SLIGHT,
    Elastic,
    OfModel,
    Origin,
    Price,
    Said,
)
from commission_opt.formulation.parts import PLACES, Part, Rows
from commission_opt.formulation.place_prices import place_costs
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.violations import Violation, of_line, worst
from commission_opt.instance.instance import Instance
from commission_opt.policy import PaceOfChange, Policy

TITLE = "pace of change"
ALIKE = True
_MET = 1e-6  # places by which a bound may be missed


@dataclass(frozen=True, eq=False)
class _Ends:
    """``last · fall − back ≤ x ≤ last · rise + room`` and ``x ≤ last · opens``, each shape (C,)."""

    fall: Floats
    back: Floats
    rise: Floats
    room: Floats
    opens: Floats | None


def _ends(problem: Planning) -> _Ends:
    pace, cohort = problem.policy.rules.pace_of_change, problem.pace_cohorts
    assert pace is not None
    last = problem.instance.courses["last_intake"].to_numpy(float)
    back = np.full_like(last, pace.allowance)
    room = np.maximum(pace.allowance, cohort.smallest * pace.open_closed)
    fall, rise = (
        np.full_like(last, 1.0 - pace.max_decrease),
        np.full_like(last, 1.0 + pace.max_increase),
    )
    if pace.combine == "larger":
        by_share = last * pace.max_decrease >= back
        fall, back = np.where(by_share, fall, 1.0), np.where(by_share, 0.0, back)
        by_share = last * pace.max_increase >= room
        rise, room = np.where(by_share, rise, 1.0), np.where(by_share, 0.0, room)
    if pace.open_closed:
        return _Ends(fall, back, rise, room, None)
    some = cohort.smallest > 0  # a course that runs has a cohort at least, and at most all
    opens = np.divide(cohort.largest, cohort.smallest, out=np.zeros_like(last), where=some)
    return _Ends(fall, back, rise, room, opens)


def _first(problem: Planning, ends: _Ends) -> tuple[Floats, Floats]:
    """Return the least and most places of each course in the first year, shape (C,)."""
    cohort, last = problem.pace_cohorts, problem.instance.courses["last_intake"].to_numpy(float)
    high, most = last * ends.rise + ends.room, cohort.largest
    if ends.opens is not None:
        high = np.where(last > 0, high, 0.0)
        within = np.minimum(high, cohort.largest)
        most = outermost(np.zeros_like(last), within, cohort.step, cohort.smallest)[1]
    return np.maximum(np.minimum(last * ends.fall - ends.back, most), 0.0), high


def _later(before: tuple[Floats, Floats], ends: _Ends) -> tuple[Floats, Floats]:
    """Return the least and most places where those of the year before are within bounds."""
    low, high = before
    most = high * ends.rise + ends.room
    if ends.opens is not None:
        most = np.minimum(most, high * ends.opens)
    return np.maximum(low * ends.fall - ends.back, 0.0), most


def ends(problem: Planning, places: Floats) -> tuple[Floats, Floats]:
    """Return the least and most places that the pace allows, as ``year_ends`` asks every rule."""
    low, high = np.zeros_like(places), np.full_like(places, np.inf)
    if problem.policy.rules.pace_of_change is not None:
        pace = _ends(problem)
        low[:, 0], high[:, 0] = _first(problem, pace)
        for year in range(1, places.shape[1]):
            before = places[:, year - 1]
            low[:, year], high[:, year] = _later((before, before), pace)
    return low, high


def words(policy: Policy) -> str:
    """Say how far a course may move in a year."""
    pace = policy.rules.pace_of_change
    if pace is None:
        return "none"
    if not pace.max_increase and not pace.allowance and not pace.open_closed:
        up = "no places more than the year before"
    else:
        up = f"at most {_step(pace, pace.max_increase)} more than the year before"
    down = f"at most {_step(pace, pace.max_decrease)} fewer"
    if not pace.max_decrease and not pace.allowance:
        down = "none fewer"
    if pace.open_closed:
        instead = f" in place of the {pace.allowance:g} places where that is more" * (
            pace.allowance > 0
        )
        opens = f"upwards, a course's smallest cohort counts{instead}"
    else:
        opens = "a course without places stays closed"
    two = (pace.max_increase > 0 and (pace.allowance > 0 or pace.open_closed)) or (
        pace.max_decrease > 0 and pace.allowance > 0
    )
    return f"{up} and {down}; {opens}{_SETTLED * (pace.combine == 'larger' and two)}"


_SETTLED = "; which is the larger is settled for each course by its last intake"


def _step(pace: PaceOfChange, share: float) -> str:
    """Say a share and the allowance as they are put together; what is 0 is left out."""
    parts = [f"{100 * share:g} %"] * (share > 0) + [f"{pace.allowance:g} places"] * (
        pace.allowance > 0
    )
    if len(parts) < 2:
        return parts[0] if parts else "0 places"
    first, second = parts
    if pace.combine == "larger":
        return f"the larger of {first} and {second}"
    return f"{first} and another {second}"


def rows(problem: Planning) -> Part:
    """Bound the first commissioning year, and bind each later one to the year before."""
    pace, layout = problem.policy.rules.pace_of_change, problem.layout
    if pace is None:
        return Part()
    ends = _ends(problem)
    box = _box(problem, ends)
    now, before = layout.grid[:, 1:].ravel(), layout.grid[:, :-1].ravel()
    if not len(now):
        return Part(box=box, box_origin=(_FALL, _RISE))
    course, year = layout.line[now], problem.instance.first_year + layout.year[now]
    codes = problem.instance.courses["course"].to_numpy()

    def change(factor: Floats) -> sparse.csr_array:
        row = np.arange(len(now))
        data = np.concatenate([np.ones(len(now)), -factor[course]])
        where = (np.concatenate([row, row]), np.concatenate([now, before]))
        return sparse.csr_array((data, where), shape=(len(now), layout.size))

    def label(way: str) -> Callable[[int], str]:
        return lambda i: f"pace of change {way} of course {codes[course[i]]!r} into {year[i]}"

    def key(i: int) -> str:
        return f"{codes[course[i]]},{year[i]}"

    def block(name: str, factor: Floats, low: Floats, high: Floats, of: Origin) -> Rows:
        way = of.title.split()[-1]
        return Rows(
            name, {PLACES: change(factor)}, low, high, label(way), key, 1.0, (of, of), course
        )

    open_end, zeros = np.full(len(now), np.inf), np.zeros(len(now))
    found = [
        block("pace_up", ends.rise, -open_end, ends.room[course], _RISE),
        block("pace_down", ends.fall, -ends.back[course], open_end, _FALL),
    ]
    if ends.opens is not None:
        found.append(block("pace_open", ends.opens, -open_end, zeros, _RISE))
    return Part(rows=tuple(found), box=box, box_origin=(_FALL, _RISE))


def _box(problem: Planning, ends: _Ends) -> tuple[Floats, Floats]:
    """Bound the first column of each course, and for whole places the later ones as well.

    In whole places the bounds of a year, tightened to admissible numbers, carry over to the next:
    a course that can fall no further than its smallest cohort is never closed by small steps.
    """
    cohort, layout = problem.course_cohorts, problem.layout
    lower, upper = np.zeros(layout.grid.shape), np.full(layout.grid.shape, np.inf)
    lower[:, 0], upper[:, 0] = _first(problem, ends)
    later = range(1, min(layout.grid.shape[1], problem.whole_years))
    for year in later:
        before = cohort.tightened(lower[:, year - 1], upper[:, year - 1])
        lower[:, year], upper[:, year] = _later(before, ends)
    beside = layout.measures.index.size
    return np.append(lower, np.zeros(beside)), np.append(upper, np.full(beside, np.inf))


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
    runs = smallest <= largest
    smallest, largest = np.where(runs, smallest, 0.0), np.where(runs, largest, 0.0)
    if problem.paced is not None:  # the same in all futures
        smallest, largest = problem.pace_cohorts.smallest, problem.pace_cohorts.largest
    last = courses["last_intake"].to_numpy(float)
    before = np.column_stack([last, places[:, :-1]])
    gain = np.maximum(pace.allowance, smallest * pace.open_closed)[:, None] + 0.0 * before
    loss = np.full_like(before, pace.allowance)
    grows, falls = before * pace.max_increase, before * pace.max_decrease
    if pace.combine == "larger":
        grows_more = (last * pace.max_increase >= gain[:, 0])[:, None]
        falls_more = (last * pace.max_decrease >= pace.allowance)[:, None]
        low = before - np.where(falls_more, falls, loss)
        high = before + np.where(grows_more, grows, gain)
    else:
        low = before - falls - loss
        high = before + grows + gain
    top = largest
    if not pace.open_closed:
        stays = np.divide(largest, smallest, out=np.zeros_like(last), where=smallest > 0)
        high[last <= 0, 0] = 0.0
        high[:, 1:] = np.minimum(high[:, 1:], before[:, 1:] * stays[:, None])
        top = np.floor((np.minimum(high[:, 0], largest) + _MET) / step) * step
        top = np.where(top < smallest, 0.0, top)
    low[:, 0] = np.minimum(low[:, 0], top)
    yield worst(low - places, low, of_line(instance, "pace of change downwards"))
    yield worst(places - high, high, of_line(instance, "pace of change upwards"))


def _says(title: str, side: int) -> Callable[[Planning, int], Said]:
    def said(problem: Planning, i: int) -> Said:
        course = problem.instance.courses.iloc[i]
        first = ends(problem, np.zeros((len(problem.instance.courses), 1)))
        return Said(f"{title} of course {course['course']!r}", float(first[side][i, 0]))

    return said


def _allowances(problem: Planning, places: Floats) -> tuple[float, float]:
    """Return the allowance, and the least that some places keep; the same if none does."""
    pace = problem.policy.rules.pace_of_change
    assert pace is not None

    def kept(allowance: float) -> bool:
        rules = replace(problem.policy.rules, pace_of_change=replace(pace, allowance=allowance))
        changed = replace(problem, policy=replace(problem.policy, rules=rules))
        low, high = ends(changed, places)
        return bool(np.all(low - places <= SLIGHT) and np.all(places - high <= SLIGHT))

    last = problem.instance.courses["last_intake"].to_numpy(float)
    moved = np.abs(np.diff(np.column_stack([last, places]), axis=1))
    least, most = math.floor(pace.allowance), math.ceil(float(moved.max(initial=0.0)))
    if kept(pace.allowance) or not kept(most):  # closed courses may have to stay closed
        return pace.allowance, pace.allowance
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (least, middle) if kept(middle) else (middle, most)
    return pace.allowance, float(most)


def _prices(instance: Instance) -> Price:
    """Price a place of the allowance as a place on every course."""
    every = float(place_costs(instance)[: len(instance.courses)].sum())
    return lambda _: every


_RELAX = Elastic(
    "pace", _prices,
    of_model=OfModel(
        "pace_of_change.allowance", "allowance of the pace of change", _allowances
    ),
)  # fmt: skip
_RISE, _FALL = (
    Origin(
        title, MODEL_FILE, "pace_of_change", _says(title, side),
        of_course=True, asks_for_more=not side, relax=_RELAX,
    )
    for title, side in (("pace of change upwards", 1), ("pace of change downwards", 0))
)  # fmt: skip
ORIGINS = (_RISE, _FALL)
