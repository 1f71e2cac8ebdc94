"""Where the lines of a plan stand, whose limits are told, and what the plan still pursues.

A model may put the service below floors first. Once every floor is kept nothing more can be had of
it, so that prices of it would all be 0; what is asked about then are plans that keep the floors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile
from typing import TypeVar

import numpy as np

from commission_opt.accounts.outcome import Outcome
from commission_opt.allocation.decided import Decided
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE
from commission_opt.core.linear_program import LinearProgram
from commission_opt.formulation.objectives import OBJECTIVES, first_objective
from commission_opt.formulation.parts import DEPLOYED
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import RULES
from commission_opt.policy import Objective, Policy
from commission_opt.views import words

_MET = 1e-6  # places
_COURSES = ("course", "courses")
_PAIRS = ("pair of a course and a year", "pairs of a course and a year")
_MEASURES = ("measure", "measures")
_UNITS = ("pair of a measure and a year", "pairs of a measure and a year")
Plan = TypeVar("Plan", bound=Decided)


def standing(problem: Planning, program: LinearProgram, result: Outcome) -> str:
    """Say where the lines of a plan stand, in each year if years are decided on their own.

    The ``program`` has the bounds of the model.
    """
    amounts = result.amounts
    layout, agreed = problem.layout, words.agreed
    x = layout.to_columns(amounts)
    low, high = program.lower[: len(x)], program.upper[: len(x)]
    capacity = problem.cohorts.capacity[layout.line]
    full, none = (x >= capacity - _MET) & (capacity > 0), x <= _MET
    grow = (x >= high - _MET) & (high < capacity - _MET)
    shrink = (x <= low + _MET) & (low > 0)
    of_courses = slice(layout.courses.stop)
    courses = tuple(int(some[of_courses].sum()) for some in (full, grow, shrink, none))
    count, what = layout.courses.index.size, _PAIRS if layout.grid.shape[1] > 1 else _COURSES
    said = (
        f"of {words.plural(count, *what)}, {courses[0]:,} {agreed(courses[0], 'is', 'are')} full, "
        f"{courses[1]:,} {agreed(courses[1], 'grows', 'grow')} and {courses[2]:,} "
        f"{agreed(courses[2], 'shrinks', 'shrink')} as fast as the pace of change allows, and "
        f"{_without(courses[3])} places"
    )
    count, what = layout.measures.index.size, _UNITS if layout.years > 1 else _MEASURES
    held = "".join(f"; {rule}" for rule in _held(problem, program, x, result.deployed.ravel()))
    if not count:
        return said + held
    most, without = (int(some[layout.courses.stop :].sum()) for some in (full, none))
    return (
        f"{said}; of {words.plural(count, *what)}, {most:,} {agreed(most, 'is', 'are')} at the "
        f"most there is, and {_without(without)} units{held}"
    )


def _held(problem: Planning, program: LinearProgram, x: Floats, deployed: Floats) -> Iterator[str]:
    """Say where rules leave no room for another place or unit, or for more staff deployed."""
    sent = program.columns.get(DEPLOYED, slice(0, 0))
    decided = np.r_[: len(x), sent]
    point = np.append(x, deployed[: sent.stop - sent.start])
    any_amount = (decided >= len(x)) | (not problem.policy.integer)
    possible = (decided < len(x)) | (program.upper[decided] > 0)
    for name, rule in RULES.items():
        if not rule.no_more or name not in program.rows:
            continue
        rows = program.matrix.tocsr()[program.rows[name]][:, decided].tocoo()
        room = program.row_upper[program.rows[name]] - rows @ point
        row, column = rows.coords
        takes = (rows.data > 0) & possible[column]
        one = np.full(len(room), np.inf if problem.policy.integer else _MET)
        each = np.where(any_amount[column], 2 * _MET, rows.data)
        np.minimum.at(one, row[takes], each[takes])
        if count := int((room <= one - _MET).sum()):
            yield f"{rule.no_more} in {words.plural(count, *rule.cells)}"


def _without(count: int) -> str:
    shown = f"{count:,}" if count else "none"
    return f"{shown} {words.agreed(max(1, count), 'is', 'are')} without"


def of_first(policy: Policy) -> str | None:
    """Say that limits are those of the first objective; None where there is no other."""
    title = first_objective(policy).title
    kept = [OBJECTIVES[objective.minimise].kept for objective in policy.held]
    if kept:
        return (
            f"The plan keeps {' and '.join(kept)}. What is said here is of plans that do so too; "
            f"their first objective is the {title}."
        )
    if len(policy.objectives) == 1:
        return None
    return (
        f"These limits are those of the first objective, the {title}. Where a plan gives some of "
        "it up for later objectives, it may leave room in them."
    )


def pursued(plan: Plan) -> Plan:
    """Return a plan whose model has for rules the first objectives that the plan brings to nothing.

    Only those of kinds that are ``kept`` once they are nothing; the last objective stays.
    """
    problem, policy = plan.problem, plan.problem.policy

    def nothing(objective: Objective) -> bool:
        kind = OBJECTIVES[objective.minimise]
        return kind.kept != "" and kind.value(problem, plan.outcome) <= TOLERANCE

    held = tuple(takewhile(nothing, policy.objectives[:-1]))
    if not held:
        return plan
    left = replace(policy, objectives=policy.objectives[len(held) :], held=(*policy.held, *held))
    return replace(plan, problem=replace(problem, policy=left))
