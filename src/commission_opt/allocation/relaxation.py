"""The linear relaxation: the least shortfall that places in any number could reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from commission_opt.errors import InfeasibleError, NoPlanError, StoppedError
from commission_opt.formulation import Formulation
from commission_opt.formulation.parts import PLACES
from commission_opt.linear_program import Floats, lagrangian_bound, proves_infeasible
from commission_opt.solvers.highs import solve_linear
from commission_opt.solvers.status import Limits, Result, Status, Watch


@dataclass(frozen=True)
class Relaxation:
    """The solved relaxation.

    Parameters
    ----------
    x : array, shape (n,)
        The point found, all columns of the program.
    multipliers : array, shape (m,)
        Row duals.
    bound : float
        What the multipliers prove.
    """

    x: Floats
    multipliers: Floats
    bound: float


def solve_relaxation(formulation: Formulation, limits: Limits, watch: Watch) -> Relaxation:
    """Solve the linear relaxation of a formulation.

    Raises
    ------
    InfeasibleError
        If no allocation satisfies every rule, with the rules that are in conflict.
    NoPlanError, StoppedError
        If the time limit or the user came first.
    """
    program = formulation.program
    _check_box(formulation)
    watch.phase = "relaxation"
    result = solve_linear(program, limits, watch)
    if result.status == Status.INFEASIBLE:
        raise InfeasibleError(_conflict(formulation, result))
    if result.x is None or result.multipliers is None or result.status != Status.OPTIMAL:
        if result.status == Status.STOPPED:
            raise StoppedError("stopped before the linear relaxation was solved")
        if result.status == Status.LIMIT:
            message = (
                f"the time limit of {limits.seconds:g} s came before the relaxation was solved"
            )
            raise NoPlanError(f"{message}; give more with --time-limit")
        raise NoPlanError(f"the solver failed on the linear relaxation: {result.message}")
    bound = lagrangian_bound(program, result.multipliers)
    watch.bound = bound
    return Relaxation(result.x, result.multipliers, bound)


def _check_box(formulation: Formulation) -> None:
    """Refuse a course whose own bounds leave it no number of places."""
    program = formulation.program
    places = program.columns[PLACES]
    crossed = np.flatnonzero(program.lower[places] > program.upper[places] + 1e-9)
    if len(crossed):
        raise InfeasibleError(
            f"{len(crossed)} courses have no admissible number of places within the pace of change"
        )


def _conflict(formulation: Formulation, result: Result) -> str:
    """Name the rules that the proof of infeasibility leans on."""
    ray = result.ray
    if ray is None or not proves_infeasible(formulation.program, ray):
        return "no allocation satisfies every rule (the solver gave no proof that could be checked)"
    weight = np.abs(ray)
    rows = np.flatnonzero(weight > 1e-9 * weight.max())
    rows = rows[np.argsort(-weight[rows])]
    lines = [formulation.row_label(int(row)) for row in rows[:10]]
    if len(rows) > 10:
        lines.append(f"and {len(rows) - 10} more")
    lines += _bounds_in_conflict(formulation, ray)
    text = "no allocation satisfies every rule; these cannot all hold together:"
    return "\n  - ".join([text, *lines])


def _bounds_in_conflict(formulation: Formulation, ray: Floats) -> list[str]:
    """Say of how many courses the proof needs the least or the most places."""
    program = formulation.program
    places = program.columns[PLACES]
    lean = (program.matrix.T @ ray)[places]
    if lagrangian_bound(program.without_cost(), ray) < lagrangian_bound(
        program.without_cost(), -ray
    ):
        lean = -lean
    lean[np.abs(lean) <= 1e-9 * np.max(np.abs(lean), initial=0.0)] = 0.0
    lower, per_course = program.lower[places], formulation.layout.per_course
    lines = []
    if least := _courses((lean < 0) & (lower > 0), per_course):
        lines.append(f"the least places that the pace of change allows on {least}")
    if most := _courses(lean > 0, per_course):
        lines.append(f"the most places that capacity or the pace of change allow on {most}")
    return lines


def _courses(columns: npt.NDArray[np.bool_], per_course: int) -> str:
    """Count the courses of some decisions; "" if there are none."""
    count = int(columns.reshape(-1, per_course).any(axis=1).sum())
    return f"{count} course" + "s" * (count > 1) if count else ""
