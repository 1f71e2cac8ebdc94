"""All tables of the instance together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from builder.money import budget_rows
from builder.placements import placement_rows
from builder.sources import Row, Sources
from builder.tables import build_tables
from builder.use import Rates, Use, steady_use

from levers.measures import measure_costs, measure_rows, measure_use, measure_weeks
from levers.pay import pay_of_staff, pay_rows
from levers.posts import post_rows
from levers.routes import Routes


def build_levers(sources: Sources) -> dict[str, list[Row]]:
    """Build every table: those of england-2026, and in them what levers add.

    Parameters
    ----------
    sources
        Source tables; see `load_levers`.

    Returns
    -------
    dict
        Rows by table.
    """
    tables, routes = build_tables(sources), Routes(sources)
    measures = list(measure_rows(sources, tables["workforce"]))
    costs, weeks = list(measure_costs(sources)), list(measure_weeks(sources))
    degrees = (sources, tables["courses"], tables["pipeline"])
    spend = _together(
        steady_use(*degrees, Rates(tables["costs"], "fund", "cost")),
        routes.spend(),
        measure_use(sources, measures, costs, "fund"),
        pay_of_staff(sources),
    )
    in_practice = _together(
        steady_use(*degrees, Rates(tables["placement_use"], "pool", "weeks")),
        routes.weeks(),
        measure_use(sources, measures, weeks, "pool"),
    )
    return {
        **tables,
        "courses": [*tables["courses"], *routes.courses()],
        "pipeline": [*tables["pipeline"], *routes.pipeline],
        "posts": list(post_rows(sources, tables["demand"])),
        "measures": measures,
        "substitution": _as_given(sources, "substitution"),
        "joiners": list(_not_recruited(tables["joiners"], measures, sources.first_year)),
        "costs": [*tables["costs"], *routes.costs(), *costs],
        "placement_use": [*tables["placement_use"], *routes.placement_use(), *weeks],
        "budgets": list(budget_rows(sources, spend)),
        "pay": list(pay_rows(sources)),
        "floors": _as_given(sources, "floors"),
        "placements": list(placement_rows(sources, in_practice)),
    }


def _not_recruited(
    joiners: Iterable[Row], measures: Iterable[Row], first_year: int
) -> Iterator[Row]:
    """Yield joiners less what last year's units of recruitment bring, once it can be replaced."""
    known = [measure for measure in measures if measure["kind"] == "recruit"]
    for row in joiners:
        fte = float(row["fte"])
        for measure in known:
            arrives = first_year + int(measure["lead_years"])
            where = (measure["profession"], measure["region"])
            if where == (row["profession"], row["region"]) and int(row["year"]) >= arrives:
                one = float(measure["fte_per_unit"]) * float(measure["success_rate"])
                fte -= one * float(measure["last_amount"])
        yield {**row, "fte": round(fte, 1)}


def _as_given(sources: Sources, table: str) -> list[Row]:
    """Return a table that stands in the sources as it is, without what it rests on."""
    said = ("source", "quality", "impact")
    return [{k: v for k, v in row.items() if k not in said} for row in sources.tables[table]]


def _together(*uses: Use) -> Use:
    """Add up uses by fund or pool, region and year."""
    keys = dict.fromkeys(key for use in uses for key in use)
    return {key: sum(use.get(key, 0.0) for use in uses) for key in keys}
