"""Placements: weeks used of each pool, region and year, the pipeline first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.arrays import Ints
from commission_opt.formulation.limits import Limit
from commission_opt.formulation.origin import Elastic, Origin, Price, Said
from commission_opt.formulation.place_prices import per_place, place_costs
from commission_opt.formulation.problem import Planning
from commission_opt.instance.instance import Instance
from commission_opt.instance.overrides import capacities
from commission_opt.instance.use import placement_use

TITLE = "placement capacity"


def _name(instance: Instance, i: int) -> str:
    row = instance.placements.iloc[i]
    return f"capacity of pool {row['pool']!r} in {row['region']!r} in {row['year']}"


def _said(problem: Planning, i: int) -> Said:
    row = problem.instance.placements.iloc[i]
    return Said(_name(problem.instance, i), float(row["capacity"]), int(row["year"]))


def _lines(instance: Instance) -> Ints:
    """Return the line behind each capacity of a pool, region and year."""
    return capacities(instance.tables, instance.years)["row"].to_numpy(int)


def _committed(instance: Instance, line: int) -> Said:
    """Return the capacity that the pipeline alone needs, in all years of a line."""
    own = _lines(instance) == line
    said = instance.placements.iloc[int(np.flatnonzero(own)[0])]
    least = float(np.ceil(placement_use(instance).constant[own].max()))
    return Said(f"capacity of pool {said['pool']!r} in {said['region']!r}", least)


def _prices(instance: Instance) -> Price:
    """Price a week as a place for each week that it needs, on average over a pool's courses."""
    cost, weeks = place_costs(instance), per_place(instance, "placement_use")
    usual = float(cost.sum() / weeks.sum()) if weeks.sum() > 0 else 1.0
    use = instance.placement_use
    users = use.loc[use["rate"] > 0, ["code", "line"]].drop_duplicates()
    line = users["line"].to_numpy(int)
    by_pool = pd.DataFrame(
        {
            "pool": users["code"].to_numpy(),
            "region": instance.lines["region"].to_numpy()[line],
            "cost": cost[line],
            "weeks": weeks[line],
        }
    )
    sums = by_pool[by_pool["weeks"] > 0].groupby(["pool", "region"])[["cost", "weeks"]].sum()
    known = {key: cost / weeks for key, cost, weeks in sums.itertuples()}
    table = instance.tables["placements"]
    each = {
        int(line): float(known.get((pool, region), usual))
        for line, pool, region in table[["pool", "region"]].itertuples()
    }
    return lambda line: usual if line is None else each[line]


ORIGINS = (
    Origin(
        "placement capacity", "placements.csv", "capacity", _said,
        lambda problem: _lines(problem.instance), unit="weeks", drawn=True,
        relax=Elastic(
            "placements", _prices, "+{weeks} weeks on the {name}", 1.0, least=_committed
        ),
    ),
)  # fmt: skip
LIMIT = Limit(
    ORIGINS[0], "placements", "placement pool",
    "placement weeks", "pool", "placement_use", "weeks", "placement_capacity",
    price_step=100.0, worth_step=1000.0, answer="placements", answers="pools", label=_name,
)  # fmt: skip
words, rows, violations, excesses = LIMIT.words, LIMIT.rows, LIMIT.violations, LIMIT.excesses
