"""Below floors: FTE missing from floors, ``Σ δ^(y − first_year) max(0, required − service)``.

Over the floors of ``floors.csv``, each in its leaf regions and years, without weights.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from commission_opt.accounts.floors import missing
from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.formulation.floors import FLOORS, named_floor
from commission_opt.formulation.parts import Aim, Columns, Hinges, Part, Rows
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.service import service
from commission_opt.formulation.shortage import year_weights
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
    instance, layout = problem.instance, problem.layout
    whole = service(problem)
    gap = missing(instance, whole.done)
    most = np.maximum(whole.range(gap)[1], 0.0)
    live = np.flatnonzero((np.diff(gap.matrix.indptr) > 0) & ((most > 0) | problem.steady))
    each = _weights(problem)
    settled = most.copy()
    settled[live] = 0.0
    reach, knots = sparse.csr_array(-gap.matrix[live]), gap.constant[live]

    def fill(x: Floats) -> Floats:
        return np.asarray(np.maximum(knots - reach @ x, 0.0))

    def key(i: int) -> str:
        return "{},{},{}".format(*named_floor(instance, live[i]))

    def label(i: int) -> str:
        return "floor {!r} in {!r} in {}".format(*named_floor(instance, live[i]))

    columns = Columns(BELOW, np.zeros(len(live)), most[live], fill, key)
    size = sparse.csr_array(sparse.eye_array(len(live), format="csr"))
    own = {**whole.coefficients(reach), BELOW: size}
    rows = Rows(
        BELOW, own, knots, np.full(len(live), np.inf), label, key,
        origin=(FLOORS, FLOORS), items=live,
    )  # fmt: skip
    offset = float(each @ settled)
    hinges = Hinges(reach, knots[None, :], each[None, live], np.zeros(layout.size), offset)
    return Aim(BELOW, {BELOW: each[live]}, offset, (Part((columns,), (rows,)),), hinges=hinges)


def value(problem: Planning, result: Outcome) -> float:
    """Return the discounted FTE-years below floors; what is rounding alone counts as none."""
    total = float(_weights(problem) @ result.floors.below)
    return total if total > _ROUNDING else 0.0


def _weights(problem: Planning) -> Floats:
    """Return ``δ^(y − first_year)`` for each floor, region and year."""
    year = problem.instance.floors["year"].to_numpy(int) - problem.instance.first_year
    each: Floats = year_weights(problem.instance, problem.policy)[year]
    return each
