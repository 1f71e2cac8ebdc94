"""Where the courses of a plan stand, and whose limits are told."""

from __future__ import annotations

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.problem import Planning
from commission_opt.policy import Policy
from commission_opt.views import words

_MET = 1e-6  # places
_COURSES = ("course", "courses")
_PAIRS = ("pair of a course and a year", "pairs of a course and a year")


def standing(problem: Planning, program: LinearProgram, places: Floats) -> str:
    """Say where the courses of a plan stand, in each year if years are decided on their own.

    Parameters
    ----------
    problem : Planning
    program : LinearProgram
        With the bounds of the model.
    places : array, shape (C, K)
    """
    layout, agreed = problem.layout, words.agreed
    x = layout.to_columns(places)
    low, high = program.lower[: len(x)], program.upper[: len(x)]
    capacity = problem.cohorts.capacity[layout.line]
    full = int(np.sum((x >= capacity - _MET) & (capacity > 0)))
    grow = int(np.sum((x >= high - _MET) & (high < capacity - _MET)))
    shrink = int(np.sum((x <= low + _MET) & (low > 0)))
    none = int(np.sum(x <= _MET))
    what = _COURSES if layout.size == layout.n_lines else _PAIRS
    return (
        f"of {words.plural(len(x), *what)}, {full:,} {agreed(full, 'is', 'are')} full, {grow:,} "
        f"{agreed(grow, 'grows', 'grow')} and {shrink:,} {agreed(shrink, 'shrinks', 'shrink')} as "
        f"fast as the pace of change allows, and {f'{none:,}' if none else 'none'} "
        f"{agreed(max(1, none), 'is', 'are')} without places"
    )


def of_first(policy: Policy) -> str | None:
    """Say that limits are those of the first objective; None where there is no other."""
    if len(policy.objectives) == 1:
        return None
    title = first_objective(policy).title
    return (
        f"These limits are those of the first objective, the {title}. Where a plan gives some of "
        "it up for later objectives, it may leave room in them."
    )
