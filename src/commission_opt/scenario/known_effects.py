"""The effects of one scenario after the other, worked out where they differ from the last ones.

Along a path most neighbours share their rates, so that supply need not be worked out again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from commission_opt.accounts.effects import Effects, effects, staff
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import budget_use, placement_use
from commission_opt.scenario.scenario import Scenario, Setting, settings_by_part

Part = TypeVar("Part")


class KnownEffects:
    """Effects of scenarios of an instance.

    They depend on the scenario alone: what is kept are those of the instance as it is given, which
    may be known already, and of the scenario before.
    """

    def __init__(self, instance: Instance, given: Effects | None = None) -> None:
        given = given or effects(instance)
        self._supply = _Kept(given.supply, staff)
        self._spend = _Kept(given.spend, budget_use)
        self._weeks = _Kept(given.weeks, placement_use)

    def of(self, instance: Instance, scenario: Scenario) -> Effects:
        """Return the effects of an instance, which is what the scenario makes of the given one."""
        changed = settings_by_part(scenario)
        supply = self._supply.of(instance, changed.get("supply", ()))
        spend = self._spend.of(instance, changed.get("spend", ()))
        weeks = self._weeks.of(instance, changed.get("weeks", ()))
        return Effects(
            supply,
            replace(spend, upper=instance.budgets["amount"].to_numpy(float)),
            replace(weeks, upper=instance.placements["capacity"].to_numpy(float)),
        )


@dataclass(eq=False)
class _Kept(Generic[Part]):
    """A part of the effects, as given and as it was last, and the settings it then had."""

    given: Part
    work: Callable[[Instance], Part]
    last: tuple[tuple[Setting, ...], Part] | None = None

    def of(self, instance: Instance, settings: tuple[Setting, ...]) -> Part:
        if not settings:
            return self.given
        if self.last is None or self.last[0] != settings:
            self.last = settings, self.work(instance)
        return self.last[1]
