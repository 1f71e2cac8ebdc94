"""What came of a scenario, as it is worked out and as the store of a sweep keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field

from commission_opt.arrays import Floats
from commission_opt.scenario.scenario import Scenario


@dataclass(frozen=True)
class Changed:
    """What a scenario changes: an axis by its name, and its target, such as ``budget*=``."""

    axis: str
    target: str
    value: float


@dataclass(frozen=True, eq=False)
class Row:
    """A scenario, and its plan in figures or why there is none."""

    number: int  # position in the design, from 0
    key: str
    name: str
    settings: tuple[Changed, ...]
    # ``optimal``, ``feasible``, ``infeasible``, ``no_plan_found``, ``invalid``, ``uncertified`` or
    # ``error``
    status: str = "error"
    reason: str = ""  # why there is no plan; empty if there is one
    how: str = ""  # how its relaxations were solved: see ``HotRelaxations``
    seconds: float = 0.0
    # see ``sweep.measures``; empty if there is no plan
    measures: dict[str, float] = field(default_factory=dict)
    places: Floats | None = None  # (C, K): places by course and commissioning year
    units: Floats | None = None  # (L − C, K): units by measure and commissioning year


def row_of(number: int, scenario: Scenario) -> Row:
    """Return the row of a scenario that is still to be worked out."""
    settings = ((s.axis.name, s.axis.target, s.value) for s in scenario.settings)
    return Row(number, scenario.key, scenario.name, tuple(Changed(*each) for each in settings))
