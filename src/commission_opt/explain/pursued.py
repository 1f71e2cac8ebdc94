"""What a plan still pursues: objectives that it brings to nothing are kept as rules are.

A model may put the service below floors first. Once every floor is kept nothing more can be had of
it, so that prices of it would all be 0; what is asked about then are plans that keep the floors.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile
from typing import TypeVar

from commission_opt.allocation.decided import Decided
from commission_opt.certificate.certify import TOLERANCE
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.policy import Objective

Plan = TypeVar("Plan", bound=Decided)


def pursued(plan: Plan) -> Plan:
    """Return a plan whose model has for rules the first objectives that the plan brings to nothing.

    Only those of kinds that are ``kept`` once they are nothing; the last objective stays.
    """
    problem, policy = plan.problem, plan.problem.policy

    def nothing(objective: Objective) -> bool:
        kind = OBJECTIVES[objective.minimise]
        return kind.kept != "" and kind.value(problem, plan.outcome) <= TOLERANCE

    held = tuple(takewhile(nothing, policy.objectives[:-1]))
    if not held:
        return plan
    left = replace(policy, objectives=policy.objectives[len(held) :], held=(*policy.held, *held))
    return replace(plan, problem=replace(problem, policy=left))
