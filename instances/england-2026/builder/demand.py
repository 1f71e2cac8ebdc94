"""Demand, and those who join by other routes than the courses."""

from __future__ import annotations

from collections.abc import Iterator

from builder.shares import Split, normalise
from builder.sources import ALL, Record, Row, Sources
from builder.staff import regional_fte


def demand_rows(sources: Sources) -> Iterator[Row]:
    """Yield the demand table: present establishment, moving slowly towards population.

    Parameters
    ----------
    sources
        Source tables.

    Yields
    ------
    dict
        One row for each profession, region and year.
    """
    people = normalise(sources.population())
    for profession in sources.professions:
        code = profession["profession"]
        posts = _establishment(sources, profession)
        shares, total = normalise(posts), sum(posts.values())
        growth = sources.figure("demand_growth", code)
        weights = {year: _between(sources, "need_weight", year) for year in sources.years}
        for region in sources.regions:
            for year in sources.years:
                share = (1 - weights[year]) * shares[region] + weights[year] * people[region]
                fte = total * (1 + growth) ** (year - sources.first_year) * share
                yield {"profession": code, "region": region, "year": year, "fte": round(fte, 1)}


def joiner_rows(sources: Sources) -> Iterator[Row]:
    """Yield joiners by other routes: a share of the workforce that moves in a straight line.

    Parameters
    ----------
    sources
        Source tables.

    Yields
    ------
    dict
        One row for each profession, region and year.
    """
    for profession in sources.professions:
        code, fte = profession["profession"], regional_fte(sources, profession)
        rates = {year: _between(sources, "joiner_rate", year, code) for year in sources.years}
        for region in sources.regions:
            for year in sources.years:
                joiners = round(fte[region] * rates[year], 1)
                yield {"profession": code, "region": region, "year": year, "fte": joiners}


def _establishment(sources: Sources, profession: Record) -> Split:
    """Return what each region needs at the start: staff in post and the posts not filled."""
    fte = regional_fte(sources, profession)
    shortage = sources.figure("shortage_rate", profession["profession"])
    factor = {r: sources.figure("shortage_factor", ALL, r) for r in sources.regions}
    mean = sum(factor[r] * fte[r] for r in fte) / sum(fte.values())
    tilt = {r: factor[r] / mean if shortage > 0 else 1.0 for r in fte}
    return {r: fte[r] / (1 - shortage * tilt[r]) for r in fte}


def _between(sources: Sources, figure: str, year: int, profession: str = ALL) -> float:
    """Return a figure that moves in a straight line from its first to its last value."""
    step = (year - sources.first_year) / (sources.horizon - 1)
    first = sources.figure(f"{figure}_first", profession)
    return first + step * (sources.figure(f"{figure}_last", profession) - first)
