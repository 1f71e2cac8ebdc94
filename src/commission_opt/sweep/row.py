"""What came of a scenario: as it is worked out, and as the store of a sweep gives it back."""

from __future__ import annotations

from dataclasses import dataclass, field

from commission_opt.arrays import Floats
from commission_opt.scenario.scenario import Scenario


@dataclass(frozen=True, eq=False)
class ScenarioResult:
    """The plan of a scenario in figures, or why there is none.

    Parameters
    ----------
    scenario : Scenario
    status : str
        ``optimal``, ``feasible``, ``infeasible``, ``no_plan_found``, ``invalid``,
        ``uncertified`` or ``error``.
    reason : str
        Why there is no plan; empty if there is one.
    measures : dict of str to float
        See ``sweep.measures``; empty if there is no plan.
    places : array, shape (C, K), or None
        Places by course and commissioning year.
    units : array, shape (L − C, K), or None
        Units by measure and commissioning year.
    how : str
        How its relaxations were solved: see ``HotRelaxations``.
    seconds : float
    """

    scenario: Scenario
    status: str
    reason: str = ""
    measures: dict[str, float] = field(default_factory=dict)
    places: Floats | None = None
    units: Floats | None = None
    how: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Changed:
    """What a scenario changes.

    Parameters
    ----------
    axis : str
        Name of the axis.
    target : str
        What is changed and how, as on the command line, such as ``budget[fund=tuition]*=``.
    value : float
    """

    axis: str
    target: str
    value: float


@dataclass(frozen=True)
class Row:
    """A scenario as it is kept.

    Parameters
    ----------
    number : int
        Position in the design, from 0.
    key, name : str
    settings : tuple of Changed
    status, reason, how : str
        As in ``ScenarioResult``.
    seconds : float
    measures : dict of str to float
    places : array, shape (C, K), or None
    units : array, shape (L − C, K), or None
    """

    number: int
    key: str
    name: str
    settings: tuple[Changed, ...]
    status: str
    reason: str
    how: str
    seconds: float
    measures: dict[str, float]
    places: Floats | None
    units: Floats | None = None
