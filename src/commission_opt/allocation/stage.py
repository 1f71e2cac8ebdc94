"""One stage: the best allocation for one objective, with earlier ones held."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from commission_opt.allocation.branching import none_in_whole, strengthened, whole_block
from commission_opt.allocation.conditioned import Conditioned, conditioned
from commission_opt.allocation.methods import METHODS, SMALL, Effort, Method
from commission_opt.allocation.own_units import relaxed_own
from commission_opt.allocation.relaxation import (
    Relaxation,
    UnsolvedError,
    refuse_impossible,
)
from commission_opt.allocation.task import IntegerMethod, Task
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import (
    TOLERANCE,
    Proof,
    keeps_rules,
    relative_gap,
)
from commission_opt.certificate.trees import Subproblem
from commission_opt.errors import CommissionOptError, InfeasibleError, NoPlanError, StoppedError
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.parts import PLACES
from commission_opt.solvers.interrupt import interruptible
from commission_opt.solvers.status import Limits, Status, Watch

_LARGE = 1_000_000  # coefficients from which trees are only grown once there is a plan
_WHOLE = 100  # nodes it may have, times those of a tree over a block


@dataclass(frozen=True)
class Stage:
    """What a stage found.

    Parameters
    ----------
    places : array, shape (C, K)
    proof : Proof
    seconds : dict of str to float
        Time for the relaxation, for whole places and for raising the bound.
    """

    places: Floats
    proof: Proof
    seconds: dict[str, float]


def run_stage(
    formulation: Formulation,
    limits: Limits,
    watch: Watch,
    seconds: float,
    incumbent: Floats | None = None,
    effort: Effort = METHODS[Method.AUTO],
) -> Stage:
    """Optimise one objective.

    Parameters
    ----------
    formulation : Formulation
    limits : Limits
    watch : Watch
    seconds : float
        Time for this stage. Without an incumbent its relaxation may take up to the whole time
        limit, and whole places up to half of it, since there is no plan to fall back on.
    incumbent : array, shape (C, K), optional
        The plan of the stage before. The stage returns it if it finds nothing better, so that a
        later stage never loses a plan.
    effort : Effort
        How whole places are found, and how far the bound is raised.

    Raises
    ------
    InfeasibleError, NoPlanError, StoppedError
        If there is no incumbent and no plan was found.
    """
    start = time.perf_counter()
    given, formulation = formulation, conditioned(formulation)
    patience = seconds if incumbent is not None else max(seconds, limits.seconds)
    try:
        watch.begin(f"{formulation.aim.name}: relaxation", formulation.unit)
        relaxation = relaxed_own(formulation, effort.relax, limits, watch, patience)
    except CommissionOptError as error:
        unsolved = isinstance(error, UnsolvedError) and formulation.problem.policy.integer
        if incumbent is None and not unsolved:
            raise
        program = formulation.program
        columns = program.lower[program.columns[PLACES]]
        if incumbent is not None:
            columns = formulation.problem.layout.to_columns(incumbent)
        relaxation = Relaxation(columns, np.zeros(len(program.row_lower)), -np.inf)
    spent = {"relaxation": time.perf_counter() - start}
    layout, whole = formulation.problem.layout, formulation.problem.policy.integer
    places = layout.to_amounts(relaxation.columns)
    if whole:
        least = patience / 2 if incumbent is None else 0.0
        left = max(seconds - spent["relaxation"], least)
        end = time.perf_counter() + left
        nodes = effort.nodes_before * (formulation.program.matrix.nnz <= _LARGE)
        relaxation = _raised(formulation, relaxation, limits, watch, nodes, left / 4, None, spent)
        methods = _methods(formulation, effort)
        for k, method in enumerate(methods, start=1):
            lap = time.perf_counter()
            until = end if k == len(methods) else (lap + end) / 2
            share = (until - lap) * effort.share
            found = _whole(formulation, relaxation, limits, watch, share, incumbent, method)
            places = layout.to_amounts(found)
            spent["integer"] = spent.get("integer", 0.0) + time.perf_counter() - lap
            if incumbent is not None:
                places = _better(given, places, incumbent)
            relaxation = _closed(
                formulation, relaxation, limits, watch, effort, until, places, spent
            )
            incumbent = places
            if _is_closed(formulation, relaxation, places, limits):
                break
    elif incumbent is not None:
        places = _better(given, places, incumbent)
    value = _value(formulation, places)
    proof = Proof(
        given,
        formulation.multipliers(relaxation.multipliers),
        value,
        time.perf_counter() - start,
        formulation.trees(relaxation.trees),
        places,
    )
    return Stage(places, proof, spent)


def _methods(formulation: Formulation, effort: Effort) -> list[IntegerMethod]:
    """Return what finds whole places, one after the other until the gap asked for is reached."""
    if effort.finish is None or len(formulation.step) > SMALL:
        return [effort.find]
    return [effort.find, effort.finish]


def _is_closed(
    formulation: Formulation, relaxation: Relaxation, places: Floats, limits: Limits
) -> bool:
    bound = relaxation.bound * formulation.aim.scale
    return relative_gap(_value(formulation, places), bound) <= limits.gap


def _closed(
    formulation: Conditioned,
    relaxation: Relaxation,
    limits: Limits,
    watch: Watch,
    effort: Effort,
    end: float,
    places: Floats,
    spent: dict[str, float],
) -> Relaxation:
    """Raise the bound towards a plan, if it is not near enough: by blocks, then as a whole."""
    small = len(formulation.step) <= SMALL
    for nodes, blocks in (
        (effort.nodes_after, None),
        (effort.nodes_after * _WHOLE * small, [whole_block(formulation)]),
    ):
        if _is_closed(formulation, relaxation, places, limits):
            break
        left = end - time.perf_counter()
        relaxation = _raised(
            formulation, relaxation, limits, watch, nodes, left, places, spent, blocks
        )
    return relaxation


def _raised(
    formulation: Conditioned,
    relaxation: Relaxation,
    limits: Limits,
    watch: Watch,
    nodes: int,
    seconds: float,
    places: Floats | None,
    spent: dict[str, float],
    blocks: list[Subproblem] | None = None,
) -> Relaxation:
    """Raise the bound by trees of so many nodes, if there is time; add the time to a tally."""
    if not nodes or seconds <= 0 or watch.stopped:
        return relaxation
    start = time.perf_counter()
    if places is None:
        watch.begin(f"{formulation.aim.name}: bound", formulation.unit)
        watch.proved(relaxation.bound)

    def work() -> Relaxation:
        return strengthened(
            formulation, relaxation, limits, watch,
            nodes=nodes, seconds=seconds, places=places, blocks=blocks,
        )  # fmt: skip

    raised = interruptible(work, watch)
    watch.proved(raised.bound)
    spent["bound"] = spent.get("bound", 0.0) + time.perf_counter() - start
    return raised


def _whole(
    formulation: Conditioned,
    relaxation: Relaxation,
    limits: Limits,
    watch: Watch,
    seconds: float,
    incumbent: Floats | None,
    method: IntegerMethod,
) -> Floats:
    watch.begin(f"{formulation.aim.name}: whole places", formulation.unit)
    watch.proved(relaxation.bound)
    watch.target = relaxation.bound + limits.gap * abs(relaxation.bound)
    task = Task(formulation, relaxation, limits, watch, seconds, incumbent)
    result, columns = interruptible(lambda: method(task), watch)
    if columns is not None:
        return columns
    if incumbent is not None:
        return formulation.problem.layout.to_columns(incumbent)
    if result.status == Status.INFEASIBLE:
        refuse_impossible(formulation, limits, watch, limits.seconds)
        if none_in_whole(formulation, limits, watch, seconds):
            raise InfeasibleError(
                "no allocation in whole places satisfies every rule, though one in fractions of "
                "places does; a minimum cohort or a cohort step stands in the way"
            )
        raise NoPlanError(
            "no plan was found; branch and bound says that there is none in whole places, but that "
            "could not be proved"
        )
    if result.status == Status.STOPPED:
        raise StoppedError("stopped before any plan was found")
    if result.status == Status.LIMIT:
        message = f"no plan was found within the time limit of {limits.seconds:g} s"
        raise NoPlanError(f"{message}; give more with --time-limit")
    raise NoPlanError(f"the solver found no plan: {result.message}")


def _value(formulation: Formulation, places: Floats) -> float:
    problem = formulation.problem
    return OBJECTIVES[formulation.aim.name].value(problem, problem.outcome(places))


def _better(formulation: Formulation, places: Floats, incumbent: Floats) -> Floats:
    """Return the new places if they keep every rule and limit and are better, else the old."""
    problem = formulation.problem
    kept = keeps_rules(problem, problem.outcome(places))
    within = formulation.program.largest_violation(formulation.point(places)) <= TOLERANCE
    if kept and within and _value(formulation, places) < _value(formulation, incumbent):
        return places
    return incumbent
