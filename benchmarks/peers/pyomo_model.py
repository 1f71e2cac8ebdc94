"""The problem in Pyomo, for both of its interfaces to HiGHS.

Rows are `LinearExpression`s of coefficients and variables, which saves Pyomo a node per term; what
is left of the budgets is a mutable `Param`, so that a persistent interface changes one row bound
instead of looking through the model. What is asked of an interface beyond that is in its own file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pyomo.environ as pyo
from peers.statement import Statement
from pyomo.core.expr.numeric_expr import LinearExpression
from scipy import sparse

from commission_opt.arrays import Floats


def build_model(statement: Statement, *, whole: bool) -> pyo.ConcreteModel:
    """Write the relaxation or, in whole steps, the integer problem."""
    s, m = statement, pyo.ConcreteModel()
    cells, tiers = s.width.shape
    lower, upper, width = s.lower.tolist(), s.upper.tolist(), s.width.tolist()
    m.steps = pyo.Var(
        pyo.RangeSet(0, len(lower) - 1),
        domain=pyo.Integers if whole else pyo.Reals,
        bounds=lambda _, i: (lower[i], upper[i]),
    )
    m.short = pyo.Var(
        pyo.RangeSet(0, cells - 1),
        pyo.RangeSet(0, tiers - 1),
        bounds=lambda _, i, t: (0, width[i][t]),
    )
    steps, short = list(m.steps.values()), list(m.short.values())
    _add_limits(m, s, steps, short)
    if len(s.now):
        _add_pace(m, s, steps)
    if whole and len(s.guarded):
        _add_cohorts(m, s, steps)
    m.shortfall = pyo.Objective(
        expr=LinearExpression(
            constant=s.offset, linear_coefs=s.price.ravel().tolist(), linear_vars=short
        )
    )
    return m


def set_budgets(m: pyo.ConcreteModel, left: Floats) -> None:
    """Change what is left of the budgets, £ thousand."""
    m.budget_left.store_values(dict(enumerate(left.tolist())))


def _add_limits(m: Any, s: Statement, steps: list[Any], short: list[Any]) -> None:
    """Say what is missing, and keep budgets, placements and commitments."""
    tiers, gap = s.width.shape[1], s.gap.tolist()
    supply, spent = _rows(s.supply, steps), _rows(s.budget, steps)
    weeks, places = _rows(s.placement, steps), _rows(s.promise, steps)
    left, least, most = s.placement_left.tolist(), *map(_ends, (s.promised_least, s.promised_most))

    def shortage(_: Any, i: int) -> Any:
        own = short[i * tiers : (i + 1) * tiers]
        return gap[i], supply(i, [1.0] * tiers, own), None

    m.shortage = pyo.Constraint(pyo.RangeSet(0, len(gap) - 1), rule=shortage)
    budgets = pyo.RangeSet(0, len(s.budget_left) - 1)
    m.budget_left = pyo.Param(
        budgets, mutable=True, initialize=dict(enumerate(s.budget_left.tolist()))
    )
    m.budget = pyo.Constraint(budgets, rule=lambda m, i: (None, spent(i), m.budget_left[i]))
    m.placement = pyo.Constraint(
        pyo.RangeSet(0, len(left) - 1), rule=lambda _, i: (None, weeks(i), left[i])
    )
    m.promise = pyo.Constraint(
        pyo.RangeSet(0, len(least) - 1), rule=lambda _, i: (least[i], places(i), most[i])
    )


def _add_pace(m: Any, s: Statement, steps: list[Any]) -> None:
    """Bind each year to the year before it."""
    pairs = list(zip(s.now.tolist(), s.before.tolist(), strict=True))
    rise, fall = s.rise.tolist(), s.fall.tolist()

    def change(i: int, factor: float) -> Any:
        own = [steps[k] for k in pairs[i]]
        return LinearExpression(linear_coefs=[1.0, -factor], linear_vars=own)

    paces = pyo.RangeSet(0, len(pairs) - 1)
    m.pace_up = pyo.Constraint(paces, rule=lambda _, i: (None, change(i, s.fastest), rise[i]))
    m.pace_down = pyo.Constraint(paces, rule=lambda _, i: (-fall[i], change(i, s.slowest), None))


def _add_cohorts(m: Any, s: Statement, steps: list[Any]) -> None:
    """Let a course run with its smallest cohort or more, or not at all."""
    own = [steps[k] for k in s.guarded.tolist()]
    ends = {"least": s.least.tolist(), "most": s.upper[s.guarded].tolist()}
    guarded = pyo.RangeSet(0, len(own) - 1)
    m.runs = pyo.Var(guarded, domain=pyo.Binary)
    runs = list(m.runs.values())

    def switched(i: int, end: str) -> Any:
        return LinearExpression(linear_coefs=[1.0, -ends[end][i]], linear_vars=[own[i], runs[i]])

    m.least = pyo.Constraint(guarded, rule=lambda _, i: (0.0, switched(i, "least"), None))
    m.most = pyo.Constraint(guarded, rule=lambda _, i: (None, switched(i, "most"), 0.0))


def _rows(matrix: sparse.csr_array, steps: list[Any]) -> Callable[..., Any]:
    """Return a function that writes row i of a matrix, and more terms if there are any."""
    ends, columns = matrix.indptr.tolist(), matrix.indices.tolist()
    values = matrix.data.tolist()

    def row(i: int, coefficients: Iterable[float] = (), variables: Iterable[Any] = ()) -> Any:
        own = slice(ends[i], ends[i + 1])
        return LinearExpression(
            linear_coefs=[*values[own], *coefficients],
            linear_vars=[*(steps[k] for k in columns[own]), *variables],
        )

    return row


def _ends(limit: Floats) -> list[float | None]:
    """Return limits as Pyomo has them: None where there is none."""
    return [value if np.isfinite(value) else None for value in limit.tolist()]
