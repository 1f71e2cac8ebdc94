"""The staff that are missing where a region, a profession or a provider is."""

from __future__ import annotations

from typing import Any

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.report.charts.gap import gap_lines
from commission_opt.report.drawing import Chart
from commission_opt.report.facts import Facts, share
from commission_opt.report.packs.scope import PROVIDER, Scope
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.views import words
from commission_opt.views.shortfall import FUTURES, LAST_YEAR, WITH, WITHOUT

_LAST_YEAR = (
    "“Last year repeated” gives every course last year's places again in every year. It is a "
    "comparison, and need not keep the rules."
)
_OF = {
    "region": "All professions in {name}: a surplus of one does not make up for another.",
    "profession": "{name} in all regions: a surplus in one does not make up for another.",
    PROVIDER: (
        "The professions and regions in which {name} teaches, whoever trains the staff there: it "
        "is what its places are for, and not its own."
    ),
}


def staff(facts: Facts, scope: Scope) -> Section:
    """Return the section."""
    said = [_OF[scope.kind].format(name=scope.name), _LAST_YEAR, *_brought(facts, scope)]
    exhibits = (_by_year(facts, scope), _by_cell(facts, scope))
    return Section("shortfall", "Staff who are missing", tuple(said), exhibits)


def by_year(facts: Facts, scope: Scope) -> dict[str, Floats]:
    """Return the FTE missing in each year, with each future."""
    return {k: grid[scope.cells].sum(axis=0) for k, grid in facts.futures.shortfalls.items()}


def staff_words(facts: Facts, scope: Scope) -> str:
    """Say how many are missing at the end, with the plan and without."""
    missing, end = by_year(facts, scope), words.year(facts.years[-1])
    needed = facts.instance.demand[scope.cells].sum(axis=0)[-1]
    where = " where it teaches" * (scope.kind == PROVIDER)
    return (
        f"Of the {words.count(needed)} FTE needed{where} in {end}, "
        f"{words.count(missing[WITH][-1])} are missing with the plan, "
        f"{words.count(missing[LAST_YEAR][-1])} with last year's {facts.bought} repeated and "
        f"{words.count(missing[WITHOUT][-1])} {facts.without}."
    )


def _brought(facts: Facts, scope: Scope) -> list[str]:
    """Say what its lines bring within the horizon, wherever those whom they train work."""
    brings = facts.lines["fte_years"].to_numpy(float)[scope.at].sum()
    if scope.kind == "profession" or not len(scope.at):
        return []
    return [
        f"Its own {facts.bought}, commissioned and continued, bring {words.count(brings)} "
        f"FTE-years to {words.year(facts.years[-1])}, wherever those whom they train go to work."
    ]


def _by_year(facts: Facts, scope: Scope) -> Exhibit:
    missing = by_year(facts, scope)
    needed = facts.instance.demand[scope.cells].sum(axis=0)
    years = list(facts.years)
    columns = (
        ("year", "year", years, words.year),
        ("demand", "staff needed, FTE", needed, words.count),
        *_futures(facts, missing),
    )
    title = "Shortfall by year, FTE"
    without, last_year, with_plan = (missing[name] for name in FUTURES)
    picture = gap_lines(years, without, last_year, with_plan, facts.without)
    chart = Chart("shortfall-by-year", title, staff_words(facts, scope), picture)
    return Exhibit(tabled("by-year", title, columns), (chart,))


def _futures(facts: Facts, missing: dict[str, Floats]) -> tuple[tuple[Any, ...], ...]:
    headings = (f"short {facts.without}", "short with last year repeated", "short with the plan")
    return tuple(
        (name, heading, missing[key], words.count)
        for name, heading, key in zip(("without", "last", "with"), headings, FUTURES, strict=True)
    )


def _by_cell(facts: Facts, scope: Scope) -> Exhibit:
    """Return the shortfall at the end by what the scope has several of."""
    p, q = np.nonzero(scope.cells)
    if scope.kind == "region":  # its parts are added up
        p, groups = np.unique(p, return_inverse=True)
        named: list[tuple[Any, ...]] = [
            ("profession", "profession", [facts.professions[i] for i in p])
        ]
    else:
        groups = np.arange(len(q))
        named = [("region", "region", [facts.regions[i] for i in q])]
        if scope.kind == PROVIDER:
            named.insert(0, ("profession", "profession", [facts.professions[i] for i in p]))
    count = len(named[0][2])

    def added(grid: Floats) -> Floats:
        return np.bincount(groups, grid[scope.cells][:, -1], count).astype(float)

    missing = {name: added(grid) for name, grid in facts.futures.shortfalls.items()}
    needed = added(facts.instance.demand)
    order = np.argsort(-missing[WITH], kind="stable")
    columns = [
        *((name, heading, [cells[i] for i in order]) for name, heading, cells in named),
        ("demand", "staff needed, FTE", needed[order], words.count),
        *_futures(facts, {name: values[order] for name, values in missing.items()}),
        ("part", "short with the plan, %", share(missing[WITH], needed)[order], words.part),
    ]
    end = words.year(facts.years[-1])
    what = " and ".join(heading for _, heading, _ in named)
    return Exhibit(tabled("by-cell", f"Shortfall in {end} by {what}, FTE", columns))
