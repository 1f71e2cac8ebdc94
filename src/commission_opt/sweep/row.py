"""What came of a scenario, as it is worked out and as the store of a sweep keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field

from commission_opt.arrays import Floats
from commission_opt.scenario.scenario import Scenario
from commission_opt.solvers.work import End


@dataclass(frozen=True)
class Changed:
    """What a scenario changes: an axis by its name, and its target, such as ``budget*=``."""

    axis: str
    target: str
    value: float


@dataclass(frozen=True, eq=False)
class Row:
    """A scenario, and its plan in figures or why there is none.

    Parameters
    ----------
    number : int
        Position in the design, from 0.
    key, name : str
    settings : tuple of Changed
    status : str
        ``optimal``, ``feasible``, ``infeasible``, ``no_plan_found``, ``invalid``,
        ``uncertified`` or ``error``.
    reason : str
        Why there is no plan; empty if there is one.
    how : str
        How its relaxations were solved: see ``HotRelaxations``.
    seconds : float
    measures : dict of str to float
        See ``sweep.measures``; empty if there is no plan.
    places : array, shape (C, K), or None
        Places by course and commissioning year.
    units : array, shape (L − C, K), or None
        Units by measure and commissioning year.
    work : float
        That was done, by ``solvers.work``.
    ends : tuple of End or None
        How each round of it ended, None if its work was done.
    """

    number: int
    key: str
    name: str
    settings: tuple[Changed, ...]
    status: str = "error"
    reason: str = ""
    how: str = ""
    seconds: float = 0.0
    measures: dict[str, float] = field(default_factory=dict)
    places: Floats | None = None
    units: Floats | None = None
    work: float = 0.0
    ends: tuple[End | None, ...] = ()


def row_of(number: int, scenario: Scenario) -> Row:
    """Return the row of a scenario that is still to be worked out."""
    settings = ((s.axis.name, s.axis.target, s.value) for s in scenario.settings)
    return Row(number, scenario.key, scenario.name, tuple(Changed(*each) for each in settings))
