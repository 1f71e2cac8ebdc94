"""PuLP with CBC, which runs as a program and reads the model from an MPS file.

Rows are `LpAffineExpression`s of pairs, several times faster than `lpSum` of products. PuLP leaves
a constant of the objective out of the file, so a variable that is always 1 carries it. It writes
the file anew for every solve, so handing over is timed by itself and is part of every solve as
well; a re-solve is a new file.
"""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cbcbox
import numpy as np
import pulp
from peers.peer import Answer
from peers.statement import Statement
from scipy import sparse

from commission_opt.arrays import Floats


@dataclass
class Model:
    """A PuLP problem with what is read or changed later."""

    problem: Any
    statement: Statement
    steps: list[Any]
    budgets: list[Any]
    whole: bool


@dataclass(frozen=True)
class PulpCbc:
    """PuLP with the CBC of `pip install "pulp[cbc]"`, which PuLP 4 has in place of its own."""

    seed: int = 0

    def build(self, statement: Statement, *, whole: bool) -> Model:
        """Write variables, constraints and the objective."""
        s, problem = statement, pulp.LpProblem("allocation", pulp.LpMinimize)
        category = pulp.LpInteger if whole else pulp.LpContinuous
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # what PuLP 4 will call otherwise
            steps = [
                pulp.LpVariable(f"steps_{i}", low, high, category)
                for i, (low, high) in enumerate(
                    zip(s.lower.tolist(), s.upper.tolist(), strict=True)
                )
            ]
            short = [
                [pulp.LpVariable(f"short_{i}_{t}", 0, w) for t, w in enumerate(widths)]
                for i, widths in enumerate(s.width.tolist())
            ]
            constant = pulp.LpVariable("constant", 1, 1)
            rows = _Rows(problem, steps)
            rows.add(s.supply, s.gap, pulp.LpConstraintGE, short)
            budgets = rows.add(s.budget, s.budget_left, pulp.LpConstraintLE)
            rows.add(s.placement, s.placement_left, pulp.LpConstraintLE)
            rows.add(s.promise, s.promised_least, pulp.LpConstraintGE)
            rows.add(s.promise, s.promised_most, pulp.LpConstraintLE)
            _pace(rows, s)
            if whole:
                _cohorts(rows, s)
            prices = zip(short, s.price.tolist(), strict=True)
            terms = [pair for own, price in prices for pair in zip(own, price, strict=True)]
            problem.setObjective(pulp.LpAffineExpression([*terms, (constant, s.offset)]))
        return Model(problem, s, steps, budgets, whole)

    def hand_over(self, model: Model) -> None:
        """Write the file that CBC reads."""
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            model.problem.writeMPS(str(Path(folder) / "problem.mps"), rename=True)

    def solve_relaxation(self, model: Model) -> Answer:
        """Run CBC's simplex method."""
        return self._solve(model)

    def solve_integer(self, model: Model, gap: float, seconds: float) -> Answer:
        """Run CBC's branch and cut."""
        return self._solve(model, gapRel=gap, timeLimit=seconds)

    def resolve_budgets(self, model: Model, factors: Sequence[float]) -> list[float]:
        """Change right-hand sides and solve afresh, as the program has ended."""
        found = []
        for factor in factors:
            for row, left in zip(
                model.budgets, model.statement.budgets(factor).tolist(), strict=True
            ):
                row.changeRHS(left)
            found.append(self._solve(model).objective or np.nan)
        return found

    def _solve(self, model: Model, **asked: float) -> Answer:
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            log = Path(folder) / "cbc.log"
            solver = pulp.COIN_CMD(
                path=cbcbox.cbc_bin_path(), msg=False, threads=1, logPath=str(log),
                options=[f"randomCbcSeed {self.seed}"], **asked,
            )  # fmt: skip
            model.problem.solve(solver)
            return _answer(model, log.read_text())


@dataclass(frozen=True)
class _Rows:
    """Adds constraints over the steps to a problem."""

    problem: Any
    steps: list[Any]

    def add(
        self,
        matrix: sparse.csr_array,
        limit: Floats,
        sense: int,
        more: Sequence[Sequence[Any]] | None = None,
    ) -> list[Any]:
        """Add the rows that have a limit, and more variables to each if there are any."""
        ends, columns = matrix.indptr.tolist(), matrix.indices.tolist()
        values, rows = matrix.data.tolist(), []
        for i in np.flatnonzero(np.isfinite(limit)).tolist():
            own = slice(ends[i], ends[i + 1])
            terms = list(zip([self.steps[k] for k in columns[own]], values[own], strict=True))
            terms += [(variable, 1.0) for variable in (more[i] if more else ())]
            rows.append(self.row(terms, float(limit[i]), sense))
        return rows

    def row(self, terms: list[tuple[Any, float]], limit: float, sense: int) -> Any:
        """Add one constraint."""
        row = pulp.LpConstraint(pulp.LpAffineExpression(terms), sense, rhs=limit)
        self.problem.addConstraint(row)
        return row


def _pace(rows: _Rows, s: Statement) -> None:
    """Bind each year to the year before it."""
    steps = rows.steps
    ends = zip(s.now.tolist(), s.before.tolist(), s.rise.tolist(), s.fall.tolist(), strict=True)
    for now, before, rise, fall in ends:
        up = [(steps[now], 1.0), (steps[before], -s.fastest)]
        down = [(steps[now], 1.0), (steps[before], -s.slowest)]
        rows.row(up, rise, pulp.LpConstraintLE)
        rows.row(down, -fall, pulp.LpConstraintGE)


def _cohorts(rows: _Rows, s: Statement) -> None:
    """Let a course run with its smallest cohort or more, or not at all."""
    most = s.upper[s.guarded].tolist()
    for k, least, upper in zip(s.guarded.tolist(), s.least.tolist(), most, strict=True):
        runs = pulp.LpVariable(f"runs_{k}", cat=pulp.LpBinary)
        rows.row([(rows.steps[k], 1.0), (runs, -least)], 0.0, pulp.LpConstraintGE)
        rows.row([(rows.steps[k], 1.0), (runs, -upper)], 0.0, pulp.LpConstraintLE)


def _answer(model: Model, log: str) -> Answer:
    """Read the answer; CBC's bound is in its log only, to six digits."""
    solution, stopped = model.problem.sol_status, "Stopped on time" in log
    results = re.findall(r"Result - (.+)", log)  # of branch and cut only
    message = results[-1].strip() if results else pulp.LpSolution[solution]
    # PuLP calls it infeasible, too, if CBC has found no whole steps when its time is over.
    infeasible = "infeasible" in message.lower() or "infeasibility proved" in log
    if infeasible and not stopped:
        return Answer("infeasible", None, None, None, message)
    found = solution in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible)
    value = float(pulp.value(model.problem.objective)) if found else None
    bounds = re.findall(r"Lower bound: +(\S+)", log)
    bound = float(bounds[-1]) if bounds else (None if stopped else value)
    return Answer(
        "optimal" if found and not stopped else "limit" if stopped else "failed",
        value,
        bound if model.whole else value,
        np.array([step.value() for step in model.steps], dtype=float) if found else None,
        message,
    )
