"""A scenario: the figures of an instance and a model, with some of them changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.scenario.fields import FIELDS, POLICY
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.setting import Setting, settings_json

AS_GIVEN = "as given"


@dataclass(frozen=True)
class Scenario:
    """Settings that hold together.

    Parameters
    ----------
    name : str
        What it is called; ``as given`` for the one that changes nothing.
    settings : tuple of Setting
        Done one after the other.
    """

    name: str
    settings: tuple[Setting, ...] = ()

    @cached_property
    def key(self) -> str:
        """SHA-256 of what the settings do: equal for scenarios that differ in names only."""
        return hashlib.sha256(settings_json(self.settings).encode()).hexdigest()

    @property
    def is_base(self) -> bool:
        """Whether it leaves every figure as it is."""
        return all(setting.neutral for setting in self.settings)


def apply(scenario: Scenario, instance: Instance, policy: Policy) -> tuple[Instance, Policy]:
    """Return what a scenario makes of an instance and a model; see ``Ground.apply``.

    A ``Ground`` that is kept looks rows up once, which is what to use for many scenarios.
    """
    return Ground(instance, policy).apply(scenario.settings)


def settings_by_part(scenario: Scenario) -> dict[str, tuple[Setting, ...]]:
    """Say what a scenario may change, and which of its settings do.

    Returns
    -------
    dict of str to tuple of Setting
        By part, of ``supply``, ``spend``, ``weeks``, ``limits``, ``demand`` and ``policy``; see
        ``Field``. Parts that stay as they are given are left out.
    """
    found: dict[str, tuple[Setting, ...]] = {}
    for setting in scenario.settings:
        field = FIELDS.get(setting.axis.field)
        parts = field.parts if field else {POLICY}
        found |= {} if setting.neutral else {p: (*found.get(p, ()), setting) for p in parts}
    return found
