"""Capacity and cohorts: whole, admissible numbers of places, 0 ≤ x ≤ max_intake."""

from __future__ import annotations

from collections.abc import Iterator

from commission_opt.accounts.outcome import Outcome
from commission_opt.formulation.numbers import Numbers
from commission_opt.formulation.parts import Part
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.violations import Violation
from commission_opt.policy import Policy

TITLE = "places of a course"
ALIKE = True
_NUMBERS = Numbers(
    "course", "places", "max_intake", "min_cohort", "cohort_step", ("capacity", "cohorts")
)
ORIGINS = _NUMBERS.origins


def words(policy: Policy) -> str:
    """Say which numbers of places a course may take."""
    if not policy.integer:
        return "up to max_intake, in fractions"
    least = "none or at least min_cohort" if policy.rules.minimum_cohorts else "from none"
    return f"whole, {least}, up to max_intake, in steps of cohort_step"


def rows(problem: Planning) -> Part:
    """Bound the places of each course by its capacity."""
    return _NUMBERS.rows(problem)


def violations(problem: Planning, result: Outcome) -> Iterator[Violation]:
    """Check bounds and, for whole places, integrality, steps and minimum cohorts."""
    policy = problem.policy
    yield from _NUMBERS.violations(
        problem.instance, result.places,
        whole=problem.whole_years, cohorts=policy.rules.minimum_cohorts,
    )  # fmt: skip
