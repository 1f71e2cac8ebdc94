"""The objectives of a commissioning model, one file each.

An objective is a module with

- ``UNIT``: what its value is counted in;
- ``aim(problem) -> Aim``: its linear form, with the columns and rows it needs;
- ``value(problem, result) -> float``: its value for an allocation, from the consequences alone.

Every module in this folder is an objective; nothing else registers it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from commission_opt.formulation.parts import Aim
from commission_opt.formulation.problem import Planning
from commission_opt.outcome import Outcome


@dataclass(frozen=True)
class ObjectiveKind:
    """An objective: its unit, its linear form and its value."""

    unit: str
    aim: Callable[[Planning], Aim]
    value: Callable[[Planning, Outcome], float]


def _load(name: str) -> ObjectiveKind:
    module = import_module(f"{__name__}.{name}")
    return ObjectiveKind(module.UNIT, module.aim, module.value)


OBJECTIVES: Mapping[str, ObjectiveKind] = {m.name: _load(m.name) for m in iter_modules(__path__)}
