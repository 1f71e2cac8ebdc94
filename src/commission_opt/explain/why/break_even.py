"""The weight of a profession, or the cost of a course, at which a course's places change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse

from commission_opt.core.linear_program import LinearProgram
from commission_opt.explain.margins.mixture import used_by_line
from commission_opt.explain.margins.prices import PricedProgram
from commission_opt.explain.why.subject import MOVED, Subject
from commission_opt.formulation.objectives import OBJECTIVES, first_objective
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.rules import LIMITS
from commission_opt.formulation.shortage import SHORTAGE, shortage
from commission_opt.solvers.status import Watch

_UP = (1.02, 1.05, 1.1, 1.2, 1.35, 1.6, 2.0, 3.0, 5.0, 10.0)
_DOWN = (0.98, 0.95, 0.9, 0.8, 0.65, 0.5, 0.3, 0.1, 0.01)
_CLOSE = 5e-4  # relative width at which a search ends
_TIE = 1e-3  # distance from 1 at which the answer is a tie


Factored = Callable[[float], LinearProgram]


def weight_factor(near: PricedProgram, profession: int) -> Factored:
    """Return the program by a factor on the weight of a profession, but for a constant."""
    problem, program = near.formulation.problem, near.program
    own = np.zeros(len(program.cost), dtype=bool)
    own[program.columns[SHORTAGE]] = (
        problem.instance.cells.of("profession", shortage(problem).cell) == profession
    )

    def factored(factor: float) -> LinearProgram:
        return replace(program, cost=np.where(own, factor * program.cost, program.cost))

    return factored


def cost_factor(near: PricedProgram, line: int) -> Factored:
    """Return the program by a factor on all costs of a line, its pipeline included."""
    formulation, program = near.formulation, near.program
    problem = formulation.problem
    own = program.columns[PLACES].start + problem.layout.columns_of(np.array([line]))
    matrix = program.matrix
    column = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
    committed, paid = np.zeros(len(program.row_upper)), np.zeros(len(program.row_upper), dtype=bool)
    for limit in LIMITS.values():
        if limit.money and limit.table in program.rows:
            rows = program.rows[limit.table]
            used = used_by_line(problem, limit)[:, [line]].toarray().ravel()
            committed[rows], paid[rows] = used / limit.origin.scale, True
    charged = np.isin(column, own) & paid[matrix.indices]
    spends = OBJECTIVES[formulation.aim.name].spending

    def factored(factor: float) -> LinearProgram:
        data = np.where(charged, factor * matrix.data, matrix.data)
        cost = program.cost.copy()
        if spends:
            cost[own] *= factor
        return replace(
            program,
            matrix=sparse.csc_array((data, matrix.indices, matrix.indptr), matrix.shape),
            cost=cost,
            row_upper=program.row_upper - (factor - 1.0) * committed,
        )

    return factored


def break_evens(subject: Subject, seconds: float, watch: Watch) -> pd.DataFrame:
    """Find the weight and the cost at which the places or units of a line change, each way.

    ``seconds`` are for each solve; ``watch`` is told of progress and can stop the search.

    Returns
    -------
    pandas.DataFrame
        ``what``, ``way``, ``now``; ``same``, with which the line has what it has, and ``other``, a
        little further on, with which it has ``places`` (of a measure ``units``); the two as
        factors; whether the line is ``tied``, so that the least change of the figure changes it.
    """
    near, instance = subject.near, subject.problem.instance
    p, costs = int(subject.row["p"]), instance.costs
    weight = float(instance.professions["weight"].iloc[p])
    # £ that a student who completes costs, or a unit, all years and funds
    cost = float(costs.loc[costs["line"] == subject.line, "rate"].sum())
    aim = first_objective(subject.problem.policy)
    paid = any(limit.money and limit.table in near.program.rows for limit in LIMITS.values())
    asked: list[tuple[str, str, float, Factored, dict[str, tuple[float, ...]]]] = []
    if aim.weighted and weight > 0:
        said, ways = f"weight of {subject.row['profession']}", {"higher": _UP, "lower": _DOWN}
        asked.append(("weight of the profession", said, weight, weight_factor(near, p), ways))
    if cost > 0 and (aim.spending or paid):
        figure, ways = subject.cost, {"lower": (*_DOWN, 0.0), "higher": _UP}
        asked.append((figure, "cost", cost, cost_factor(near, subject.line), ways))
    rows = []
    for figure, said, now, factored, ways in asked:
        for way, steps in ways.items():
            watch.phase = f"why: break-even, {way} {said}"
            same, other, places = _search(subject, factored, steps, seconds, watch)
            tied = bool(abs(other - 1.0) <= _TIE)
            rows.append((figure, way, now, now * same, now * other, same, other, places, tied))
    names = ("what", "way", "now", "same", "other", "factor_same", "factor_other")
    return pd.DataFrame(rows, columns=[*names, f"{subject.one}s", "tied"])


def _search(
    subject: Subject, factored: Factored, steps: tuple[float, ...], seconds: float, watch: Watch
) -> tuple[float, float, float]:
    """Return the last factor with which a line has what it has; the next one, and what it has then.

    The last two are not numbers where no change was found.
    """
    near, at = subject.near, subject.near.program.columns[PLACES].start + subject.column
    here = float(near.optimum.x[at])

    def places(factor: float) -> float:
        found = near.resolved(factored(factor), seconds)
        return np.nan if found is None else float(found.x[at])

    same = 1.0
    for other in steps:
        there = np.nan if watch.stopped else places(other)
        if np.isnan(there):
            break
        if abs(there - here) <= MOVED:
            same = other
            continue
        while abs(other - same) > _CLOSE * same and not watch.stopped:
            middle = (same + other) / 2
            value = places(middle)
            if np.isnan(value):
                break
            if abs(value - here) > MOVED:
                other, there = middle, value
            else:
                same = middle
        return same, other, there
    return same, np.nan, np.nan
