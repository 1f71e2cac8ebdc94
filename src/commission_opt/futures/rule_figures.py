"""Figures of rules: a rule must hold in every scenario, so what is drawn of it must be bounded."""

from __future__ import annotations

from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy

_ALWAYS = frozenset(
    {
        "budget", "cost", "pay", "fill_rate", "completion_rate", "placement_capacity",
        "max_intake", "min_cohort", "max_amount", "min_amount", "commitment_min", "commitment_max",
        "entrants", "stay_rate", "offer_rate", "share",
    }
)  # fmt: skip
_OF_STAFF = frozenset(
    {
        "demand", "workforce", "leavers", "leaver_rate", "early_leaver_rate", "joiners",
        "join_rate", "fte_per_joiner", "fte_per_unit", "success_rate", "measure_leaver_rate",
    }
)  # fmt: skip


def rule_figures(instance: Instance, policy: Policy | None) -> frozenset[str]:
    """Return the fields whose figures stand in rules.

    Money, students and limits always do. Staff and demand do where measures retain staff or
    reshape work, where courses take staff, and where staff do each other's work.

    Parameters
    ----------
    instance : Instance
    policy : Policy or None
        A model with ``substitution = false`` has nobody do another's work; None may be any.
    """
    measured = instance.measures["kind"].isin(["retain", "reshape"]).any()
    taken = (instance.courses["from_p"] >= 0).any()
    deployed = len(instance.substitution) > 0 and (policy is None or policy.rules.substitution)
    return _ALWAYS | _OF_STAFF if measured or taken or deployed else _ALWAYS
