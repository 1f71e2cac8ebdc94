"""Targets of a model: a most or a least of what is missing, of demand met, or of places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyomo.environ as pyo

from commission_opt.algebra.data import Data
from commission_opt.algebra.limits import within
from commission_opt.policy import Policy, Target


def add_targets(m: Any, d: Data, policy: Policy) -> None:
    """Keep the ends of targets, each in every year of its range.

    Σ shortfall ≤ at_most and Σ shortfall ≤ (1 − at_least) Σ D, over the professions and regions of
    the target; at_least ≤ Σ places ≤ at_most over its courses. One with a price may be missed, by
    ``beyond_target``, each unit of which adds its price to the objective ``shortfall``.
    """
    targets = dict(enumerate(policy.targets, start=1))
    asked = [(k, y) for k, target in targets.items() for y in _years(d, target)]
    m.target_price = {k: t.price for k, t in targets.items() if t.price is not None}
    m.beyond_target = pyo.Var(
        pyo.Set(dimen=2, initialize=[key for key in asked if key[0] in m.target_price]),
        within=pyo.NonNegativeReals,
    )

    def beyond(m: Any, k: int, y: int) -> Any:
        return m.beyond_target[k, y] if k in m.target_price else 0.0

    def shortfall(m: Any, k: int, y: int) -> Any:
        missing = pyo.quicksum(m.shortfall[p, q, y] for p, q in _cells(d, targets[k]))
        return _kept(targets[k], y, missing - beyond(m, k, y), None, targets[k].at_most)

    def share_met(m: Any, k: int, y: int) -> Any:
        target, cells = targets[k], _cells(d, targets[k])
        assert target.at_least is not None
        missing = pyo.quicksum(m.shortfall[p, q, y] for p, q in cells)
        most = (1 - target.at_least) * sum(d.demand[p, q, y] for p, q in cells)
        return _kept(target, y, missing - beyond(m, k, y), None, most)

    def places(m: Any, k: int, y: int) -> Any:
        target, cells = targets[k], set(_cells(d, targets[k]))
        own = [c for c, it in d.courses.items() if (it.profession, it.region) in cells]
        number = pyo.quicksum(m.places[c, y] for c in own)
        sign = 1 if target.at_most is None else -1
        return _kept(target, y, number + sign * beyond(m, k, y), target.at_least, target.at_most)

    rules: dict[str, Callable[..., Any]] = {
        "shortfall": shortfall, "share_met": share_met, "places": places,
    }  # fmt: skip
    for kind, rule in rules.items():
        own = [key for key in asked if targets[key[0]].of == kind]
        index = pyo.Set(dimen=2, initialize=own)
        setattr(m, f"target_{kind}", pyo.Constraint(index, rule=rule))


def _kept(target: Target, y: int, body: Any, least: float | None, most: float | None) -> Any:
    return within(f"the target {target.title!r} in {y}", least, body, most)


def _years(d: Data, target: Target) -> list[int]:
    years = d.commissioning_years if target.of == "places" else d.years
    first = years[0] if target.first_year is None else target.first_year
    last = years[-1] if target.last_year is None else target.last_year
    return [y for y in years if first <= y <= last]


def _cells(d: Data, target: Target) -> list[tuple[str, str]]:
    """Return the professions and leaf regions that a target names, or lies around."""
    inside = {q for region in target.region for q in d.within[region]} or set(d.regions)
    return [
        (p, q)
        for p in d.professions
        for q in d.regions
        if (not target.profession or p in target.profession)
        and (not target.group or d.group[p] in target.group)
        and q in inside
    ]
