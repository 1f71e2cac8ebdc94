"""The linear relaxation of a stage: the best that places in any number could reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commission_opt.allocation.conflict import conflict
from commission_opt.errors import InfeasibleError, NoPlanError, StoppedError
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.parts import PLACES
from commission_opt.linear_program import Floats, lagrangian_bound
from commission_opt.solvers.highs import solve_linear
from commission_opt.solvers.status import Limits, Status, Watch


@dataclass(frozen=True)
class Relaxation:
    """The solved relaxation.

    Parameters
    ----------
    columns : array, shape (n,)
        The decision columns found, within their box.
    multipliers : array, shape (m,)
        Row duals.
    bound : float
        What the multipliers prove, in the units of the program.
    """

    columns: Floats
    multipliers: Floats
    bound: float


def solve_relaxation(
    formulation: Formulation, limits: Limits, watch: Watch, seconds: float | None = None
) -> Relaxation:
    """Solve the linear relaxation of a formulation.

    Raises
    ------
    InfeasibleError
        If no allocation satisfies every rule, with the rules that are in conflict.
    NoPlanError, StoppedError
        If the time limit or the user came first.
    """
    program = formulation.program
    places = program.columns[PLACES]
    _check_box(formulation)
    result = solve_linear(program, limits, watch, seconds=seconds)
    if result.status == Status.INFEASIBLE:
        raise InfeasibleError(conflict(formulation, result))
    if result.x is None or result.multipliers is None or result.status != Status.OPTIMAL:
        if result.status == Status.STOPPED:
            raise StoppedError("stopped before the linear relaxation was solved")
        if result.status == Status.LIMIT:
            message = (
                f"the time limit of {limits.seconds:g} s came before the relaxation was solved"
            )
            raise NoPlanError(f"{message}; give more with --time-limit")
        raise NoPlanError(f"the solver failed on the linear relaxation: {result.message}")
    columns = np.clip(result.x[places], program.lower[places], program.upper[places])
    return Relaxation(columns, result.multipliers, lagrangian_bound(program, result.multipliers))


def _check_box(formulation: Formulation) -> None:
    """Refuse a course whose own bounds leave it no number of places."""
    program = formulation.program
    places = program.columns[PLACES]
    crossed = np.flatnonzero(program.lower[places] > program.upper[places] + 1e-9)
    if len(crossed):
        first = formulation.column_names()[int(crossed[0])]
        raise InfeasibleError(
            f"{len(crossed)} decisions, such as {first}, have no admissible number of places "
            "within capacity and the pace of change"
        )
