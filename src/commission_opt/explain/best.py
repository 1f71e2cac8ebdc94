"""The best that places in any number can reach, solved from the last one on and proved."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from commission_opt.accounts.outcome import spent
from commission_opt.allocation.relaxation import HotRelaxations, relaxed
from commission_opt.allocation.settled import outcome_of
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE, violations
from commission_opt.errors import CertificateError, CommissionOptError, StoppedError
from commission_opt.formulation.assemble import Formulation, formulate, rule_parts
from commission_opt.formulation.objectives import OBJECTIVES, first_objective
from commission_opt.formulation.problem import Planning
from commission_opt.policy import Objective
from commission_opt.solvers.status import Limits, Watch

_SLACK = 1e-9  # of the first objective, within which spend is made least
_NEAR = 1e-6  # most relative distance of value and bound


@dataclass(frozen=True)
class Least:
    """The least value of an objective.

    Parameters
    ----------
    value : float
        Of the places found, worked out from them.
    bound : float
        What is proved: no places have less.
    """

    value: float
    bound: float

    @property
    def low(self) -> float:
        """What the least value is not below; not a number where nothing is proved."""
        return float(np.minimum(self.value, self.bound))

    @property
    def high(self) -> float:
        """What the least value is not above; not a number where nothing is proved."""
        return float(np.maximum(self.value, self.bound))


@dataclass(frozen=True, eq=False)
class Best:
    """The best places in any number and, of all that are as good, the cheapest.

    Parameters
    ----------
    least : Least
        The first objective.
    spend : Least
        £ on new and continued places over the horizon, undiscounted; its bound is not a number
        where the cheapest were not found.
    shortfall : float
        FTE-years missing over the horizon, unweighted.
    places : array, shape (C, K)
    """

    least: Least
    spend: Least
    shortfall: float
    places: Floats


class BestPlaces:
    """Finds the best places of one problem after the other, each from the last.

    Limits are for each solve; the watch can stop the work between two and within one.
    """

    def __init__(self, limits: Limits, watch: Watch) -> None:
        self._limits, self._watch = limits, watch
        self._first, self._cheapest = HotRelaxations(), HotRelaxations()

    def least(self, problem: Planning) -> tuple[Least, Floats]:
        """Return the least value of the first objective, and places that have it.

        Whole places are not asked for, whatever the model says.

        Raises
        ------
        InfeasibleError
            If no places keep every rule.
        NoPlanError, StoppedError
            If the time limit or the user came first.
        CertificateError
            If what was found does not prove itself.
        """
        return self._solved(
            formulate(problem, first_objective(problem.policy).aim(problem)), self._first
        )

    def best(self, problem: Planning) -> Best:
        """Return the best places, the cheapest of them; raises as ``least`` does."""
        least, places = self.least(problem)
        name = next(name for name, kind in OBJECTIVES.items() if kind.spending)
        others = (each for each in problem.policy.objectives if each.minimise != name)
        all_spent = (*others, Objective(name, pay=len(problem.instance.pay) > 0))
        policy = replace(problem.policy, discount_rate=0.0, objectives=all_spent)
        undiscounted = replace(problem, policy=policy)
        limit = least.high + _SLACK * max(1.0, abs(least.high))
        cost = OBJECTIVES[name].aim(undiscounted)
        parts, held = rule_parts(problem), [(first_objective(problem.policy).aim(problem), limit)]
        try:
            cheapest = formulate(undiscounted, cost, parts, held)
            spend, places = self._solved(cheapest, self._cheapest)
        except StoppedError:
            raise
        except CommissionOptError:
            spend = Least(spent(problem.instance, outcome_of(problem, places)), np.nan)
        missing = float(outcome_of(problem, places).shortfall.sum())
        return Best(least, spend, missing, places)

    def _solved(self, formulation: Formulation, hot: HotRelaxations) -> tuple[Least, Floats]:
        if self._watch.stopped:
            raise StoppedError("stopped before the answer was complete")
        aim, asked = formulation.aim, formulation.problem
        problem = replace(asked, policy=asked.policy.relaxed())
        formulation = replace(formulation, problem=problem)
        found = relaxed(formulation, hot, self._limits, self._watch, self._limits.seconds)
        places = problem.layout.to_amounts(found.columns)
        result = outcome_of(problem, places)
        value = OBJECTIVES[aim.name].value(problem, result)
        bound = found.bound * aim.scale
        worst = max(violations(problem, result), key=lambda v: v.size)
        if worst.size > TOLERANCE or not bound >= value - _NEAR * max(1.0, abs(value)):
            raise CertificateError(
                "what the solver found does not prove itself"
                + (f": {worst.where} is broken" if worst.size > TOLERANCE else "")
            )
        return Least(value, bound), places
