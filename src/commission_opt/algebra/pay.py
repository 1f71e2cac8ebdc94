"""Pay: whose pay is due in each profession, region and year, and what of it is new.

Pay is due on supply before release: students whom a course takes from work are paid while they are
on it. Those of a cohort of the plan who complete it are gone for good, and so is their pay.
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from commission_opt.algebra.data import Course, Data


def add_paid(m: Any, d: Data) -> None:
    """Count the FTE whose pay is due, ``paid``, and those whom the plan adds, ``new_paid``.

        paid[p,q,y] = supply[p,q,y] + Σ_c ρ κ^((j − 1)/d) fte_from (1 − λ)^… starters[c, y − j + 1]

    over the courses in q that take staff from p, and their study years j, the powers as in
    ``taken``. ``new_paid`` is what of it starts in the first year or later: graduates who stay,
    what units have at work, less those whom courses took and who completed them.
    """

    def released(m: Any, c: str, course: Course, y: int) -> Any:
        rate = d.leaver_rate[str(course.taken_from), course.region]
        return pyo.quicksum(
            course.release
            * course.completion ** ((j - 1) / course.duration)
            * course.fte_from
            * (1 - rate) ** min(j - 1, y - d.first_year)
            * m.starters[c, y - j + 1]
            for j in range(1, course.duration + 1)
        )

    def takers(p: str, q: str) -> list[tuple[str, Course]]:
        found = d.courses.items()
        return [(c, course) for c, course in found if (course.taken_from, course.region) == (p, q)]

    def paid(m: Any, p: str, q: str, y: int) -> Any:
        away = pyo.quicksum(released(m, c, course, y) for c, course in takers(p, q))
        return m.supply[p, q, y] + away

    def stay(p: str, q: str, k: int) -> float:
        early = min(k, d.early_years[p, q])
        return (1 - d.early_leaver_rate[p, q]) ** early * (1 - d.leaver_rate[p, q]) ** (k - early)

    def new(m: Any, p: str, q: str, y: int) -> Any:
        graduates = pyo.quicksum(
            course.completion
            * course.fte_per_qualifier
            * share
            * stay(p, q, y - t - course.duration)
            * m.starters[c, t]
            for c, course in d.courses.items()
            if course.profession == p
            and (share := d.destinations.get((p, course.region), {}).get(q, 0.0))
            for t in range(d.first_year, y - course.duration + 1)
        )
        gone = pyo.quicksum(
            course.fte_from
            * course.completion
            * (1 - d.leaver_rate[p, q]) ** (y - t)
            * m.starters[c, t]
            for c, course in takers(p, q)
            for t in range(d.first_year, y - course.duration + 1)
        )
        return graduates + m.brought[p, q, y] - gone

    m.paid_cells = pyo.Set(dimen=3, initialize=sorted({c for of in d.pay.values() for c in of}))
    m.paid = pyo.Expression(m.paid_cells, rule=paid)
    m.new_paid = pyo.Expression(m.paid_cells, rule=new)
