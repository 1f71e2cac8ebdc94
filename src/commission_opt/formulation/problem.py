"""One planning problem as every rule and objective sees it."""

from __future__ import annotations

from dataclasses import dataclass

from commission_opt.effects import Effects, effects
from commission_opt.formulation.cohorts import Cohorts, cohorts
from commission_opt.formulation.decisions import Decisions, decisions
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy


@dataclass(frozen=True)
class Planning:
    """An instance under a commissioning model.

    Parameters
    ----------
    instance : Instance
    policy : Policy
    effects : Effects
        Supply, spending and placement weeks that places lead to.
    layout : Decisions
        How decision columns become places.
    cohorts : Cohorts
        Numbers of places that courses may take.
    steady : bool
        Whether rows and columns that this instance could do without are kept, so that programs
        of instances that differ in their figures only have the same layout.
    """

    instance: Instance
    policy: Policy
    effects: Effects
    layout: Decisions
    cohorts: Cohorts
    steady: bool = False


def planning(
    instance: Instance, policy: Policy, effect: Effects | None = None, *, steady: bool = False
) -> Planning:
    """Put together what the rules and objectives of a model need."""
    return Planning(
        instance,
        policy,
        effect or effects(instance),
        decisions(instance, policy),
        cohorts(instance, policy),
        steady,
    )
