"""Below floors: FTE missing from floors, ``Σ δ^(y − first_year) max(0, required − service)``.

Over the floors of ``floors.csv``, each in its leaf regions and years, without weights.
"""

from __future__ import annotations

import numpy as np

from commission_opt.accounts.floors import missing
from commission_opt.accounts.many import Balance, Many, of_cells
from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.formulation.floors import FLOORS, named_floor
from commission_opt.formulation.parts import Aim
from commission_opt.formulation.positive_parts import positive_parts
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.service import service
from commission_opt.formulation.shortage import year_weights
from commission_opt.instance.instance import Instance
from commission_opt.policy import Objective

TITLE = "service below floors"
UNIT = "discounted FTE-years"
SENTENCE = "the service below floors of {} FTE-years"
KEPT = "every floor"
COUNTS_FLOORS = True
BELOW = "below_floor"
_ROUNDING = 1e-6  # FTE-years over all floors, which solvers leave where every one is kept


def needs(_objective: Objective) -> dict[str, str]:
    """Name the table of floors."""
    return {"minimise": "floors"}


def aim(problem: Planning) -> Aim:
    """Add a column for each floor, region and year that decisions can fall below or reach."""
    instance = problem.instance
    gap = missing(instance, service(problem).done)

    def key(row: int) -> str:
        return "{},{},{}".format(*named_floor(instance, row))

    def label(row: int) -> str:
        return "floor {!r} in {!r} in {}".format(*named_floor(instance, row))

    return positive_parts(problem, BELOW, gap, _weights(problem), key, label, FLOORS)


def value(problem: Planning, result: Outcome) -> float:
    """Return the discounted FTE-years below floors; what is rounding alone counts as none."""
    total = float(_weights(problem) @ result.floors.below)
    return total if total > _ROUNDING else 0.0


def values(problem: Planning, many: Many) -> Floats:
    """Return the same in many futures, shape (W,)."""
    total = _weights(problem) @ _below(problem.instance, many.balance)
    return np.where(total > _ROUNDING, total, 0.0)


def _below(instance: Instance, balance: Balance) -> Floats:
    """Return the FTE missing from each floor in W futures, shape (F, W)."""
    floors, (counted, asked) = instance.floors, instance.floor_cells
    fte, share = (
        floors[n].fillna(0.0).to_numpy(float)[:, None] for n in ("min_fte", "min_demand_share")
    )
    service = of_cells(balance.service)
    required = fte + share * (counted @ of_cells(balance.needed)) + asked @ service
    return np.asarray(np.maximum(required - counted @ service, 0.0))


def _weights(problem: Planning) -> Floats:
    """Return ``δ^(y − first_year)`` for each floor, region and year."""
    year = problem.instance.floors["year"].to_numpy(int) - problem.instance.first_year
    each: Floats = year_weights(problem.instance, problem.policy)[year]
    return each
