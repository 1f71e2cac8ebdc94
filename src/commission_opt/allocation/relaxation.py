"""The linear relaxation of a stage: the best that places in any number could reach."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.allocation.conflict import conflict, is_proved
from commission_opt.arrays import Floats
from commission_opt.certificate.trees import Tree
from commission_opt.core.linear_program import LinearProgram, lagrangian_bound
from commission_opt.errors import InfeasibleError, NoPlanError, StoppedError
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.parts import PLACES
from commission_opt.solvers.linear import Algorithm, is_large, solve_by
from commission_opt.solvers.status import Limits, Result, Status, Watch
from commission_opt.text.counts import agreed, plural

_EXACT = 1e-7  # largest violation of a relaxed plan
_NEAR, _EQUAL = 1e-2, 1e-6  # how near a bound must be to a value, for whole places and fractions


class UnsolvedError(NoPlanError):
    """Every way to solve a relaxation failed; whether there is a plan is not known."""


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
        What the multipliers and the trees prove, in the units of the program.
    trees : tuple of Tree
        Over blocks of courses, to raise the bound for whole places.
    """

    columns: Floats
    multipliers: Floats
    bound: float
    trees: tuple[Tree, ...] = ()


def solve_relaxation(
    formulation: Formulation, limits: Limits, watch: Watch, seconds: float | None = None
) -> Relaxation:
    """Solve the linear relaxation of a formulation.

    A small program is solved by the simplex method. A larger one whose places will be made whole
    anyway is solved approximately, by the first-order method, as the certificate takes any
    multipliers; where the bound is not close to the value found, it is solved again. Where the
    simplex method fails, or says that there is no plan without a proof, the others are tried.

    Raises
    ------
    InfeasibleError
        If it is proved that no allocation satisfies every rule, with the rules in conflict.
    UnsolvedError
        If every way failed.
    NoPlanError, StoppedError
        If the time limit or the user came first.
    """
    program = formulation.program
    check_box(formulation)
    end = time.perf_counter() + (limits.seconds if seconds is None else seconds)
    whole = formulation.problem.policy.integer
    near = _NEAR if whole else _EQUAL
    *quick, last = _algorithms(program, exact=not whole)
    for algorithm in quick:
        result = solve_by(algorithm, program, limits, watch, max(0.0, end - time.perf_counter()))
        over = result.status == Status.STOPPED or time.perf_counter() >= end
        ended = result.status in (Status.OPTIMAL, Status.APPROXIMATE)
        if (ended or over) and (found := accepted(formulation, result, near)):
            return found
        if over:
            break
    else:
        result = solve_by(last, program, limits, watch, max(0.0, end - time.perf_counter()))
    if is_proved(formulation, result):
        raise InfeasibleError(conflict(formulation, result))
    if result.status == Status.STOPPED:
        raise StoppedError("stopped before the linear relaxation was solved")
    if result.status == Status.LIMIT:
        message = f"the time limit of {limits.seconds:g} s came before the relaxation was solved"
        raise NoPlanError(f"{message}; give more with --time-limit")
    if result.status == Status.OPTIMAL and result.x is not None and result.multipliers is not None:
        return relaxation_from(formulation, result.x, result.multipliers)
    return _otherwise(formulation, result, limits, watch, end)


def _otherwise(
    formulation: Formulation, failed: Result, limits: Limits, watch: Watch, end: float
) -> Relaxation:
    """Try what is left after the simplex method failed.

    Raises
    ------
    InfeasibleError, UnsolvedError
    """
    near = _NEAR if formulation.problem.policy.integer else _EQUAL
    plain = replace(limits, options={**limits.options, "presolve": "off"})
    said = [f"simplex: {failed.message or failed.status}"]
    for words, algorithm, how in (
        ("without presolve", Algorithm.SIMPLEX, plain),
        (Algorithm.INTERIOR_POINT.value, Algorithm.INTERIOR_POINT, plain),
        (Algorithm.FIRST_ORDER.value, Algorithm.FIRST_ORDER, limits),
    ):
        left = max(0.0, end - time.perf_counter())
        result = solve_by(algorithm, formulation.program, how, watch, left)
        if found := accepted(formulation, result, near):
            return found
        if is_proved(formulation, result):
            raise InfeasibleError(conflict(formulation, result))
        said.append(f"{words}: {result.message or result.status}")
    raise UnsolvedError(
        "the linear relaxation could not be solved, so that it is not known whether any allocation "
        f"satisfies every rule; tried {', '.join(said)}"
    )


def refuse_impossible(
    formulation: Formulation, limits: Limits, watch: Watch, seconds: float
) -> None:
    """Raise InfeasibleError if it is proved that no allocation in fractions of places is one.

    An approximate relaxation does not see a conflict that is smaller than its tolerance.
    """
    program = formulation.program.without_cost()
    result = solve_by(Algorithm.SIMPLEX, program, limits, watch, seconds)
    if is_proved(formulation, result):
        raise InfeasibleError(conflict(formulation, result))


def _algorithms(program: LinearProgram, *, exact: bool) -> tuple[Algorithm, ...]:
    """Return what to try, in order."""
    if not is_large(program):
        return (Algorithm.SIMPLEX,)
    first_order = () if exact else (Algorithm.FIRST_ORDER,)
    return (*first_order, Algorithm.INTERIOR_POINT, Algorithm.SIMPLEX)


def relaxation_from(formulation: Formulation, x: Floats, multipliers: Floats) -> Relaxation:
    """Return a point of the program, brought into its box, and what multipliers prove."""
    program = formulation.program
    places = program.columns[PLACES]
    columns = np.clip(x[places], program.lower[places], program.upper[places])
    bounds = [lagrangian_bound(program, y) for y in (multipliers, np.zeros_like(multipliers))]
    return Relaxation(columns, multipliers, max(bounds))


def accepted(formulation: Formulation, result: Result, near: float) -> Relaxation | None:
    """Return what a solver found as a relaxation, if that proves itself.

    Parameters
    ----------
    formulation : Formulation
    result : Result
        Not trusted.
    near : float
        Most distance of bound and value, relative to the value.

    Returns
    -------
    Relaxation or None
        None if the bound is further from the value, or if places that need not be whole break a
        row.
    """
    if result.x is None or result.multipliers is None:
        return None
    found = relaxation_from(formulation, result.x, result.multipliers)
    problem, program = formulation.problem, formulation.program
    point = formulation.point(problem.layout.to_amounts(found.columns))
    value = program.value(point)
    if not found.bound >= value - near * max(1.0, abs(value)):
        return None
    if not problem.policy.integer and program.largest_violation(point) > _EXACT:
        return None
    return found


def check_box(formulation: Formulation) -> None:
    """Refuse a course whose own bounds leave it no number of places.

    Raises
    ------
    InfeasibleError
        Names one of the decisions.
    """
    program = formulation.program
    places = program.columns[PLACES]
    crossed = np.flatnonzero(program.lower[places] > program.upper[places] + 1e-9)
    if len(crossed):
        first = formulation.column_names()[int(crossed[0])]
        raise InfeasibleError(
            f"{plural(len(crossed), 'decision')}, such as {first}, "
            f"{agreed(len(crossed), 'has', 'have')} no admissible number of places "
            "within capacity and the pace of change"
        )
