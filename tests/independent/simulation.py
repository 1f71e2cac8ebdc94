"""Places followed through: staff, service, shortfall, money, weeks and pools."""

import math
from collections import defaultdict

from independent.case import (
    Case,
    Cohort,
    Key,
    Outcome,
    Places,
    Policy,
    Rates,
    Use,
    around,
    code,
    commissioning_years,
    number,
    stands_for,
)
from independent.staff import (
    added,
    continued_cohorts,
    demand_left,
    planned_cohorts,
    retained,
    staff_without_students,
    supply_of,
)
from independent.using import pay_of, pools, use_of


def bands(policy: Policy, demand: float) -> list[tuple[float, float]]:
    """The width (FTE) and the weight of every tier, the last one open."""
    tops = [demand * tier["up_to"] for tier in policy["tiers"][:-1]] + [math.inf]
    widths = [top - below for top, below in zip(tops, [0.0, *tops[:-1]], strict=True)]
    return [(w, float(t["weight"])) for w, t in zip(widths, policy["tiers"], strict=True)]


def weight(case: Case, policy: Policy, profession: str, region: str, year: int) -> float:
    priority = case.profession_weight[profession] * case.region_weight[region]
    return float(priority / (1 + policy["discount_rate"]) ** (year - case.years[0]))


def weighted_shortfall(case: Case, policy: Policy, shortfall: dict[Key, float]) -> float:
    total = 0.0
    for key, missing in shortfall.items():
        for width, tier_weight in bands(policy, case.demand[key]):
            total += weight(case, policy, *key) * tier_weight * min(missing, width)
            missing -= min(missing, width)
    return total


def shortfalls(case: Case, demand: dict[Key, float], supply: dict[Key, float]) -> dict[Key, float]:
    """Work that nobody does: staff beyond posts do none."""
    at_work = {key: min(supply.get(key, 0.0), case.posts.get(key, math.inf)) for key in demand}
    return {key: max(0.0, needed - at_work[key]) for key, needed in demand.items()}


def without_post(case: Case, supply: dict[Key, float]) -> dict[Key, float]:
    return {key: max(0.0, supply.get(key, 0.0) - posts) for key, posts in case.posts.items()}


def floors_of(case: Case, service: dict[Key, float]) -> dict[Key, tuple[float, float]]:
    """What each floor asks for in each leaf region and year, and what there is of it."""
    inner, found = set(case.parent.values()), {}
    for row in case.floors:
        for region in case.parent:
            for year in case.years:
                if region in inner or code(row, "region") not in around(case, region):
                    continue
                if not stands_for(code(row, "year"), year):
                    continue
                own, others = (
                    [(p, region, year) for p, group in case.group.items() if named in (p, group)]
                    for named in (row["profession"], row.get("of", ""))
                )
                asked = number(row, "min_fte", 0.0)
                for cell in own:
                    asked += number(row, "min_demand_share", 0.0) * case.demand[cell]
                for cell in others:
                    asked += number(row, "min_mix_share", 0.0) * service.get(cell, 0.0)
                there = sum(service.get(cell, 0.0) for cell in own)
                found[row["floor"], region, year] = (asked, there)
    return found


def discount(case: Case, policy: Policy, year: int) -> float:
    return float((1 + policy["discount_rate"]) ** (case.years[0] - year))


def pairs(case: Case, policy: Policy) -> list[tuple[str, str, str, int]]:
    """Who can be deployed: needed, by, region and year."""
    allowed = case.substitutes if policy["rules"]["substitution"] else {}
    return [(*pair, year) for pair in allowed for year in case.years]


def served(
    case: Case, policy: Policy, supply: dict[Key, float], places: Places
) -> dict[Key, float]:
    """Supply, less those who do the work of others, and with those who do theirs."""
    service = defaultdict(float, supply)
    for needed, by, region, year in pairs(case, policy):
        fte = places.get((needed, by, region, year), 0.0)
        ratio, _ = case.substitutes[needed, by, region]
        service[needed, region, year] += ratio * fte
        service[by, region, year] -= fte
    return service


def most_deployed(case: Case, pair: tuple[str, str, str, int], base: dict[Key, float]) -> float:
    needed, by, region, year = pair
    ratio, share = case.substitutes[needed, by, region]
    return share * case.demand[needed, region, year] / ratio if base[by, region, year] >= 0 else 0.0


def simulate(case: Case, policy: Policy, places: Places) -> Outcome:
    """Everything that follows from the places of the commissioning years (absent means none)."""
    for name, year in (key for key in places if len(key) == 2):
        if name not in case.lines or year not in commissioning_years(case, policy):
            raise ValueError(f"no decision is taken on {name} in {year}")
    pipeline = [Cohort(*key, started) for key, started in case.pipeline.items()]
    planned = planned_cohorts(case, policy, places)
    continued = continued_cohorts(case, policy, places)

    def uses(limits: dict[Key, float], rates: Rates) -> dict[Key, Use]:
        split = [use_of(case, limits, rates, k) for k in (pipeline, planned, continued)]
        return {key: Use(*(use[key] for use in split)) for key in limits}

    spend, kept = uses(case.budgets, case.cost), staff_without_students(case)
    for i, cohorts in enumerate((pipeline, planned, continued)):
        paid = supply_of(case, cohorts, released=False)
        due = pay_of(case, paid if i else added(kept, paid))
        spend = {key: _more(use, i, due[key]) for key, use in spend.items()}
    base = added(kept, supply_of(case, pipeline))
    supply = added(base, supply_of(case, planned + continued))
    demand = demand_left(case, planned + continued)
    service = served(case, policy, supply, places)
    shortfall = shortfalls(case, demand, service)
    return Outcome(
        *(supply, demand, retained(case, planned + continued), base, service, shortfall),
        without_post(case, supply),
        *(spend, uses(case.capacity, case.weeks)),
        weighted_shortfall(case, policy, shortfall),
        weighted_shortfall(case, policy, shortfalls(case, case.demand, base)),
        pools(case, [*pipeline, *planned, *continued]),
        floors_of(case, service),
    )


def _more(use: Use, i: int, due: float) -> Use:
    return Use(*(each + due * (i == k) for k, each in enumerate(use)))
