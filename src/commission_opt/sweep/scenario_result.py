"""What came of a scenario."""

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
