"""Capacity and cohorts: whole, admissible numbers of places, 0 ≤ x ≤ max_intake."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.formulation.origin import Elastic, Origin, Price, Said, at_line
from commission_opt.formulation.parts import Part
from commission_opt.formulation.place_prices import place_costs
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.violations import Violation, of_line, worst
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy

TITLE = "places of a course"


def words(policy: Policy) -> str:
    """Say which numbers of places a course may take."""
    if not policy.integer:
        return "up to max_intake, in fractions"
    least = "none or at least min_cohort" if policy.rules.minimum_cohorts else "from none"
    return f"whole, {least}, up to max_intake, in steps of cohort_step"


def rows(problem: Planning) -> Part:
    """Bound the places of each course by its capacity."""
    layout, beside = problem.layout, problem.layout.measures.index.size
    capacity = problem.cohorts.capacity[layout.line[: layout.courses.stop]]
    upper = np.append(capacity, np.full(beside, np.inf))
    box = np.zeros_like(upper), upper
    return Part(box=box, box_origin=(_INTAKE, _INTAKE), numbers_origin=(_STEP, _COHORT))


def violations(problem: Planning, result: Outcome) -> Iterator[Violation]:
    """Check bounds and, for whole places, integrality, steps and minimum cohorts."""
    instance, places = problem.instance, result.places
    if not np.isfinite(places).all():
        yield Violation(np.inf, "places that are no finite number")
        return
    capacity = instance.courses["max_intake"].to_numpy(float)[:, None]
    yield worst(places - capacity, capacity, of_line(instance, "max_intake"))
    yield worst(-places, 0.0, of_line(instance, "places"))
    if problem.policy.integer:
        fraction = np.abs(places - np.round(places))
        yield worst(fraction, 0.0, of_line(instance, "whole places"))
        off = _off_admissible(instance, places, cohorts=problem.policy.rules.minimum_cohorts)
        yield worst(off, 0.0, of_line(instance, "admissible number"))


def _off_admissible(instance: Instance, places: Floats, *, cohorts: bool) -> Floats:
    """Return the distance of places to 0 or the nearest multiple of the step in range."""
    step = instance.courses["cohort_step"].to_numpy(float)[:, None]
    least = instance.courses["min_cohort"].to_numpy(float)[:, None] * cohorts
    nearest = np.round(places / step) * step
    off = np.abs(places - nearest)
    too_small = (nearest > 0) & (nearest < least)
    distance: Floats = np.where(too_small, np.maximum(off, least - nearest), off)
    return distance


def _figure(column: str) -> Callable[[Planning, int], Said]:
    def said(problem: Planning, i: int) -> Said:
        row = problem.instance.courses.iloc[i]
        return Said(f"{column} of course {row['course']!r}", float(row[column]))

    return said


def _prices(instance: Instance) -> Price:
    """Price a place as one on the course."""
    cost, table = place_costs(instance), instance.courses
    return lambda line: float(cost[at_line(table, line)])


def _other(column: str, name: str) -> Callable[[Instance, int], Said]:
    """Return the figure of a course beside which another one contradicts it."""

    def figure(instance: Instance, line: int) -> Said:
        course = instance.courses.iloc[at_line(instance.courses, line)]
        return Said(f"{name} of course {course['course']!r}", float(course[column]))

    return figure


def _origin(title: str, relax: Elastic, words: str = "", *, more: bool = False) -> Origin:
    return Origin(
        title, "courses.csv", title, _figure(title),
        lambda problem: problem.instance.courses.index.to_numpy(int),
        of_course=True, asks_for_more=more, words=words, relax=relax,
    )  # fmt: skip


_INTAKE = _origin(
    "max_intake",
    Elastic("capacity", _prices, "+{amount} on {name}", least=_other("min_cohort", "max_intake")),
)
_COHORT = _origin(
    "min_cohort",
    Elastic("cohorts", _prices, least=_other("max_intake", "min_cohort")),
    "{amount} or none",
    more=True,
)
_STEP = _origin("cohort_step", Elastic("cohorts", _prices, whole=True), "multiples of {number}")
ORIGINS = (_INTAKE, _COHORT, _STEP)
