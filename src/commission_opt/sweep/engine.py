"""One scenario after the other, each from where the last one ended.

A scenario is written anew from its figures, which takes milliseconds, and compared with the program
that the solver holds; only what differs is changed there, and the basis stays.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from typing import Any

from commission_opt.allocation.allocate import Allocation, allocate_problem
from commission_opt.allocation.methods import METHODS, Method
from commission_opt.allocation.relaxation import HotRelaxations
from commission_opt.errors import CommissionOptError, InfeasibleError, InputError, NoPlanError
from commission_opt.formulation.problem import Planning, planning
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.known_effects import KnownEffects
from commission_opt.scenario.scenario import Scenario
from commission_opt.solvers.status import Limits, Watch
from commission_opt.sweep.measures import Measuring
from commission_opt.sweep.row import Row, row_of


class Session:
    """An instance under a model, ready to be solved again and again with other figures.

    Limits are those of each scenario; the method is how whole places are found.
    """

    def __init__(
        self, instance: Instance, policy: Policy, limits: Limits, method: Method = Method.FAST
    ) -> None:
        self._ground, self._limits = Ground(instance, policy), limits
        self._effects, self._measuring = KnownEffects(instance), Measuring(instance)
        self._hot = HotRelaxations()
        self._last: Planning | None = None
        self._effort = replace(METHODS[method], relax=self._hot)

    def run(self, scenario: Scenario, number: int = 0) -> Row:
        """Solve a scenario, given its number in the design; where there is no plan, say why."""
        start, before = time.perf_counter(), Counter(self._hot.counts)
        try:
            instance, policy = self._ground.apply(scenario.settings)
            effects = self._effects.of(instance, scenario)
            self._last = planning(instance, policy, effects, steady=True, last=self._last)
            solved = allocate_problem(self._last, self._limits, Watch(), self._effort)
            found = self._figures(solved)
        except CommissionOptError as error:
            found = {"status": _STATUS.get(type(error), "error"), "reason": str(error)}
        except Exception as error:  # a fault of ours in one scenario must not cost the others
            self.forget()
            found = {"reason": f"{type(error).__name__}: {error}"}
        how = ", ".join(sorted((self._hot.counts - before).keys()))
        seconds = time.perf_counter() - start
        return replace(row_of(number, scenario), **found, how=how, seconds=seconds)

    def forget(self) -> None:
        """Start anew, so that what comes next does not depend on what came before."""
        self._hot.forget()

    def _figures(self, found: Allocation) -> dict[str, Any]:
        """Return fields of the row of a plan."""
        if not found.certificate.valid:
            reason = found.certificate.where or "bound and objective do not fit"
            return {"status": "uncertified", "reason": f"the certificate failed: {reason}"}
        return {
            "status": found.status,
            "measures": self._measuring.of(found),
            "places": found.places,
            "units": found.outcome.units,
        }


_STATUS: dict[type[CommissionOptError], str] = {
    InputError: "invalid",
    InfeasibleError: "infeasible",
    NoPlanError: "no_plan_found",
}
