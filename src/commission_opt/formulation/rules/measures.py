"""Measures: whole, admissible numbers of units, 0 ≤ x ≤ max_amount."""

from __future__ import annotations

from collections.abc import Iterator

from commission_opt.accounts.outcome import Outcome
from commission_opt.formulation.numbers import Numbers
from commission_opt.formulation.parts import Part
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.violations import Violation
from commission_opt.policy import Policy

TITLE = "units of a measure"
ALIKE = True
TABLE = "measures"
_NUMBERS = Numbers("measure", "units", "max_amount", "min_amount", "step", ("measures", "measures"))
ORIGINS = _NUMBERS.origins


def words(policy: Policy) -> str:
    """Say which numbers of units may be bought."""
    if not policy.integer:
        return "up to max_amount, in fractions"
    return "whole, none or at least min_amount, up to max_amount, in steps of step"


def rows(problem: Planning) -> Part:
    """Bound the units of each measure by the most that there are."""
    return _NUMBERS.rows(problem) if len(problem.instance.measures) else Part()


def violations(problem: Planning, result: Outcome) -> Iterator[Violation]:
    """Check bounds and, for whole numbers, integrality, steps and least amounts."""
    if result.units.size:
        yield from _NUMBERS.violations(problem.instance, result.units, whole=problem.whole_years)
