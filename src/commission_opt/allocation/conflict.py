"""What stands in each other's way when no allocation satisfies every rule."""

from __future__ import annotations

import numpy as np

from commission_opt.allocation.conditioned import as_given
from commission_opt.arrays import Floats, Ints
from commission_opt.core.linear_program import lagrangian_bound, proves_infeasible
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.parts import PLACES
from commission_opt.solvers.status import Result, Status

_LISTED = 10


def is_proved(formulation: Formulation, result: Result) -> bool:
    """Say whether what a solver returned proves that no allocation satisfies every rule."""
    if result.status != Status.INFEASIBLE or result.ray is None:
        return False
    given, ray = as_given(formulation, result.ray)
    return proves_infeasible(given.program, ray)


def conflict(formulation: Formulation, result: Result) -> str:
    """Name the rules that a proof of infeasibility leans on."""
    assert result.ray is not None, "is_proved comes first"
    formulation, ray = as_given(formulation, result.ray)
    ray = _hard(formulation, ray)
    weight = np.abs(ray)
    rows = np.flatnonzero(weight > 1e-9 * weight.max())
    rows = rows[np.argsort(-weight[rows])]
    lines = [formulation.row_label(int(row)) for row in rows[:_LISTED]]
    if len(rows) > _LISTED:
        lines.append(f"and {len(rows) - _LISTED} more")
    lines += _bounds(formulation, ray)
    text = "no allocation satisfies every rule; these cannot all hold together:"
    return "\n  - ".join([text, *lines])


def _hard(formulation: Formulation, ray: Floats) -> Floats:
    """Leave out rows that columns beside the places can satisfy, such as a demand.

    A proof may carry them along, though nothing hangs on them.
    """
    hard = np.zeros_like(ray)
    for block in formulation.rows:
        if set(block.coefficients) == {PLACES}:
            rows = formulation.program.rows[block.name]
            hard[rows] = ray[rows]
    return hard if proves_infeasible(formulation.program, hard) else ray


def _bounds(formulation: Formulation, ray: Floats) -> list[str]:
    """Say of how many courses the proof needs the least or the most places."""
    program = formulation.program
    places = program.columns[PLACES]
    lean = (program.matrix.T @ ray)[places]
    pure = program.without_cost()
    if lagrangian_bound(pure, ray) < lagrangian_bound(pure, -ray):
        lean = -lean
    lean[np.abs(lean) <= 1e-9 * np.max(np.abs(lean), initial=0.0)] = 0.0
    lower, course = program.lower[places], formulation.problem.layout.line
    lines = []
    if least := _counted(course[(lean < 0) & (lower > 0)]):
        lines.append(f"the least places that the pace of change allows on {least}")
    if most := _counted(course[lean > 0]):
        lines.append(f"the most places that capacity or the pace of change allow on {most}")
    return lines


def _counted(courses: Ints) -> str:
    """Count courses, each once; "" if there are none."""
    count = len(np.unique(courses))
    return f"{count} course" + "s" * (count > 1) if count else ""
