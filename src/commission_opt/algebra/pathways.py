"""Pools of people who may go on to a course: who is in them, and the rules that they set."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from commission_opt.algebra.data import Data
from commission_opt.algebra.limits import within


def add_pathways(m: Any, d: Data) -> None:
    """Follow the people in each pool, and draw no more of them than there are.

    Those drawn start a course; those fed qualified on one, κ of its starters, some years before:

        eligible[y] = entrants[y] + fed[y] + stay[y − 1] (eligible[y − 1] − drawn[y − 1])
        drawn[y] ≤ eligible[y]            in every year
        offer[y] eligible[y] ≤ drawn[y]   in the commissioning years

    In the first year nobody is left from the year before.
    """

    def starters(m: Any, c: str, t: int) -> Any:
        return m.starters[c, t] if t >= d.first_year else d.started.get((c, t), 0.0)

    def drawn(m: Any, code: str, region: str, y: int) -> Any:
        return pyo.quicksum(share * starters(m, c, y) for c, share in d.pools[code, region].draws)

    def eligible(m: Any, code: str, region: str, y: int) -> Any:
        pool = d.pools[code, region]
        fed = pyo.quicksum(
            share * d.courses[c].completion * starters(m, c, y - d.courses[c].duration - lag)
            for c, share, lag in pool.feeds
        )
        if y == d.first_year or not pool.stay[y - 1]:  # 0 of an expression is no constant
            return pool.entrants[y] + fed
        at = code, region, y - 1
        return pool.entrants[y] + fed + pool.stay[y - 1] * (m.eligible[at] - m.drawn[at])

    def pathways(m: Any, code: str, region: str, y: int) -> Any:
        left = m.drawn[code, region, y] - m.eligible[code, region, y]
        return within(f"those drawn from {code!r} in {region!r} in {y} beyond those eligible",
                      None, left, 0.0)  # fmt: skip

    def offers(m: Any, code: str, region: str, y: int) -> Any:
        asked = d.pools[code, region].offer[y] * m.eligible[code, region, y]
        return within(f"those of {code!r} in {region!r} in {y} who lack an offer",
                      None, asked - m.drawn[code, region, y], 0.0)  # fmt: skip

    pools = [(*key, y) for key in d.pools for y in d.years]
    asking = [at for at in pools if d.pools[at[:2]].offer[at[2]] > 0]
    m.pools = pyo.Set(dimen=3, initialize=pools)
    m.asking = pyo.Set(dimen=3, initialize=[at for at in asking if at[2] in d.commissioning_years])
    m.drawn = pyo.Expression(m.pools, rule=drawn)
    m.eligible = pyo.Expression(m.pools, rule=eligible)
    m.pathways = pyo.Constraint(m.pools, rule=pathways)
    m.offers = pyo.Constraint(m.asking, rule=offers)
