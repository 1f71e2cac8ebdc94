"""What later rounds could mend: the first years stay, later ones are decided anew in each future.

Each future costs a linear program: the relaxation of the first objective with its first years held
at the plan. Its value is attained by fractions of places, and bounded from below by duality. It
takes the whole future as known, which no later round knows, and so says what could be mended at
most. Where nothing that is decided later keeps every limit of a future, limits give way as little
as they must: what the first years break cannot be mended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from commission_opt.accounts.outcome import Outcome
from commission_opt.allocation.relaxation import HotRelaxations
from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram
from commission_opt.errors import InfeasibleError, NoPlanError
from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.problem import planning
from commission_opt.solvers.believed import way_by
from commission_opt.solvers.linear import Algorithm
from commission_opt.solvers.status import Watch
from commission_opt.uncertainty.audit.audited import PATIENT, Arrays, AuditedPlan, Piece, Task
from commission_opt.uncertainty.audit.quantiles import spread_of

_AT_ONCE = 8  # futures of a task, each solved from the one before
_KEPT = 1e-9  # relative, by which the plan may miss a limit that it keeps
_ROOM = 1e-8  # relative, that a limit gives way beyond what it must


@dataclass(frozen=True, eq=False)
class Redecided:
    """The first objective with later years decided anew, in n futures.

    Parameters
    ----------
    years : int
        First commissioning years that stay as they are in the plan.
    names : tuple of str
        Of the futures.
    probability : array, shape (n,)
    fixed : array, shape (n,)
        With the plan as it is.
    low, high : array, shape (n,)
        Between these lies the least with later years decided anew; NaN where nothing later keeps
        every rule.
    """

    years: int
    names: tuple[str, ...]
    probability: Floats
    fixed: Floats
    low: Floats
    high: Floats

    def table(self) -> pd.DataFrame:
        """Return a row for each future."""
        columns = {"fixed": self.fixed, "low": self.low, "high": self.high}
        return pd.DataFrame({"scenario": self.names, "probability": self.probability, **columns})

    def record(self) -> Mapping[str, Any]:
        """Return what ``audit.json`` holds of it: of the futures in which it was possible."""
        some = np.isfinite(self.high)
        found: dict[str, Any] = {
            "years": self.years, "futures": len(self.names), "without": int((~some).sum()),
        }  # fmt: skip
        if some.any():
            chance = self.probability[some] / self.probability[some].sum()
            for name in ("fixed", "low", "high"):
                found[name] = spread_of(getattr(self, name)[some], chance)
        return found


def redecided(trial: AuditedPlan, years: int, draws: int) -> Piece[Redecided]:
    """Decide later years anew in all futures that are written out and the first of the draws.

    Parameters
    ----------
    trial : AuditedPlan
    years : int
        First commissioning years that stay; fewer than there are.
    draws : int
        How many of the draws.
    """
    futures = trial.futures
    count = min(trial.count, futures.explicit + draws)
    chance = futures.probability[:count].copy()
    if count > futures.explicit:
        chance[futures.explicit :] = (1.0 - chance[: futures.explicit].sum()) / (
            count - futures.explicit
        )
    starts = range(0, count, _AT_ONCE)
    tasks: list[Task] = [(anew, (at, min(at + _AT_ONCE, count), years)) for at in starts]

    def together(found: Sequence[Arrays]) -> Redecided:
        values = np.concatenate([part["values"] for part in found], axis=1)
        return Redecided(years, futures.names[:count], chance, *values)

    return Piece("redecided", tasks, together)


def anew(trial: AuditedPlan, start: int, stop: int, years: int) -> Arrays:
    """Decide later years anew in some futures: a task; fixed, low and high, (3, w)."""
    relax, last = HotRelaxations(), None
    policy = replace(trial.plan.policy.relaxed().first_stages(1), uncertainty=None)
    kind, found = OBJECTIVES[trial.first], []
    for w in range(start, stop):
        problem = planning(trial.futures.in_future(w), policy, last=last)
        last = problem
        plan = problem.outcome(trial.plan.amounts, trial.plan.outcome.deployed)
        low = high = np.nan
        held = _held(formulate(problem, aims(problem)[0]), plan, years)
        try:
            solved = relax(held, PATIENT, Watch(), PATIENT.seconds)
        except (InfeasibleError, NoPlanError):
            pass
        else:
            amounts = problem.layout.to_amounts(solved.columns)
            high = kind.value(problem, problem.outcome(amounts, solved.deployed))
            low = min(solved.bound * held.aim.scale, high)
        found.append((kind.value(problem, plan), low, high))
    return {"values": np.array(found).T}


def _held(formulation: Formulation, plan: Outcome, years: int) -> Formulation:
    """Hold the first years at what a plan buys, whatever the box says of them."""
    program, layout = formulation.program, formulation.problem.layout
    x, stays = layout.to_columns(plan.amounts), layout.year < years
    lower, upper = program.lower.copy(), program.upper.copy()
    lower[: len(x)][stays] = upper[: len(x)][stays] = x[stays]
    program = replace(program, lower=lower, upper=upper)
    if program.largest_violation(formulation.point(plan.amounts, plan.deployed)) > _KEPT:
        program = _giving_way(program)
    return replace(formulation, program=program)


def _giving_way(program: LinearProgram) -> LinearProgram:
    """Move ends of rows as little as they must, in sum relative to max(1, |limit|)."""
    m, n = program.matrix.shape
    ends = [np.isfinite(program.row_upper), np.isfinite(program.row_lower)]
    rows = np.concatenate([np.flatnonzero(own) for own in ends])
    limits = np.concatenate([program.row_upper[ends[0]], program.row_lower[ends[1]]])
    sign = np.repeat([-1.0, 1.0], [own.sum() for own in ends])
    scale = np.maximum(1.0, np.abs(limits))
    slack = sparse.csc_array((sign * scale, (rows, np.arange(len(rows)))), shape=(m, len(rows)))
    elastic = replace(
        program,
        matrix=sparse.csc_array(sparse.hstack([program.matrix, slack])),
        cost=np.concatenate([np.zeros(n), np.ones(len(rows))]),
        lower=np.concatenate([program.lower, np.zeros(len(rows))]),
        upper=np.concatenate([program.upper, np.full(len(rows), np.inf)]),
        offset=0.0,
    )
    found = way_by(Algorithm.SIMPLEX, elastic, PATIENT, Watch()).solve(PATIENT.seconds)
    if found.x is None:
        return program
    moved = sign * scale * np.where(found.x[n:] > 0, found.x[n:] + _ROOM, 0.0)
    over, under = np.split(moved, [int(ends[0].sum())])
    row_upper, row_lower = program.row_upper.copy(), program.row_lower.copy()
    row_upper[ends[0]] -= over
    row_lower[ends[1]] -= under
    return replace(program, row_upper=row_upper, row_lower=row_lower)
