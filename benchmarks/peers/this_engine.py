"""The engine itself under the same verbs, so that it is timed by the same driver.

It assembles the relaxation only: binaries are written where branch and bound asks for them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from peers.peer import Answer
from peers.statement import Statement

from commission_opt.allocation.methods import METHODS, Method
from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.allocation.stage import run_stage
from commission_opt.certificate import certify
from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.formulation.rules.budgets import UNIT
from commission_opt.outcome import outcome
from commission_opt.solvers.highs import load
from commission_opt.solvers.status import Limits, Watch


@dataclass
class Model:
    """The formulation, and HiGHS once it holds it."""

    formulation: Formulation
    highs: Any = None


@dataclass(frozen=True)
class ThisEngine:
    """What `commission-opt solve` does, phase by phase.

    Parameters
    ----------
    seed : int
    method : {"auto", "fast", "exact"}
    """

    seed: int = 0
    method: str = "auto"

    def build(self, statement: Statement, *, whole: bool) -> Model:  # noqa: ARG002
        """Assemble the program; the statement gives no more than the instance and the model."""
        problem = statement.problem
        return Model(formulate(problem, aims(problem)[0]))

    def hand_over(self, model: Model) -> None:
        """Load the program into HiGHS."""
        model.highs = load(model.formulation.program, None, Limits(seed=self.seed), math.inf)

    def solve_relaxation(self, model: Model) -> Answer:
        """Solve as exactly as a plan in fractions is solved."""
        formulation, problem = model.formulation, model.formulation.problem
        exact = replace(formulation, problem=replace(problem, policy=problem.policy.relaxed()))
        found = solve_relaxation(exact, Limits(math.inf, seed=self.seed), Watch())
        places, scale = problem.layout.to_places(found.columns), formulation.aim.scale
        value = formulation.program.value(formulation.point(places)) * scale
        return Answer("optimal", value, found.bound * scale, found.columns / formulation.step, "")

    def solve_integer(self, model: Model, gap: float, seconds: float) -> Answer:
        """Find whole places and certify them."""
        formulation, problem = model.formulation, model.formulation.problem
        limits = Limits(seconds, gap, self.seed)
        effort = METHODS[Method(self.method)]
        stage = run_stage(formulation, limits, Watch(), seconds, effort=effort)
        result = outcome(problem.instance, problem.policy, problem.effects, stage.places)
        certificate = certify(problem, result, [stage.proof])
        steps = problem.layout.to_columns(stage.places) / formulation.step
        return Answer(
            "optimal" if certificate.gap <= gap else "limit",
            certificate.objective,
            certificate.bound,
            steps,
            "certified" if certificate.valid else "the certificate failed",
        )

    def resolve_budgets(self, model: Model, factors: Sequence[float]) -> list[float]:
        """Change the bounds of the budget rows; HiGHS goes on from its basis.

        The engine has no call of its own for other budgets (``solvers/hot.py`` changes the bounds
        of columns), so this does on the loaded program what such a call would do.
        """
        if model.highs is None:
            self.hand_over(model)
        formulation, found = model.formulation, []
        program, spend = formulation.program, formulation.problem.effects.spend
        where = program.rows["budgets"]
        rows = np.arange(where.start, where.stop, dtype=np.int32)
        for factor in factors:
            upper = program.row_upper[where] + (factor - 1.0) * spend.limit / UNIT
            model.highs.changeRowsBounds(
                len(rows), rows, np.ascontiguousarray(program.row_lower[where]), upper
            )
            model.highs.run()
            info = model.highs.getInfo()
            found.append(float(info.objective_function_value) * formulation.aim.scale)
        return found
