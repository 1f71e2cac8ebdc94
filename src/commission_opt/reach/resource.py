"""What may be had more of to reach a target: figures of the instance and a factor, or time."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from commission_opt.errors import UsageError
from commission_opt.formulation.rules import LIMITS
from commission_opt.policy import Policy
from commission_opt.scenario.axis import Axis, parse_figures
from commission_opt.scenario.fields import field_name
from commission_opt.scenario.scenario import Setting

TIME = "time"
_RATES = ("leavers", "leaver_rate", "early_leaver_rate")
_OTHER: Mapping[str, str] = {"retention": "leavers", "placements": "placement_capacity"}
_LIMIT = {limit.vary: name for name, limit in LIMITS.items()}


@dataclass(frozen=True)
class Resource:
    """What a target is to be reached by.

    Parameters
    ----------
    text : str
        As it was written.
    axis : Axis
        The figures that a factor multiplies.
    """

    text: str
    axis: Axis

    @property
    def of_limits(self) -> bool:
        """Whether the figures are limits: then programs differ in the ends of rows alone."""
        return self.axis.field in _LIMIT

    @property
    def limit(self) -> str:
        """The rule that keeps the limits."""
        return _LIMIT[self.axis.field]

    @property
    def what(self) -> str:
        """What is multiplied, in words."""
        if not self.of_limits:
            return "leaver rates"
        return "budgets" if LIMITS[self.limit].money else "placement capacities"

    def at(self, factor: float) -> tuple[Setting, ...]:
        """Return the change that a factor makes."""
        return (Setting(self.axis, factor),)


def parse_resource(text: str, policy: Policy) -> Resource | None:
    """Read ``budget``, ``placements`` or ``retention``, each with filters if any; None for time.

    Raises
    ------
    UsageError
        If it is nothing of these, or limits that the model does not keep.
    """
    name, bracket, rest = text.strip().partition("[")
    if name.strip() == TIME and not bracket:
        return None
    field = _OTHER.get(name.strip(), name.strip())
    with suppress(UsageError):  # which would name all that can vary
        field = field_name(field)
    if field not in _LIMIT and field not in _RATES:
        raise UsageError(
            f"--by: {name.strip()!r} is not what a target is reached by; there are budget, "
            "placements, retention and time, the first three with filters if any, such as "
            "'budget[fund=…]'"
        )
    axis = parse_figures(f"{field}{bracket}{rest}", "*=")
    found = Resource(text.strip(), axis)
    if found.of_limits and not getattr(policy.rules, found.limit):
        raise UsageError(
            f"the model {policy.name!r} does not keep {found.what}; nothing is to gain"
        )
    return found
