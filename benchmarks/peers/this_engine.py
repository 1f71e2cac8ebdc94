"""The engine itself under the same verbs, so that it is timed by the same driver.

It assembles the relaxation only: binaries are written where branch and bound asks for them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from peers.peer import Answer
from peers.statement import Statement

from commission_opt.accounts.outcome import outcome
from commission_opt.allocation.methods import METHODS, Method
from commission_opt.allocation.relaxation import HotRelaxations
from commission_opt.allocation.stage import run_stage
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import certify
from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.solvers.highs import load
from commission_opt.solvers.status import Limits, Watch


@dataclass
class Model:
    """The formulation, and the solver that goes on from one relaxation to the next."""

    formulation: Formulation
    hot: HotRelaxations = field(default_factory=HotRelaxations)


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
        load(model.formulation.program, None, Limits(seed=self.seed), math.inf)

    def solve_relaxation(self, model: Model) -> Answer:
        """Solve as exactly as a plan in fractions is solved."""
        steps, value, bound = self._relaxed(model, model.formulation)
        return Answer("optimal", value, bound, steps, "")

    def solve_integer(self, model: Model, gap: float, seconds: float) -> Answer:
        """Find whole places and certify them."""
        formulation, problem = model.formulation, model.formulation.problem
        limits = Limits(seconds, gap, self.seed)
        effort = METHODS[Method(self.method)]
        places, proof = run_stage(formulation, limits, Watch(), seconds, effort=effort)
        result = outcome(problem.instance, problem.policy, problem.effects, places)
        certificate = certify(problem, result, [proof])
        steps = problem.layout.to_columns(places) / formulation.step
        return Answer(
            "optimal" if certificate.gap <= gap else "limit",
            certificate.objective,
            certificate.bound,
            steps,
            "certified" if certificate.valid else "the certificate failed",
        )

    def resolve_budgets(self, model: Model, factors: Sequence[float]) -> list[float]:
        """Assemble each anew and change in the solver what differs, as a sweep does; all proved."""
        problem, found = model.formulation.problem, []
        effects, spend = problem.effects, problem.effects.spend
        for factor in factors:
            changed = replace(effects, spend=replace(spend, upper=factor * spend.upper))
            other = problem.with_effects(changed)
            _, value, _ = self._relaxed(model, formulate(other, aims(other)[0]))
            found.append(value)
        return found

    def _relaxed(self, model: Model, formulation: Formulation) -> tuple[Floats, float, float]:
        problem = formulation.problem
        fractions = replace(formulation, problem=replace(problem, policy=problem.policy.relaxed()))
        found = model.hot(fractions, Limits(math.inf, seed=self.seed), Watch(), math.inf)
        places, scale = problem.layout.to_amounts(found.columns), formulation.aim.scale
        value = formulation.program.value(formulation.point(places)) * scale
        return found.columns / formulation.step, value, found.bound * scale
