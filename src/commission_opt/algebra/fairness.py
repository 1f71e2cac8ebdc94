"""Fair shares: each region's part of a group's places."""

from __future__ import annotations

import math
from typing import Any

import pyomo.environ as pyo

from commission_opt.algebra.data import Data
from commission_opt.errors import UsageError
from commission_opt.policy import Basis, FairShare


def add_fair_share(m: Any, d: Data, rule: FairShare) -> None:
    """Fair share: a region's part of a group's places is near its part of the basis.

    For each group, commissioning year and leaf region that has a course of the group,

        |places − share · all| ≤ max_deviation · share · all,

    all being the group's places in all regions, and share the region's part of the basis among
    the regions that have a course of the group.
    """
    share = fair_shares(d, rule.basis)

    def places(m: Any, group: str, t: int, region: str | None = None) -> Any:
        return pyo.quicksum(
            m.places[c, t]
            for c, course in d.courses.items()
            if course.group == group and region in (None, course.region)
        )

    def fair_share_low(m: Any, group: str, region: str, t: int) -> Any:
        least = share[group, region] * (1 - rule.max_deviation) * places(m, group, t)
        return places(m, group, t, region) - least >= 0

    def fair_share_high(m: Any, group: str, region: str, t: int) -> Any:
        most = share[group, region] * (1 + rule.max_deviation) * places(m, group, t)
        return places(m, group, t, region) - most <= 0

    m.shares = pyo.Set(dimen=2, initialize=list(share))
    m.fair_share_low = pyo.Constraint(m.shares, m.commissioning_years, rule=fair_share_low)
    m.fair_share_high = pyo.Constraint(m.shares, m.commissioning_years, rule=fair_share_high)


def fair_shares(d: Data, basis: Basis) -> dict[tuple[str, str], float]:
    """Return the fair share of each group and region that has a course of the group.

    A group that is in one region only, or has nothing of the basis anywhere, has no shares.
    """
    shares: dict[tuple[str, str], float] = {}
    for group in d.groups:
        courses = [course for course in d.courses.values() if course.group == group]
        taught_in = dict.fromkeys(course.region for course in courses)
        parts = {region: _part(d, basis, group, region) for region in taught_in}
        total = sum(parts.values())
        if len(parts) > 1 and total > 0:
            shares |= {(group, region): part / total for region, part in parts.items()}
    return shares


def _part(d: Data, basis: Basis, group: str, region: str) -> float:
    if basis == "population":
        people = d.population[region]
        if math.isnan(people):
            raise UsageError(f"fair_share by population: region {region!r} has no population")
        return people
    courses = [course for course in d.courses.values() if course.group == group]
    if basis == "last_intake":
        return sum(course.last_amount for course in courses if course.region == region)
    return sum(d.demand[p, region, d.first_year] for p in d.professions if d.group[p] == group)
