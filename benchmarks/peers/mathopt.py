"""OR-Tools MathOpt: variables and constraints one by one, kept in C++.

A coefficient is set on its constraint, which MathOpt does faster than it takes apart a `fast_sum`.
`IncrementalSolver` keeps the solver and passes it what has changed; where the solver cannot take
that (PDLP), MathOpt hands over everything again.

OR-Tools brings a HiGHS of its own, and a process in which `highspy` is loaded cannot load it, nor
the other way round. So nothing here, nor in the driver, imports `highspy`.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.math_opt.python import mathopt
from peers.peer import Answer
from peers.statement import Statement
from scipy import sparse

_STOPPED = (mathopt.TerminationReason.FEASIBLE, mathopt.TerminationReason.NO_SOLUTION_FOUND)


@dataclass
class Model:
    """A MathOpt model with what is read or changed later, and the solver that holds it."""

    mathopt: Any
    statement: Statement
    steps: list[Any]
    budgets: list[Any]
    whole: bool
    solver: Any = None


@dataclass(frozen=True)
class MathOpt:
    """OR-Tools.

    Parameters
    ----------
    seed : int
    relaxation, integer : str
        Names of MathOpt's solvers.
    """

    seed: int = 0
    relaxation: str = "GLOP"
    integer: str = "GSCIP"

    def build(self, statement: Statement, *, whole: bool) -> Model:
        """Add variables, constraints and costs."""
        s, m = statement, mathopt.Model()
        steps = [
            m.add_variable(lb=low, ub=high, is_integer=whole)
            for low, high in zip(s.lower.tolist(), s.upper.tolist(), strict=True)
        ]
        short = [[m.add_variable(lb=0, ub=w) for w in widths] for widths in s.width.tolist()]
        cells = _rows(m, s.supply, steps, s.gap, np.full(len(s.gap), math.inf))
        for row, own in zip(cells, short, strict=True):
            for variable in own:
                row.set_coefficient(variable, 1.0)
        no = -math.inf
        budgets = _rows(m, s.budget, steps, np.full(len(s.budget_left), no), s.budget_left)
        _rows(m, s.placement, steps, np.full(len(s.placement_left), no), s.placement_left)
        _rows(m, s.promise, steps, s.promised_least, s.promised_most)
        ends = zip(s.now.tolist(), s.before.tolist(), s.rise.tolist(), s.fall.tolist(), strict=True)
        for now, before, rise, fall in ends:
            up, down = m.add_linear_constraint(ub=rise), m.add_linear_constraint(lb=-fall)
            for row, factor in ((up, s.fastest), (down, s.slowest)):
                row.set_coefficient(steps[now], 1.0)
                row.set_coefficient(steps[before], -factor)
        if whole:
            _cohorts(m, s, steps)
        m.objective.offset = s.offset
        for own, prices in zip(short, s.price.tolist(), strict=True):
            for variable, price in zip(own, prices, strict=True):
                m.objective.set_linear_coefficient(variable, price)
        return Model(m, s, steps, budgets, whole)

    def hand_over(self, model: Model) -> None:
        """Make a solver of the model."""
        kind = mathopt.SolverType[self.integer if model.whole else self.relaxation]
        model.solver = mathopt.IncrementalSolver(model.mathopt, kind)

    def solve_relaxation(self, model: Model) -> Answer:
        """Run the solver for relaxations as it comes; PDLP is asked for 1e-8 instead of 1e-6."""
        return self._solve(model, self._parameters(self.relaxation))

    def solve_integer(self, model: Model, gap: float, seconds: float) -> Answer:
        """Run the solver for integer plans."""
        return self._solve(
            model,
            self._parameters(
                self.integer,
                relative_gap_tolerance=gap,
                time_limit=datetime.timedelta(seconds=seconds),
            ),
        )

    def resolve_budgets(self, model: Model, factors: Sequence[float]) -> list[float]:
        """Change upper bounds; the solver is told what has changed."""
        if model.solver is None:
            self.hand_over(model)
        found, parameters = [], self._parameters(self.relaxation)
        for factor in factors:
            for row, left in zip(
                model.budgets, model.statement.budgets(factor).tolist(), strict=True
            ):
                row.upper_bound = left
            found.append(model.solver.solve(params=parameters).objective_value())
        return found

    def _parameters(self, solver: str, **asked: Any) -> Any:
        parameters = mathopt.SolveParameters(**asked)
        if solver != "HIGHS":  # MathOpt takes its number of threads from elsewhere, and says so
            parameters.threads = 1
        if solver != "PDLP":  # which draws nothing at random, and says so
            parameters.random_seed = self.seed
        criteria = parameters.pdlp.termination_criteria.simple_optimality_criteria
        criteria.eps_optimal_relative = criteria.eps_optimal_absolute = 1e-8
        return parameters

    def _solve(self, model: Model, parameters: Any) -> Answer:
        if model.solver is None:
            self.hand_over(model)
        result = model.solver.solve(params=parameters)
        reason, message = result.termination.reason, result.termination.reason.name
        found = result.has_primal_feasible_solution()
        if reason is mathopt.TerminationReason.INFEASIBLE:
            return Answer("infeasible", None, None, None, message)
        bound = result.dual_bound()
        return Answer(
            "optimal" if reason is mathopt.TerminationReason.OPTIMAL
            else "limit" if reason in _STOPPED else "failed",
            result.objective_value() if found else None,
            bound if math.isfinite(bound) else None,
            np.array(result.variable_values(model.steps)) if found else None,
            message,
        )  # fmt: skip


def _rows(m: Any, matrix: sparse.csr_array, steps: list[Any], least: Any, most: Any) -> list[Any]:
    """Add one constraint for each row of a matrix."""
    rows = []
    ends, columns, values = matrix.indptr.tolist(), matrix.indices.tolist(), matrix.data.tolist()
    for i, (low, high) in enumerate(zip(least.tolist(), most.tolist(), strict=True)):
        row = m.add_linear_constraint(lb=low, ub=high)
        for k in range(ends[i], ends[i + 1]):
            row.set_coefficient(steps[columns[k]], values[k])
        rows.append(row)
    return rows


def _cohorts(m: Any, s: Statement, steps: list[Any]) -> None:
    """Let a course run with its smallest cohort or more, or not at all."""
    most = s.upper[s.guarded].tolist()
    for k, least, upper in zip(s.guarded.tolist(), s.least.tolist(), most, strict=True):
        runs = m.add_binary_variable()
        low, high = m.add_linear_constraint(lb=0.0), m.add_linear_constraint(ub=0.0)
        for row, end in ((low, least), (high, upper)):
            row.set_coefficient(steps[k], 1.0)
            row.set_coefficient(runs, -end)
