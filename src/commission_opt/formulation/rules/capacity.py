"""Capacity and cohorts: whole, admissible numbers of places, 0 ≤ x ≤ max_intake."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.formulation.parts import Part
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.violations import Violation, of_course, worst
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
    upper = np.repeat(problem.cohorts.capacity, problem.layout.per_course)
    return Part(box=(np.zeros_like(upper), upper))


def violations(problem: Planning, result: Outcome) -> Iterator[Violation]:
    """Check bounds and, for whole places, integrality, steps and minimum cohorts."""
    instance, places = problem.instance, result.places
    if not np.isfinite(places).all():
        yield Violation(np.inf, "places that are no finite number")
        return
    capacity = instance.courses["max_intake"].to_numpy(float)[:, None]
    yield worst(places - capacity, capacity, of_course(instance, "max_intake"))
    yield worst(-places, 0.0, of_course(instance, "places"))
    if problem.policy.integer:
        fraction = np.abs(places - np.round(places))
        yield worst(fraction, 0.0, of_course(instance, "whole places"))
        off = _off_admissible(instance, places, cohorts=problem.policy.rules.minimum_cohorts)
        yield worst(off, 0.0, of_course(instance, "admissible number"))


def _off_admissible(instance: Instance, places: Floats, *, cohorts: bool) -> Floats:
    """Return the distance of places to 0 or the nearest multiple of the step in range."""
    step = instance.courses["cohort_step"].to_numpy(float)[:, None]
    least = instance.courses["min_cohort"].to_numpy(float)[:, None] * cohorts
    nearest = np.round(places / step) * step
    off = np.abs(places - nearest)
    too_small = (nearest > 0) & (nearest < least)
    distance: Floats = np.where(too_small, np.maximum(off, least - nearest), off)
    return distance
