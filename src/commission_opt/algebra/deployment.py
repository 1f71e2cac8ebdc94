"""Staff who do the work of other professions, and what is done when they do."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from commission_opt.algebra.data import Data
from commission_opt.policy import Policy


def add_deployment(m: Any, d: Data, policy: Policy) -> None:
    """Deploy staff: ``deployed[n, b, q, y]``, v, FTE of b who do the work of n.

    One of them does the work of ``ratio`` FTE of n, and no work of b. They cover ``max_share`` of
    D[n,q,y] at most, and no more are deployed than there are: Σ_n v ≤ supply[b,q,y]. Where staff
    are below 0 with nothing bought, nobody is. What is then done is ``service``:

        service[p,q,y] = supply[p,q,y] + Σ_b ratio v[p,b,q,y] − Σ_n v[n,p,q,y]
    """
    pairs = d.substitutes if policy.rules.substitution else {}

    def most(_m: Any, n: str, b: str, q: str, y: int) -> tuple[float, float]:
        ratio, max_share = pairs[n, b, q]
        return 0, max_share * d.demand[n, q, y] / ratio if m.base[b, q, y] >= 0 else 0.0

    def sent(m: Any, p: str, q: str, y: int) -> Any:
        own = [n for n, b, where in pairs if (b, where) == (p, q)]
        return pyo.quicksum(m.deployed[n, p, q, y] for n in own)

    def covered(m: Any, p: str, q: str, y: int) -> Any:
        own = {b: ratio for (n, b, where), (ratio, _) in pairs.items() if (n, where) == (p, q)}
        return pyo.quicksum(ratio * m.deployed[p, b, q, y] for b, ratio in own.items())

    def service(m: Any, p: str, q: str, y: int) -> Any:
        return m.supply[p, q, y] + m.covered[p, q, y] - m.sent[p, q, y]

    def substitution(m: Any, b: str, q: str, y: int) -> Any:
        if m.base[b, q, y] < 0:
            return pyo.Constraint.Skip
        return m.sent[b, q, y] <= m.supply[b, q, y]

    m.pairs = pyo.Set(dimen=3, initialize=list(pairs))
    m.deployed = pyo.Var(m.pairs, m.years, bounds=most)
    m.sent = pyo.Expression(m.cells, rule=sent)
    m.covered = pyo.Expression(m.cells, rule=covered)
    m.service = pyo.Expression(m.cells, rule=service)
    givers = dict.fromkeys((b, q) for _, b, q in pairs)
    m.givers = pyo.Set(dimen=3, initialize=[(*giver, y) for giver in givers for y in d.years])
    m.substitution = pyo.Constraint(m.givers, rule=substitution)
