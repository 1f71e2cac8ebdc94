"""Measures: what can be bought in a region, and what it costs."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator

from builder.money import cost_rows
from builder.placements import placement_use_rows
from builder.shares import apportion
from builder.sources import ALL, Record, Row, Sources
from builder.staff import regional_fte
from builder.use import Use

from levers.sources import look_up, of_measures


def measure_rows(sources: Sources, workforce: Iterable[Row]) -> Iterator[Row]:
    """Yield the measures table: every measure in every region.

    Parameters
    ----------
    sources
        Source tables.
    workforce
        Rows of the workforce table, whose leavers some measures may keep.

    Yields
    ------
    dict
        One row for each measure and region.
    """
    leaver_rates = {(r["profession"], r["region"]): float(r["leaver_rate"]) for r in workforce}
    titles = {row["region"]: row["title"] for row in sources.tables["regions"]}
    professions = {row["profession"]: row for row in sources.professions}
    for measure in sources.tables["measures"]:
        scopes = scopes_of(measure)
        staff = regional_fte(sources, professions[measure["profession"]])
        rates = {r: leaver_rates[measure["profession"], r] for r in sources.regions}
        lasts = sources.first("lasts_years", scopes)
        own_rate = sources.first("recruit_leaver_rate", scopes)
        last, most = _amounts(sources, scopes, staff, rates)
        for region in sources.regions:
            yield {
                "measure": f"{measure['measure']}-{region}",
                "kind": measure["kind"],
                "profession": measure["profession"],
                "region": region,
                "title": f"{measure['title']}, {titles[region]}",
                "lead_years": int(look_up(sources, "lead_years", scopes)),
                "fte_per_unit": look_up(sources, "fte_per_unit", scopes),
                "success_rate": look_up(sources, "success_rate", scopes),
                "leaver_rate": "" if own_rate is None else own_rate,
                "lasts_years": "" if lasts is None else int(lasts),
                "paid_years": int(look_up(sources, "paid_years", scopes)),
                "last_amount": last[region],
                "max_amount": most[region],
            }


def measure_costs(sources: Sources) -> Iterator[Row]:
    """Yield what a unit of each measure costs."""
    return _by_region(sources, list(cost_rows(of_measures(sources))))


def measure_weeks(sources: Sources) -> Iterator[Row]:
    """Yield the placement weeks of a unit of each measure."""
    return _by_region(sources, list(placement_use_rows(of_measures(sources))))


def measure_use(sources: Sources, measures: Iterable[Row], rates: Iterable[Row], name: str) -> Use:
    """Work out what last year's units use if they are bought every year from the first one on.

    Parameters
    ----------
    sources
        Source tables.
    measures
        Rows of the measures table.
    rates
        Rows of their costs, or of their placement weeks.
    name
        Column that names the fund or the pool.

    Returns
    -------
    dict
        Use by fund or pool, region and year.
    """
    column = "cost" if name == "fund" else "weeks"
    of_line = defaultdict(list)
    for rate in rates:
        of_line[rate["course"]].append(rate)
    use: Use = defaultdict(float)
    for measure in measures:
        for year in sources.years:
            for rate in of_line[measure["measure"]]:
                paid = _years_paid(rate, measure, year - sources.first_year + 1)
                amount = float(measure["last_amount"]) * float(rate[column]) * paid
                use[str(rate[name]), str(measure["region"]), year] += amount
    return use


def scopes_of(measure: Record) -> list[str]:
    """Return what a measure answers to in figures.csv, most specific first."""
    return [measure["measure"], measure["kind"]]


def _amounts(
    sources: Sources, scopes: list[str], staff: dict[str, float], rates: dict[str, float]
) -> tuple[dict[str, int], dict[str, int]]:
    """Return last year's units and the most units, by region."""
    of_staff = sources.first("max_share_of_staff", scopes)
    if of_staff is not None:
        last = look_up(sources, "last_share_of_staff", scopes)
        return (
            {region: round(last * fte) for region, fte in staff.items()},
            {region: round(of_staff * fte) for region, fte in staff.items()},
        )
    before = apportion(int(look_up(sources, "last_amount", scopes)), staff)
    of_leavers = sources.first("max_share_of_leavers", scopes)
    if of_leavers is None:
        return before, apportion(int(look_up(sources, "max_amount", scopes)), staff)
    fte = look_up(sources, "fte_per_unit", scopes)
    return before, {
        region: math.floor(of_leavers * rates[region] * staff[region] / fte) for region in staff
    }


def _years_paid(rate: Row, measure: Row, years: int) -> int:
    """Return in how many of its paid years a rate is charged, some years after the first units."""
    if rate["study_year"] == ALL:
        return min(int(measure["paid_years"]), years)
    return int(int(rate["study_year"]) <= years)


def _by_region(sources: Sources, rows: Iterable[Row]) -> Iterator[Row]:
    """Yield rows of measures once for each region."""
    for row in rows:
        for region in sources.regions:
            yield {**row, "course": f"{row['profession']}-{region}", "profession": ""}
