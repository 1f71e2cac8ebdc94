"""The effects of one scenario after the other, worked out where they differ from the last ones.

Along a path most neighbours share their rates, so that supply need not be worked out again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from commission_opt.accounts.effects import Effects, effects, needed, staff
from commission_opt.accounts.pay import spending
from commission_opt.accounts.pools import drawn, fed
from commission_opt.core.account import Account
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import placement_use
from commission_opt.scenario.scenario import Scenario, Setting, settings_by_part


class KnownEffects:
    """Effects of scenarios of an instance.

    They depend on the scenario alone: what is kept are those of the instance as it is given, which
    may be known already, and of the scenario before.
    """

    def __init__(self, instance: Instance, given: Effects | None = None) -> None:
        self._given = given or effects(instance)
        self._work: dict[str, Callable[[Instance], Account]] = {
            "supply": staff, "demand": needed, "spend": spending, "weeks": placement_use,
            "drawn": drawn, "fed": fed,
        }  # fmt: skip
        self._last: dict[str, tuple[tuple[Setting, ...], Account]] = {}

    def of(self, instance: Instance, scenario: Scenario) -> Effects:
        """Return the effects of an instance, which is what the scenario makes of the given one."""
        changed = settings_by_part(scenario)
        if len(instance.pay) and "supply" in changed:  # pay follows from supply
            changed["spend"] = (*changed["supply"], *changed.get("spend", ()))
        found = self._given
        for part in self._work.keys() & changed.keys():
            if part not in self._last or self._last[part][0] != changed[part]:
                self._last[part] = changed[part], self._work[part](instance)
            found = replace(found, **{part: self._last[part][1]})
        return replace(
            found,
            spend=replace(found.spend, upper=instance.budgets["amount"].to_numpy(float)),
            weeks=replace(found.weeks, upper=instance.placements["capacity"].to_numpy(float)),
        )
