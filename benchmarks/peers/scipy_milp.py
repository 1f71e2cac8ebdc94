"""SciPy: `milp` on sparse blocks, which passes them to the HiGHS that it brings along.

SciPy has one call that hands over and solves, keeps nothing between calls, and takes neither a
number of threads nor a seed. There is nothing to hand over apart, and a re-solve starts afresh.
`milp` knows no constant in the objective, so a column that is always 1 carries it; otherwise the
gap would be relative to something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from peers.peer import Answer
from peers.statement import Statement
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from commission_opt.arrays import Floats, Ints


@dataclass(frozen=True)
class Model:
    """What `milp` takes: columns are the steps, what is missing, the binaries, the constant."""

    statement: Statement
    cost: Floats
    bounds: Bounds
    constraints: LinearConstraint
    whole: bool


@dataclass(frozen=True)
class ScipyMilp:
    """SciPy's one call."""

    def build(self, statement: Statement, *, whole: bool) -> Model:
        """Stack all rows into one sparse matrix, as `milp` is quickest with one constraint."""
        s = statement
        n, short, guarded = len(s.step), s.width.size, len(s.guarded) * whole
        cells, tiers = s.width.shape
        missing = sparse.kron(sparse.eye_array(cells), np.ones((1, tiers)), format="csr")
        now, before = _pick(s.now, n), _pick(s.before, n)
        blocks: list[list[Any]] = [
            [s.supply, missing],
            [s.budget, None],
            [s.placement, None],
            [s.promise, None],
            [now - s.fastest * before, None],
            [now - s.slowest * before, None],
        ]
        lower = [s.gap, _no(s.budget_left), _no(s.placement_left), s.promised_least]
        lower += [_no(s.rise), -s.fall]
        upper = [-_no(s.gap), s.budget_left, s.placement_left, s.promised_most]
        upper += [s.rise, -_no(s.fall)]
        if whole:
            course, zero = _pick(s.guarded, n), np.zeros(guarded)
            blocks = [[*row, None] for row in blocks]
            blocks.append([course, None, -sparse.diags_array(s.least)])
            blocks.append([course, None, -sparse.diags_array(s.upper[s.guarded])])
            lower, upper = [*lower, zero, _no(zero)], [*upper, -_no(zero), zero]
        matrix: Any = sparse.block_array(blocks, format="csc")
        matrix.resize((matrix.shape[0], matrix.shape[1] + 1))
        return Model(
            s,
            np.concatenate([np.zeros(n), s.price.ravel(), np.zeros(guarded), [s.offset]]),
            Bounds(
                np.concatenate([s.lower, np.zeros(short + guarded), [1.0]]),
                np.concatenate([s.upper, s.width.ravel(), np.ones(guarded + 1)]),
            ),
            LinearConstraint(matrix, np.concatenate(lower), np.concatenate(upper)),
            whole,
        )

    def hand_over(self, model: Model) -> None:
        """Do nothing: the model is handed over within the solve."""

    def solve_relaxation(self, model: Model) -> Answer:
        """Solve with nothing whole."""
        return _solve(model)

    def solve_integer(self, model: Model, gap: float, seconds: float) -> Answer:
        """Solve with whole steps and binaries."""
        return _solve(model, mip_rel_gap=gap, time_limit=seconds)

    def resolve_budgets(self, model: Model, factors: Sequence[float]) -> list[float]:
        """Solve afresh with other upper ends of the budget rows."""
        s, found = model.statement, []
        rows = slice(len(s.gap), len(s.gap) + len(s.budget_left))
        for factor in factors:
            old = model.constraints
            upper = np.array(old.ub)
            upper[rows] = s.budgets(factor)
            changed = LinearConstraint(old.A, old.lb, upper)
            found.append(_solve(replace(model, constraints=changed)).objective or np.nan)
        return found


def _solve(model: Model, **options: Any) -> Answer:
    n, short = len(model.statement.step), model.statement.width.size
    integrality = np.full(len(model.cost), int(model.whole))
    integrality[[*range(n, n + short), -1]] = 0
    result = milp(
        model.cost,
        integrality=integrality,
        bounds=model.bounds,
        constraints=model.constraints,
        options=cast(Any, options),
    )
    return _answer(model, result)


def _answer(model: Model, result: OptimizeResult) -> Answer:
    message = str(result.message)
    if result.status == 2:
        return Answer("infeasible", None, None, None, message)
    if result.status not in (0, 1):
        return Answer("failed", None, None, None, message)
    bound = getattr(result, "mip_dual_bound", None)
    if not model.whole:
        bound = result.fun
    return Answer(
        "optimal" if result.status == 0 else "limit",
        None if result.x is None else float(result.fun),
        None if bound is None else float(bound),
        None if result.x is None else np.asarray(result.x[: len(model.statement.step)]),
        message,
    )


def _no(like: Floats) -> Floats:
    """Return as many missing lower ends."""
    return np.full(len(like), -np.inf)


def _pick(columns: Ints, n: int) -> sparse.csr_array:
    """Return a matrix that picks columns."""
    rows = np.arange(len(columns))
    return sparse.csr_array((np.ones(len(columns)), (rows, columns)), shape=(len(columns), n))
