"""Places on courses, whose graduates go to work, and whose students may come from it.

``entrants[c,t → q] = fill · completion · join · fte_per_joiner · share[p(c), r(c) → q]``
arrive in year t + d and stay with σ(y − t − d). What courses take from those at work is in
``supply.taken``.
"""

from __future__ import annotations

from dataclasses import replace

from commission_opt.instance.instance import Instance
from commission_opt.supply import spread, survival
from commission_opt.supply.arrivals import Arrivals, together
from commission_opt.supply.taken import taken_by_places

TITLE = "places"


def arrivals(instance: Instance) -> Arrivals:
    """Return the graduates of a place by where they go to work, and the staff whom it takes."""
    return together([_graduates(instance), _taken(instance)])


def _graduates(instance: Instance) -> Arrivals:
    courses = instance.courses
    rates = ("fill_rate", "completion_rate", "join_rate", "fte_per_joiner")
    fill, completion, join, fte_per_joiner = (courses[rate].to_numpy(float) for rate in rates)
    p, q, duration = (courses[name].to_numpy(int) for name in ("p", "q", "duration_years"))
    c, to, share = spread(instance, p, q)
    fte = (fill * completion * join * fte_per_joiner)[c] * share
    c, to, fte = c[fte > 0], to[fte > 0], fte[fte > 0]
    return Arrivals(c, p[c], to, duration[c], fte, survival(instance)[p[c], to])


def _taken(instance: Instance) -> Arrivals:
    """Return those missing at work, below 0."""
    taken = taken_by_places(instance)
    return replace(taken, fte=-taken.fte)
