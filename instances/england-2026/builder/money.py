"""What students cost and what may be spent."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping

from builder.sources import ALL, Row, Sources


def cost_rows(sources: Sources) -> Iterator[Row]:
    """Yield the costs table: components of one key added up, in prices of the price base.

    Parameters
    ----------
    sources
        Source tables.

    Yields
    ------
    dict
        One row for each profession or group, study year and fund.
    """
    deflators = {r["price_year"]: float(r["to_2025"]) for r in sources.tables["deflators"]}
    costs: dict[tuple[str, str, str], float] = defaultdict(float)
    origin: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in sources.tables["costs"]:
        key = (row["profession"], row["study_year"], row["fund"])
        costs[key] += float(row["cost"]) * deflators[row["price_year"]]
        origin[key].append(row["source"])
    for key in costs:
        yield {
            "course": ALL,
            "profession": key[0],
            "study_year": key[1],
            "fund": key[2],
            "cost": round(costs[key]),
            "source": "; ".join(origin[key]),
        }


def budget_rows(sources: Sources, spend: Mapping[tuple[str, str, int], float]) -> Iterator[Row]:
    """Yield the budgets table: steady spend, grown by a yearly rate until the last year of growth.

    Parameters
    ----------
    sources
        Source tables.
    spend
        Steady spend by fund, region and year.

    Yields
    ------
    dict
        One row for each fund, region (or England) and year, in whole thousands of pounds.
    """
    for row in sources.tables["budget_growth"]:
        fund, region = row["fund"], row["region"]
        covered = sources.within(region)
        for year in sources.years:
            steady = sum(spend.get((fund, place, year), 0.0) for place in covered)
            grown = min(year, int(row["last_growth_year"])) - sources.first_year + 1
            amount = steady * (1 + float(row["yearly_growth"])) ** grown
            yield {
                "fund": fund,
                "region": region,
                "year": year,
                "amount": math.ceil(amount / 1000) * 1000,
            }
