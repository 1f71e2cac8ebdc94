"""What measures and courses must keep of staff and demand."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from commission_opt.algebra.data import Data
from commission_opt.algebra.measures import RELIEVING
from commission_opt.algebra.rules import within


def add_staff_limits(m: Any, d: Data) -> None:
    """Keep nobody who would not leave, and take no more staff or demand away than there are.

    Retention: Σ f z[m, y − lead] ≤ λ supply[p,q,y] over the measures that retain, in each year but
    the last. Reshaping: needed[p,q,y] ≥ 0. Staff taken: supply[p,q,y] ≥ 0 where courses take any.
    """
    retaining = {(i.profession, i.region) for i in d.measures.values() if i.kind == "retain"}
    reshaped = {(i.profession, i.region) for i in d.measures.values() if i.kind in RELIEVING}

    def kept(m: Any, p: str, q: str, y: int) -> Any:
        return pyo.quicksum(
            it.fte * m.bought[i, y - it.lead]
            for i, it in d.measures.items()
            if it.kind == "retain" and (it.profession, it.region) == (p, q)
            if y - it.lead >= d.first_year
        )

    def retention(m: Any, p: str, q: str, y: int) -> Any:
        over = kept(m, p, q, y) - d.leaver_rate[p, q] * m.supply[p, q, y]
        return within(f"those retained of {p!r} in {q!r} in {y} who stay anyway", None, over, 0.0)

    def reshaping(m: Any, p: str, q: str, y: int) -> Any:
        return within(f"demand for {p!r} in {q!r} in {y}", 0.0, m.needed[p, q, y], None)

    def staff_taken(m: Any, p: str, q: str, y: int) -> Any:
        return within(f"staff of {p!r} in {q!r} in {y}", 0.0, m.supply[p, q, y], None)

    takers = {(it.taken_from, it.region) for it in d.courses.values() if it.taken_from}
    m.taken_from = pyo.Set(dimen=3, initialize=[(*at, y) for at in sorted(takers) for y in d.years])
    m.staff_taken = pyo.Constraint(m.taken_from, rule=staff_taken)
    m.retaining = pyo.Set(
        dimen=3, initialize=[(*at, y) for at in sorted(retaining) for y in d.years[:-1]]
    )
    m.retention = pyo.Constraint(m.retaining, rule=retention)
    m.reshaped = pyo.Set(dimen=3, initialize=[(*at, y) for at in sorted(reshaped) for y in d.years])
    m.reshaping = pyo.Constraint(m.reshaped, rule=reshaping)
