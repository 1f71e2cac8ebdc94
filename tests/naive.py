"""All objectives and the rules of stages once more, slowly, on top of the independent model.

Written from the contract, with loops over codes; nothing is shared with the package.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

import independent
from independent import Case, Places, Policy

OBJECTIVES = ("shortfall", "worst_region", "cost", "change", "surplus", "below_floor")
WITH_TABLES = ("unemployed",)  # objectives that need a table of their own


def load_policy(text: str) -> Policy:
    """A commissioning model with any objectives, the defaults filled in."""
    policy: Policy = {"integer": True, "discount_rate": 0.0} | tomllib.loads(text)
    rules = {"fair_share": False, "commitments": "hard", "commitment_price": 0.0}
    policy["rules"] = independent.RULES | rules | policy.get("rules", {})
    tiers = [o["tiers"] for o in policy["objective"] if "tiers" in o]
    policy["tiers"] = tiers[0] if tiers else [{"weight": 1.0}]
    return policy


def values(case: Case, policy: Policy, places: Places) -> dict[str, float]:
    """Every objective of an allocation."""
    outcome = independent.simulate(case, policy, places)
    shortfall = outcome.objective
    if policy["rules"]["commitments"] == "soft":
        price: float = policy["rules"]["commitment_price"]
        shortfall += price * sum(missed(case, policy, places))
    return {
        "shortfall": shortfall,
        "worst_region": worst_region(case, policy, outcome.shortfall),
        "cost": cost(case, policy, places),
        "change": sum(
            abs(places.get((name, case.years[0]), 0.0) - course.last_intake)
            for name, course in case.courses.items()
        ),
        "surplus": sum(
            discount(case, policy, key[2]) * max(0.0, outcome.service[key] - demand)
            for key, demand in case.demand.items()
        ),
        "below_floor": independent.below_floor(case, policy, places),
        "unemployed": independent.unemployment(case, policy, places),
    }


def discount(case: Case, policy: Policy, year: int) -> float:
    factor: float = (1 + policy["discount_rate"]) ** (case.years[0] - year)
    return factor


def worst_region(case: Case, policy: Policy, shortfall: dict[independent.Key, float]) -> float:
    missing: dict[str, float] = defaultdict(float)
    needed: dict[str, float] = defaultdict(float)
    for (profession, region, year), demand in case.demand.items():
        weight = case.profession_weight[profession] * discount(case, policy, year)
        missing[region] += weight * shortfall[profession, region, year]
        needed[region] += weight * demand
    return max((missing[q] / needed[q] for q in needed if needed[q] > 0), default=0.0)


def cost(case: Case, policy: Policy, places: Places) -> float:
    total = 0.0
    for name, start, started in [
        *independent.planned_cohorts(case, policy, places),
        *independent.continued_cohorts(case, policy, places),
    ]:
        line = case.lines[name]
        for study_year in range(1, independent.paid_years(line) + 1):
            year = start + study_year - 1
            if year in case.years:
                students = independent.charged(line, started, study_year)
                each = sum(case.cost[name, study_year].values())
                total += discount(case, policy, year) * students * each
    if any(aim.get("pay") for aim in policy["objective"]):
        total += pay(case, policy, places)
    return total


def pay(case: Case, policy: Policy, places: Places) -> float:
    """Pay of those whom the plan brings to work, less that of those whom it takes for good."""
    cohorts = [
        *independent.planned_cohorts(case, policy, places),
        *independent.continued_cohorts(case, policy, places),
    ]
    new = independent.supply_of(case, cohorts, released=False)
    return sum(
        discount(case, policy, year) * rate * new.get((profession, region, year), 0.0)
        for (_, profession, region, year), rate in case.pay.items()
    )


def missed(case: Case, policy: Policy, places: Places) -> Iterable[float]:
    """Places below or beyond every commitment in every commissioning year of its range."""
    for _, keys, row in independent.commitments(case, policy):
        total = sum(places.get(key, 0.0) for key in keys)
        if row.get("min_places"):
            yield max(0.0, float(row["min_places"]) - total)
        if row.get("max_places"):
            yield max(0.0, total - float(row["max_places"]))


def unfair(case: Case, policy: Policy, places: Places) -> bool:
    """Whether a region is further from its fair share of a group's places than is allowed."""
    rule = policy["rules"]["fair_share"]
    if not rule:
        return False
    for group in set(case.group.values()):
        courses = {n: c for n, c in case.courses.items() if case.group[c.profession] == group}
        regions = {course.region for course in courses.values()}
        basis = {q: fair_basis(case, rule["basis"], group, q) for q in regions}
        for year in independent.commissioning_years(case, policy):
            total = sum(places.get((name, year), 0.0) for name in courses)
            for q in regions:
                here = sum(places.get((n, year), 0.0) for n, c in courses.items() if c.region == q)
                fair = basis[q] / sum(basis.values()) * total
                limit = rule["max_deviation"] * fair
                if abs(here - fair) - limit > 1e-6 * max(1.0, limit):
                    return True
    return False


def fair_basis(case: Case, basis: str, group: str, region: str) -> float:
    if basis == "demand":
        return sum(
            demand
            for (profession, q, year), demand in case.demand.items()
            if case.group[profession] == group and q == region and year == case.years[0]
        )
    assert basis == "last_intake"
    return sum(
        course.last_intake
        for course in case.courses.values()
        if case.group[course.profession] == group and course.region == region
    )


def kept(case: Case, policy: Policy, places: Places) -> bool:
    """Whether an allocation keeps every rule."""
    if policy["rules"]["commitments"] == "soft":
        case = replace(case, commitments=[])
    return not (
        unfair(case, policy, places) or independent.violations(case, policy, places, tolerance=1e-6)
    )
