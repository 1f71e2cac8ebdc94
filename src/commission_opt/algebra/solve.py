"""The stages of a commissioning model, with any solver that Pyomo reaches."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, product

import numpy as np
import numpy.typing as npt
import pyomo.environ as pyo

from commission_opt.algebra.data import Line
from commission_opt.algebra.evaluate import evaluate, violation
from commission_opt.algebra.even_units import even_units
from commission_opt.algebra.extension import Extension
from commission_opt.algebra.model import build_model
from commission_opt.algebra.objectives import UNITS, set_stage
from commission_opt.algebra.solvers import run_solver
from commission_opt.errors import InfeasibleError, NoPlanError
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.solvers.status import Limits, Status

TOLERANCE = 1e-6  # relative; within it a rule counts as kept


@dataclass(frozen=True)
class AlgebraResult:
    """A plan from the readable model; nothing in it is certified.

    Parameters
    ----------
    amounts : array, shape (L, K)
        Places of courses, and after them units of measures, by commissioning year.
    values : list of float
        Value of each objective in the plan found when it was optimised.
    final : list of float
        Value of each objective in this plan.
    status : {"optimal", "feasible"}
        ``optimal`` if the solver proved every stage within the gap asked for.
    stages : list of array, shape (L, K)
        Amounts of the plan found when each objective was optimised.
    """

    amounts: npt.NDArray[np.float64]
    values: list[float]
    final: list[float]
    status: str
    stages: list[npt.NDArray[np.float64]]


@dataclass(frozen=True)
class _Plan:
    amounts: dict[tuple[str, int], float]
    values: list[float]


def solve_model(
    instance: Instance, policy: Policy, solver: str, limits: Limits, extend: Extension | None = None
) -> AlgebraResult:
    """Optimise the objectives one after the other, each held in later stages.

    The last stage has all the time that is left, any other half of it. If a stage finds nothing
    better, the plan of the stage before stands.

    Parameters
    ----------
    solver : str
        ``highs``, ``cbc``, ``glpk``, ``scip``, or what Pyomo calls any other solver.
    limits : Limits
        Time limit of all stages together, gap, seed and threads.
    extend : callable, optional
        Adds to the model before it is solved.

    Raises
    ------
    InfeasibleError
        If no places and units satisfy every rule.
    NoPlanError
        If the limit was reached before any plan was found, or the solver failed.
    UsageError
        If the solver is unknown or absent.
    """
    end = time.monotonic() + limits.seconds
    model = build_model(instance, policy)
    if extend is not None:
        extend(model, instance, policy)
    stages = len(policy.objectives)
    plan: _Plan | None = None
    values: list[float] = []
    caps: list[float] = []
    found_amounts: list[npt.NDArray[np.float64]] = []
    proven = True
    for k, objective in enumerate(policy.objectives):
        left = max(0.1, end - time.monotonic())
        seconds = left if k == stages - 1 else left / 2
        set_stage(model, k, caps)
        try:
            with even_units(model):
                status = run_solver(model, solver, seconds, limits)
        except NoPlanError:
            if plan is None:
                raise
            status = Status.ERROR
        if plan is None and status is Status.INFEASIBLE:
            bought = "places and units" if len(instance.measures) else "places"
            raise InfeasibleError(f"no {bought} satisfy every rule, says the solver {solver!r}")
        found = _found(model, policy, caps, proven=status is Status.OPTIMAL)
        proven &= status is Status.OPTIMAL and found is not None
        if plan is None or (found is not None and found.values[k] < plan.values[k]):
            plan = found
        if plan is None:
            what = "failed" if status is Status.ERROR else f"found no plan in {seconds:.1f} seconds"
            raise NoPlanError(f"the solver {solver!r} {what}")
        values.append(plan.values[k])
        found_amounts.append(_grid(model, plan))
        caps.append(values[k] + objective.tolerance * abs(values[k]))
    assert plan is not None
    status_said = "optimal" if proven else "feasible"
    return AlgebraResult(found_amounts[-1], values, plan.values, status_said, found_amounts)


def _grid(model: pyo.ConcreteModel, plan: _Plan) -> npt.NDArray[np.float64]:
    """Return places and units of a plan by line and commissioning year."""
    years = model.data.commissioning_years
    keys = product(model.lines, years)
    return np.array([plan.amounts[key] for key in keys], dtype=float).reshape(-1, len(years))


def _found(
    model: pyo.ConcreteModel, policy: Policy, caps: Sequence[float], *, proven: bool
) -> _Plan | None:
    """Return the plan that a solver has loaded, if there is one and it keeps what it must."""
    raw = {key: x.value for key, x in chain(model.places.items(), model.units.items())}
    if all(value is None for value in raw.values()):
        return None
    lines = model.data.lines
    amounts = {key: _snap(lines[key[0]], v or 0.0, policy) for key, v in raw.items()}
    deployed = {
        pair: min(max(variable.value or 0.0, 0.0), variable.ub)
        for pair, variable in model.deployed.items()
    }
    values = list(evaluate(model, policy, amounts, deployed).values())
    for name, value, cap in zip(model.stages, values, caps, strict=False):
        if value - cap > TOLERANCE * max(UNITS.get(name, 1.0), abs(cap)):
            return None
    return _Plan(amounts, values) if proven or violation(model) <= TOLERANCE else None


def _snap(line: Line, number: float, policy: Policy) -> float:
    """Take a solver's noise off: the nearest admissible number, or the nearest in the box."""
    if not policy.integer:
        return min(max(number, 0.0), float(line.max_amount))
    if number < line.smallest / 2 or line.largest == 0:
        return 0.0
    nearest = line.step * round(number / line.step)
    return float(min(max(nearest, line.smallest), line.largest))
