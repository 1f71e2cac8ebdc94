"""The nearest places that keep every rule in every future, and of these the best.

What is made for the mean future need keep no rule in any other. What it is worth is then said of
the places nearest to it that do: those with the least sum of absolute changes, places and units
alike, and of several the ones with the least risk.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from commission_opt.allocation.methods import METHODS, Method, branch_and_bound
from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.allocation.settled import outcome_of
from commission_opt.allocation.stage import run_stage
from commission_opt.allocation.task import Task
from commission_opt.arrays import Floats, Ints
from commission_opt.certificate.certify import keeps_rules
from commission_opt.formulation.assemble import Formulation, aims, formulate, rule_parts
from commission_opt.formulation.decisions import selection
from commission_opt.formulation.parts import PLACES, Aim, Columns, Part, Rows
from commission_opt.formulation.problem import Planning
from commission_opt.solvers.status import Limits, Watch
from commission_opt.uncertainty.sampled import Sampled

_ROUNDS = 6  # times that rows of further futures are added


def nearest(problem: Planning, amounts: Floats, limits: Limits, watch: Watch) -> Floats | None:
    """Return the nearest places and units that hold in every future, shape (L, K).

    Parameters
    ----------
    problem : Planning
        With its futures.
    amounts : array, shape (L, years decided now)
    limits : Limits
    watch : Watch

    Returns
    -------
    array, or None
        With what is decided later. None if the time limit came before any were found that keep
        every rule.

    Raises
    ------
    InfeasibleError, NoPlanError, StoppedError
        If there are none, none were found, or the user stopped.
    """
    end = watch.now() + limits.seconds
    for _ in range(_ROUNDS):
        left = max(1.0, (end - watch.now()) / 2)
        found = _nearest(problem, amounts, replace(limits, seconds=left), watch)
        if found is None or keeps_rules(problem, outcome_of(problem, found)):
            return found
        if not isinstance(problem.drawn, Sampled):
            return None
        problem = replace(problem, drawn=problem.drawn.mended(found))
    return None


def _nearest(problem: Planning, amounts: Floats, limits: Limits, watch: Watch) -> Floats | None:
    parts, layout = rule_parts(problem), problem.layout
    now = np.flatnonzero(layout.time < amounts.shape[1])
    x = amounts[layout.line[now], layout.time[now]]
    aim = distance(problem, x, now)
    formulation = formulate(problem, aim, parts)
    columns = _solved(formulation, limits, watch)
    if columns is None:
        return None
    start = problem.layout.to_amounts(columns)
    held = [(aim, float(np.abs(columns[now] - x).sum()))]
    stage = formulate(problem, aims(problem)[0], parts, held)
    fast = METHODS[Method.FAST]
    return run_stage(stage, limits, watch.inner(), limits.seconds, start, fast)[0]


def _solved(formulation: Formulation, limits: Limits, watch: Watch) -> Floats | None:
    """Return the best decision columns of a formulation; None if none were found in time."""
    relaxation = solve_relaxation(formulation, limits, watch.inner())
    if not formulation.problem.policy.integer:
        return relaxation.columns
    task = Task(formulation, relaxation, limits, watch.inner(), limits.seconds)
    return branch_and_bound(task)[1]


def distance(problem: Planning, x: Floats, now: Ints) -> Aim:
    """Write the sum of absolute changes of some decision columns against numbers for them."""
    n, codes = len(x), problem.instance.lines["line"].to_numpy()
    most = np.maximum(problem.cohorts.capacity[problem.layout.line[now]] - x, x)
    size, picked = sparse.eye_array(n, format="csr"), selection(now, problem.layout.size)
    open_end = np.full(n, np.inf)

    def key(i: int) -> str:
        year = problem.instance.first_year + problem.layout.year[now[i]]
        return f"{codes[problem.layout.line[now[i]]]},{year}"

    columns = Columns("moved", np.zeros(n), most, lambda y: np.abs(y[now] - x), key)
    rows = tuple(
        Rows(f"moved_{way}", {PLACES: sign * picked, "moved": size}, sign * x, open_end, key, key)
        for way, sign in (("down", 1.0), ("up", -1.0))
    )
    return Aim("change", {"moved": np.ones(n)}, 0.0, (Part((columns,), rows),), risk="nearest")
