"""Placement weeks that students need, and the capacity for them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from builder.sources import ALL, Row, Sources


def placement_use_rows(sources: Sources) -> Iterator[Row]:
    """Yield the table of placement use: published hours over the hours of a week.

    Parameters
    ----------
    sources
        Source tables.

    Yields
    ------
    dict
        One row for each row of ``practice_hours.csv``.
    """
    for row in sources.tables["practice_hours"]:
        yield {
            "course": ALL,
            "profession": row["profession"],
            "study_year": row["study_year"],
            "pool": row["pool"],
            "weeks": round(float(row["hours"]) / sources.figure("hours_per_week"), 2),
            "source": row["source"],
        }


def placement_rows(sources: Sources, weeks: Mapping[tuple[str, str, int], float]) -> Iterator[Row]:
    """Yield the placements table: the largest steady use, a headroom and perhaps yearly growth.

    Parameters
    ----------
    sources
        Source tables.
    weeks
        Steady use by pool, region and year.

    Yields
    ------
    dict
        One row for each pool and region that uses it, and for each year if capacity grows.
    """
    pools = dict.fromkeys(row["pool"] for row in sources.tables["capacity"])
    for pool in pools:
        for region in sources.regions:
            largest = max(weeks.get((pool, region, year), 0.0) for year in sources.years)
            if largest == 0:
                continue
            headroom, growth = _headroom_and_growth(sources, pool, region)
            years = [str(year) for year in sources.years] if growth else [ALL]
            for step, year in enumerate(years):
                capacity = math.ceil(largest * (1 + headroom) * (1 + growth) ** step)
                yield {"pool": pool, "region": region, "year": year, "capacity": capacity}


def _headroom_and_growth(sources: Sources, pool: str, region: str) -> tuple[float, float]:
    """Return headroom and yearly growth of a pool: the nearest region's, else the pool's."""
    for place in (region, sources.parents[region], ALL):
        for row in sources.tables["capacity"]:
            if (row["pool"], row["region"]) == (pool, place):
                return float(row["headroom"]), float(row["yearly_growth"])
    raise LookupError(f"capacity.csv has no row for {pool} in {region}")
