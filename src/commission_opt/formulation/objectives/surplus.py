"""Surplus: FTE beyond demand, ``Σ δ^(y − first_year) max(0, supply − demand)``, without weights."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.formulation.parts import PLACES, Aim, Columns, Hinges, Part, Rows
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.shortage import DEMAND, named_cell, year_weights

TITLE = "surplus"
UNIT = "FTE-years, discounted"
SENTENCE = "the surplus of {} FTE-years"
SURPLUS = "surplus"


def aim(problem: Planning) -> Aim:
    """Add a column for each surplus that places can change; the others are constant."""
    instance, layout, net = problem.instance, problem.layout, problem.column_effects.net
    end = problem.cohorts.capacity[layout.line]
    least, most = net.constant, net.range(np.zeros_like(end), end)[1]
    live = np.flatnonzero((np.diff(net.matrix.indptr) > 0) & ((most > 0) | problem.steady))
    each = np.broadcast_to(year_weights(instance, problem.policy), instance.shape).ravel()
    settled = np.maximum(least, 0.0)
    settled[live] = 0.0
    reach = net.matrix[live]

    def fill(x: Floats) -> Floats:
        return np.asarray(np.maximum(least[live] + reach @ x, 0.0))

    def where(i: int) -> str:
        return "{},{},{}".format(*named_cell(instance, live[i]))

    columns = Columns(SURPLUS, np.zeros(len(live)), np.maximum(most[live], 0.0), fill, where)
    each_own = {PLACES: -reach, SURPLUS: sparse.eye_array(len(live), format="csr")}
    rows = Rows(
        SURPLUS, each_own, least[live], np.full(len(live), np.inf),
        lambda i: f"surplus of {where(i)}", where, origin=(DEMAND, DEMAND), items=live,
    )  # fmt: skip
    part = Part((columns,), (rows,))
    offset = float(each @ settled)
    hinges = Hinges(
        sparse.csr_array(-reach), least[None, live], each[None, live], np.zeros(layout.size), offset
    )
    return Aim("surplus", {SURPLUS: each[live]}, offset, (part,), hinges=hinges)


def value(problem: Planning, result: Outcome) -> float:
    """Return the discounted FTE-years beyond demand."""
    return float(np.sum(year_weights(problem.instance, problem.policy) * result.surplus))
