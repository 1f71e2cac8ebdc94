"""Allocation by the readable model and any solver; certified like every other plan."""

from __future__ import annotations

import time

import numpy as np

from commission_opt.algebra.extension import Extension, ExtensionFile
from commission_opt.algebra.solve import solve_model
from commission_opt.allocation.allocate import Allocation, certified
from commission_opt.allocation.relaxation import relaxed, solve_relaxation
from commission_opt.allocation.settled import settled
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import Proof
from commission_opt.certificate.limits import limit
from commission_opt.errors import CommissionOptError
from commission_opt.formulation.assemble import Formulation, aims, formulate, rule_parts
from commission_opt.formulation.fits import check_fits
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.parts import Aim
from commission_opt.formulation.problem import planning
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.solvers.status import Limits, Watch


def allocate_algebraically(
    instance: Instance,
    policy: Policy,
    solver: str = "highs",
    limits: Limits | None = None,
    watch: Watch | None = None,
    extend: Extension | None = None,
) -> Allocation:
    """Allocate places and units with the Pyomo model, and certify them by the arrays.

    The bound of each stage comes from the linear relaxation of the arrays, which also bounds a
    model with constraints of an analyst's own, since those only take plans away.

    Parameters
    ----------
    instance : Instance
    policy : Policy
    solver : str
        Any solver that Pyomo finds.
    limits : Limits, optional
        Time limit, gap, seed and threads.
    watch : Watch, optional
        Told of the phase.
    extend : callable, optional
        Adds to the model before it is solved.

    Raises
    ------
    InputError
        If the model asks for what the instance does not have.
    InfeasibleError, NoPlanError, UsageError
        If the model has no plan, none was found, or the solver is not there.
    """
    limits, watch = limits or Limits(), watch or Watch()
    check_fits(instance, policy)
    problem = planning(instance, policy)
    parts, targets = rule_parts(problem), aims(problem)
    start = time.perf_counter()
    watch.begin(f"Pyomo with {solver}")
    found = solve_model(instance, policy, solver, limits, extend)
    solved = time.perf_counter()
    held: list[tuple[Aim, float]] = []
    proofs: list[Proof] = []
    for aim, objective, amounts in zip(targets, policy.objectives, found.stages, strict=True):
        formulation = formulate(problem, aim, parts, held)
        deployed = settled(formulation, amounts)
        value = OBJECTIVES[aim.name].value(problem, problem.outcome(amounts, deployed))
        lap = time.perf_counter()
        watch.begin(f"{aim.name}: bound")
        multipliers = _multipliers(formulation, limits, watch)
        spent = time.perf_counter() - lap
        proofs.append(Proof(formulation, multipliers, value, spent, (), amounts, deployed))
        held.append((aim, limit(value, objective.tolerance)))
    seconds = {"pyomo": solved - start, "relaxation": time.perf_counter() - solved}
    return certified(
        problem, problem.outcome(found.amounts, proofs[-1].deployed), proofs, limits, seconds,
        asked={"engine": "pyomo", "solver": solver, **_extension(extend)},
        watch=watch,
    )  # fmt: skip


def _extension(extend: Extension | None) -> dict[str, str]:
    if extend is None:
        return {}
    return {"extension": extend.hash if isinstance(extend, ExtensionFile) else "a function"}


def _multipliers(formulation: Formulation, limits: Limits, watch: Watch) -> Floats:
    """Return duals of the relaxation, or zeros, which prove less, if it cannot be solved."""
    try:
        return relaxed(formulation, solve_relaxation, limits, watch, limits.budget).multipliers
    except CommissionOptError:
        return np.zeros(len(formulation.program.row_lower))
