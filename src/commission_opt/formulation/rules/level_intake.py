"""Level intake: a course takes the same number of places in every commissioning year.

The layout of the decisions gives such a course one column for all years, so no row is needed.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from commission_opt.accounts.outcome import Outcome
from commission_opt.formulation.parts import Part
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.violations import Violation, of_course, worst
from commission_opt.policy import Policy

TITLE = "the same intake in every year"


def words(policy: Policy) -> str:
    """Say whether a course takes the same in every year."""
    return "yes" if policy.rules.level_intake else "no"


def rows(_problem: Planning) -> Part:
    """Add nothing: the layout keeps this rule."""
    return Part()


def violations(problem: Planning, result: Outcome) -> Iterator[Violation]:
    """Check that places are the same in every year."""
    if problem.policy.rules.level_intake:
        first = result.places[:, :1]
        yield worst(
            np.abs(result.places - first), first, of_course(problem.instance, "level intake")
        )
