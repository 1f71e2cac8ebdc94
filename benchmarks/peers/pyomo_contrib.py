"""Pyomo with HiGHS by its newer interface, `pyomo.contrib.solver`, which is persistent too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyomo.environ as pyo
from peers.peer import Answer
from peers.pyomo_model import build_model, set_budgets
from peers.statement import Statement
from pyomo.contrib.solver.common.results import SolutionStatus, TerminationCondition
from pyomo.contrib.solver.solvers.highs import Highs

_CHECKS = (
    "check_for_new_or_removed_constraints", "check_for_new_or_removed_vars",
    "check_for_new_or_removed_params", "check_for_new_objective", "update_constraints",
    "update_vars", "update_named_expressions", "update_objective",
)  # fmt: skip


@dataclass
class Model:
    """A Pyomo model, and the interface that holds it."""

    statement: Statement
    pyomo: pyo.ConcreteModel
    solver: Any = field(default_factory=Highs)
    handed: bool = False


@dataclass(frozen=True)
class PyomoContrib:
    """`pyomo.contrib.solver.solvers.highs.Highs`."""

    seed: int = 0

    def build(self, statement: Statement, *, whole: bool) -> Model:
        """Write the model; see ``pyomo_model.py``."""
        return Model(statement, build_model(statement, whole=whole))

    def hand_over(self, model: Model) -> None:
        """Walk through the model and pass it on; from then on, only parameters change."""
        config = model.solver.config
        config.load_solutions = False
        config.raise_exception_on_nonoptimal_result = False
        config.threads = 1
        config.solver_options = {"parallel": "off", "random_seed": self.seed}
        for name in _CHECKS:
            setattr(config.auto_updates, name, False)
        model.solver.set_instance(model.pyomo)
        model.handed = True

    def solve_relaxation(self, model: Model) -> Answer:
        """Run HiGHS as it comes."""
        return self._solve(model)

    def solve_integer(self, model: Model, gap: float, seconds: float) -> Answer:
        """Run branch and bound."""
        return self._solve(model, rel_gap=gap, time_limit=seconds)

    def resolve_budgets(self, model: Model, factors: Sequence[float]) -> list[float]:
        """Change the parameters; the interface changes the row bounds."""
        if not model.handed:
            self.hand_over(model)
        found = []
        for factor in factors:
            set_budgets(model.pyomo, model.statement.budgets(factor))
            found.append(float(model.solver.solve(model.pyomo).incumbent_objective))
        return found

    def _solve(self, model: Model, **options: float) -> Answer:
        if not model.handed:
            self.hand_over(model)
        result = model.solver.solve(model.pyomo, **options)
        condition = result.termination_condition
        if condition is TerminationCondition.provenInfeasible:
            return Answer("infeasible", None, None, None, condition.name)
        done = condition is TerminationCondition.convergenceCriteriaSatisfied
        if not done and condition is not TerminationCondition.maxTimeLimit:
            return Answer("failed", None, None, None, condition.name)
        steps = None
        if result.solution_status is not SolutionStatus.noSolution:
            variables = list(model.pyomo.steps.values())
            values = result.solution_loader.get_vars(vars_to_load=variables)
            steps = np.array([values[variable] for variable in variables])
        return Answer(
            "optimal" if done else "limit",
            result.incumbent_objective,
            result.objective_bound,
            steps,
            condition.name,
        )
