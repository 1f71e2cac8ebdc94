"""Pyomo with HiGHS by its first persistent interface, `appsi_highs`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyomo.environ as pyo
from peers.peer import Answer
from peers.pyomo_model import build_model, set_budgets
from peers.statement import Statement
from pyomo.contrib.appsi.base import TerminationCondition
from pyomo.contrib.appsi.solvers import Highs

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
class PyomoAppsi:
    """`pyomo.contrib.appsi.solvers.Highs`."""

    seed: int = 0

    def build(self, statement: Statement, *, whole: bool) -> Model:
        """Write the model; see ``pyomo_model.py``."""
        return Model(statement, build_model(statement, whole=whole))

    def hand_over(self, model: Model) -> None:
        """Walk through the model and pass it on; from then on, only parameters change."""
        solver = model.solver
        solver.config.load_solution = False
        solver.highs_options = {"threads": 1, "parallel": "off", "random_seed": self.seed}
        for name in _CHECKS:
            setattr(solver.update_config, name, False)
        solver.set_instance(model.pyomo)
        model.handed = True

    def solve_relaxation(self, model: Model) -> Answer:
        """Run HiGHS as it comes."""
        return self._solve(model)

    def solve_integer(self, model: Model, gap: float, seconds: float) -> Answer:
        """Run branch and bound."""
        model.solver.config.mip_gap = gap
        model.solver.config.time_limit = seconds
        return self._solve(model)

    def resolve_budgets(self, model: Model, factors: Sequence[float]) -> list[float]:
        """Change the parameters; the interface changes the row bounds."""
        if not model.handed:
            self.hand_over(model)
        found = []
        for factor in factors:
            set_budgets(model.pyomo, model.statement.budgets(factor))
            found.append(float(model.solver.solve(model.pyomo).best_feasible_objective))
        return found

    def _solve(self, model: Model) -> Answer:
        if not model.handed:
            self.hand_over(model)
        result = model.solver.solve(model.pyomo)
        condition, value = result.termination_condition, result.best_feasible_objective
        if condition is TerminationCondition.infeasible:
            return Answer("infeasible", None, None, None, condition.name)
        done = condition is TerminationCondition.optimal
        if not done and condition is not TerminationCondition.maxTimeLimit:
            return Answer("failed", None, None, None, condition.name)
        steps = None
        # HiGHS counts a time limit without a point as one with an objective that is infinite.
        if found := value is not None and np.isfinite(value):
            variables = list(model.pyomo.steps.values())
            values = model.solver.get_primals(vars_to_load=variables)
            steps = np.array([values[variable] for variable in variables])
        return Answer(
            "optimal" if done else "limit",
            float(value) if found else None,
            result.best_objective_bound,
            steps,
            condition.name,
        )
