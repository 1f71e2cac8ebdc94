"""Measures of an imaginary health service, with a fund that pays for some of what they could do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from commission_opt.instance.synthetic import FIRST_YEAR, GROUPS, World

FUND = "recruitment"
MANY = 300  # FTE in post, from which a route has steps
ROOM = {"*": 0.35, "region": 0.5}  # part of what is beyond last year's units that budgets pay for


@dataclass(frozen=True)
class Route:
    """A way to staff beside courses: what it is called, and from where to where figures are drawn.

    Parameters
    ----------
    lead, step : int
        Years to the effect; units come in multiples where many work.
    fte, success : tuple of float
        FTE of a unit, and share of units that succeed.
    leaver : tuple of float or None
        Leaver rate of their own; None for that of the workforce.
    lasts : int or None
        Years for which a unit lasts; None if that is not said.
    cost : tuple of (int, int)
        £ in each year that a unit is paid for, from and to.
    last : float
        Units last year, as a share of the FTE in post.
    weeks : int
        Weeks in a unit's first year in the pool that its profession uses most.
    """

    kind: str
    name: str
    title: str
    lead: int
    step: int
    fte: tuple[float, float]
    success: tuple[float, float]
    leaver: tuple[float, float] | None
    lasts: int | None
    cost: tuple[tuple[int, int], ...]
    last: float
    weeks: int


# What takes placement weeks starts from nothing, so that last year's units always fit.
ROUTES = (
    Route("recruit", "abroad", "Recruitment from abroad", 1, 5, (0.9, 1.0), (0.75, 0.95),
          (0.12, 0.25), None, ((9000, 14000), (1500, 2500)), 0.015, 0),
    Route("recruit", "return", "Return to practice", 0, 1, (0.6, 0.8), (0.5, 0.85), None, None,
          ((2500, 5000),), 0.0, 4),
    Route("retain", "flexible", "Flexible working", 0, 1, (0.8, 1.0), (0.3, 0.6), None, None,
          ((1500, 4000),), 0.0, 0),
    Route("temporary", "bank", "Bank staff", 0, 1, (0.9, 1.0), (0.9, 1.0), None, 1,
          ((12000, 20000),), 0.01, 0),
    Route("reshape", "redesign", "Work done otherwise", 1, 1, (0.5, 1.0), (0.6, 0.9), None, 5,
          ((8000, 15000), (1000, 2000)), 0.0, 0),
)  # fmt: skip


def with_measures(
    tables: dict[str, pd.DataFrame], world: World, count: int, seed: int
) -> dict[str, pd.DataFrame]:
    """Add measures to the tables of an instance, and leave all that is there as it is.

    Budgets of a fund of their own pay for last year's units every year, and for a part of what
    could be bought beyond; so buying what was bought last year is always a plan.

    Parameters
    ----------
    count : int
        1 to ``len(ROUTES)`` for each profession and region.

    Returns
    -------
    dict of str to pandas.DataFrame
        With measures, and rows on them in costs, budgets, placement_use, commitments and
        assumptions.

    Raises
    ------
    ValueError
        If there are more than a route for each profession and region.
    """
    shape = (len(world.professions), len(world.region), len(ROUTES))
    if count > np.prod(shape):
        raise ValueError(
            f"measures must be {np.prod(shape):,} or fewer, {len(ROUTES)} for each profession and "
            f"region, not {count:,}"
        )
    rng = np.random.default_rng([seed, count])
    cells = np.sort(rng.choice(int(np.prod(shape)), count, replace=False))
    drawn = [
        _draw(world, (p, q), ROUTES[r], rng)
        for p, q, r in zip(*np.unravel_index(cells, shape), strict=True)
    ]
    measures, costs, uses = (
        pd.DataFrame([row for one in drawn for row in one[k]]) for k in range(3)
    )
    first = measures.iloc[0]
    promise = {
        "commitment": f"keep-{first['measure']}", "measure": first["measure"],
        "first_year": FIRST_YEAR, "last_year": FIRST_YEAR + world.commissioned - 1,
        "min_places": first["last_amount"], "max_places": first["max_amount"],
        "owner": "national board", "reason": "promised to the regions",
    }  # fmt: skip
    added = {
        "costs": costs,
        "budgets": _budgets(world, measures, costs),
        "placement_use": uses,
        "commitments": pd.DataFrame([promise]),
        "assumptions": _assumptions(),
    }
    grown = {
        name: pd.concat([tables[name], rows.astype(object)], ignore_index=True).fillna("")
        for name, rows in added.items()
        if len(rows)
    }
    return {**tables, "measures": measures, **grown}


def _draw(
    world: World, where: tuple[int, int], route: Route, rng: np.random.Generator
) -> tuple[list[dict[str, object]], ...]:
    """Draw a measure: its row, and those of costs and placement use."""
    p, q = where
    profession, group = world.professions[["profession", "group"]].iloc[p]
    name = f"{route.name}-{profession}-{world.region[q]}"
    fte = float(world.fte[p, q])
    step = route.step if fte >= MANY else 1
    last = round(fte * route.last * rng.uniform(0.3, 1.7) / step) * step
    more = max(round(fte * rng.uniform(0.03, 0.07) / step), 1) * step
    measure = {
        "measure": name,
        "kind": route.kind,
        "profession": profession,
        "region": world.region[q],
        "title": route.title,
        "lead_years": route.lead,
        "fte_per_unit": round(rng.uniform(*route.fte), 2),
        "success_rate": round(rng.uniform(*route.success), 2),
        "leaver_rate": "" if route.leaver is None else round(rng.uniform(*route.leaver), 3),
        "lasts_years": "" if route.lasts is None else route.lasts,
        "paid_years": len(route.cost),
        "last_amount": last,
        "max_amount": last + more,
        "min_amount": step if step > 1 else "",
        "step": step if step > 1 else "",
    }
    costs = [
        {"course": name, "profession": "*", "study_year": f"{j}", "fund": FUND,
         "cost": round(rng.uniform(*ends), -1)}
        for j, ends in enumerate(route.cost, start=1)
    ]  # fmt: skip
    pool = next(iter(GROUPS[group].weeks))
    use = {"course": name, "profession": "", "study_year": "1", "pool": pool, "weeks": route.weeks}
    return [measure], costs, [use] * (route.weeks > 0)


def _budgets(world: World, measures: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    """Pay for last year's units and a part of the others, in the country and in each region."""
    unit = measures["measure"].map(costs.groupby("course")["cost"].sum()).to_numpy(float)
    last, most = (measures[name].to_numpy(float) * unit for name in ("last_amount", "max_amount"))
    rows = []
    for region in ("*", *dict.fromkeys(measures["region"])):
        inside = (measures["region"] == region).to_numpy() | (region == "*")
        part = ROOM.get(region, ROOM["region"])
        amount = last[inside].sum() + part * (most - last)[inside].sum()
        thousands = int(np.ceil(amount / 1000)) * 1000
        rows += [(FUND, region, year, thousands) for year in world.years.tolist()]
    return pd.DataFrame(rows, columns=["fund", "region", "year", "amount"])


def _assumptions() -> pd.DataFrame:
    rows = [
        ("units that succeed", "measures", "success_rate", "30 % to 100 %", "amber", "amber"),
        ("recruits who leave", "measures", "leaver_rate", "12 % to 25 %", "red", "amber"),
    ]
    table = pd.DataFrame(
        rows, columns=["assumption", "table", "column", "value", "quality", "impact"]
    )
    return table.assign(source="drawn at random", owner="synthetic")
