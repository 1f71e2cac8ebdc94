"""Which places stay the same in good plans for all futures, and which hang on one assumption.

Futures are tried one at a time: the middle, in which everything is at its median; each row of the
file at its 10 % and its 90 % point, all else in the middle; those written out; and some draws. In
each, of all plans in fractions that are near the best for it alone, the one nearest to the plan is
found (least sum of absolute changes): two linear programs. A decision is robust if it stays within
one step of the plan in every future, and fragile if it leaves it in those of one row alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.arrays import Floats
from commission_opt.errors import InfeasibleError, NoPlanError
from commission_opt.formulation.assemble import aims, formulate, rule_parts
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.problem import planning
from commission_opt.futures.draw import Draw
from commission_opt.instance.instance import Instance
from commission_opt.solvers.status import Watch
from commission_opt.uncertainty.audit.audited import PATIENT, Arrays, AuditedPlan, Piece
from commission_opt.uncertainty.repaired import distance

PLACE = ("profession", "region")  # what a decision is of
NEAR = 0.005  # by which a plan may be above the best for a future
_LOW, _HIGH = 0.1, 0.9
_DRAWS = 8
_WITHIN = 1.0 + 1e-6  # steps


@dataclass(frozen=True)
class Tried:
    """A future that is tried.

    Parameters
    ----------
    row : int
        Position of the row of the file that is not in the middle; -1 where it is none, or several.
    middle : bool
        Whether all are.
    point : tuple of float
        Of the unit cube; empty for one that is written out.
    future : int
        Its number, if it is one of those of the audit; -1 if not.
    """

    row: int
    middle: bool
    point: tuple[float, ...]
    future: int


@dataclass(frozen=True, eq=False)
class Steadiness:
    """How steady each of n decisions is.

    Parameters
    ----------
    table : pandas.DataFrame
        line, profession, region, year, amount, least, most, robust, hangs_on: what the plan has,
        between what it moves, rounded to steps, whether it is robust, and the row on which it
        hangs alone.
    futures : int
        In which a plan was found.
    without : int
        In which there was none.
    """

    table: pd.DataFrame
    futures: int
    without: int

    def record(self) -> Mapping[str, Any]:
        """Return what ``audit.json`` holds of it."""
        fragile = self.table["hangs_on"][self.table["hangs_on"] != ""].value_counts()
        return {
            "decisions": len(self.table),
            "robust": int(self.table["robust"].sum()),
            "fragile": {str(name): int(count) for name, count in fragile.items()},
            "futures": self.futures,
            "without": self.without,
            "near": NEAR,
        }


def steadiness(trial: AuditedPlan) -> Piece[Steadiness]:
    """Say which decisions are robust, and which hang on one row of the file alone."""
    tried = [*_tried(trial)]

    def together(found: Sequence[Arrays]) -> Steadiness:
        some = [i for i, part in enumerate(found) if len(part["columns"])]
        columns = np.array([found[i]["columns"] for i in some])
        table = _table(trial, [tried[i] for i in some], columns)
        return Steadiness(table, len(some), len(tried) - len(some))

    return Piece("places", [(nearest, (number,)) for number in range(len(tried))], together)


def nearest(trial: AuditedPlan, number: int) -> Arrays:
    """Find the good plan for one future that is nearest to the plan, if there is one: a task."""
    policy = replace(trial.plan.policy.relaxed().first_stages(1), uncertainty=None)
    problem = planning(_instance(trial, [*_tried(trial)][number]), policy)
    parts, aim = rule_parts(problem), aims(problem)[0]
    try:
        best = solve_relaxation(formulate(problem, aim, parts), PATIENT, Watch())
        value = OBJECTIVES[trial.first].value(
            problem, problem.outcome(problem.layout.to_amounts(best.columns), best.deployed)
        )
        x = problem.layout.to_columns(trial.plan.amounts)
        moved = distance(problem, x, np.arange(len(x)))
        held = [(aim, value + NEAR * abs(value))]
        found = solve_relaxation(formulate(problem, moved, parts, held), PATIENT, Watch())
    except (InfeasibleError, NoPlanError):
        return {"columns": np.zeros(0)}
    return {"columns": found.columns}


def _tried(trial: AuditedPlan) -> Iterator[Tried]:
    """Yield the futures that are tried."""
    futures = trial.futures
    yield from (Tried(-1, False, (), w) for w in range(futures.explicit))
    if not futures.draws:
        return
    middle = np.full(futures.points.shape[1], 0.5)
    yield Tried(-1, True, tuple(middle), -1)
    for row, draw in enumerate(futures.draws):
        for share in (_LOW, _HIGH):
            point = middle.copy()
            point[futures.row_of_dimension == row] = _all_at(draw, share)
            yield Tried(row, False, tuple(point), -1)
    yield from (
        Tried(-1, False, (), w)
        for w in range(futures.explicit, min(trial.count, futures.explicit + _DRAWS))
    )


def _all_at(draw: Draw, share: float) -> Floats:
    """Return a point at which all units of a draw, in all years, are at a quantile of their own."""
    own = draw.dimensions // draw.steps
    rho = draw.row.correlation if draw.groups > 1 else 0.0
    each = ndtri(share) / (np.sqrt(rho) + np.sqrt(1.0 - rho))
    grows = np.diff(np.sqrt(np.arange(draw.steps + 1)))  # of a walk, whose spread does
    return np.asarray(ndtr(np.repeat(each * grows, own)))


def _instance(trial: AuditedPlan, tried: Tried) -> Instance:
    if tried.future >= 0:
        return trial.futures.in_future(tried.future)
    return trial.at_points(np.array([tried.point])).futures.in_future(0)


def _table(trial: AuditedPlan, tried: Sequence[Tried], columns: Floats) -> pd.DataFrame:
    """Tabulate the decisions that can be otherwise, from columns of each future, (tried, n)."""
    problem, rows = trial.plan.problem, trial.futures.uncertainty.rows
    layout, cohorts = problem.layout, problem.cohorts
    step = np.maximum(cohorts.step[layout.line], 1.0)
    plan = layout.to_columns(trial.plan.amounts)
    columns = columns.reshape(len(tried), len(plan))
    moves = np.abs(columns - plan) > _WITHIN * step
    of_row = np.array([each.row for each in tried], dtype=int)
    by_row = np.array([moves[of_row == row].any(axis=0) for row in range(len(rows))])
    by_row = by_row.reshape(len(rows), len(plan))
    at_rest = ~moves[[each.middle for each in tried]].any(axis=0)
    alone = at_rest & (by_row.sum(axis=0) == 1)
    names = np.array([*(row.name for row in rows), ""], dtype=object)
    which = np.where(alone, by_row.argmax(axis=0) if len(rows) else 0, len(rows))
    lines = problem.instance.lines
    near = np.round(columns / step) * step
    table = pd.DataFrame(
        {
            **{name: lines[name].to_numpy()[layout.line] for name in ("line", *PLACE)},
            "year": problem.instance.first_year + layout.year,
            "amount": plan,
            "least": np.minimum(plan, near.min(axis=0, initial=np.inf)),
            "most": np.maximum(plan, near.max(axis=0, initial=-np.inf)),
            "robust": ~moves.any(axis=0),
            "hangs_on": names[which],
        }
    )
    return table[cohorts.capacity[layout.line] > 0].reset_index(drop=True)
