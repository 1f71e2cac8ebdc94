"""The shortfall with and without the plan: by year, by region and by profession."""

from __future__ import annotations

from typing import Any

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.policy import Policy
from commission_opt.report.charts.gap import gap_lines, gap_panels
from commission_opt.report.drawing import Chart
from commission_opt.report.facts import Facts, share
from commission_opt.report.section import Exhibit, Section, tabled, totals
from commission_opt.views import words
from commission_opt.views.shortfall import FUTURES, caveat

_MOST = 12  # regions in the chart
_LONG = 40  # professions from which the table opens on demand only
_LATER = {
    "repeat": "in every later year, {lines} as {many} as in the last year that is planned",
    "last_intake": "in every later year, {lines} what they {took} before the plan",
    "none": "no {bought} are counted after the years that are planned",
}


def later(policy: Policy, *, units: bool) -> str:
    """Say what happens after the years that are planned."""
    return _LATER[policy.rules.continuation].format(
        lines="courses take in and measures buy" if units else "courses take in",
        many="many places and units" if units else "many",
        took="took in and bought" if units else "took in",
        bought=words.bought(units, "or"),
    )


def shortfall(facts: Facts) -> Section:
    """Return the section."""
    said = (
        f"A shortfall is the staff needed less {_done(facts)}, where that is positive, for each "
        "profession in each region: a surplus in one does not make up for a shortfall in another. "
        f"With the plan, {later(facts.policy, units=facts.units)}.",
        caveat(facts.futures),
        *facts.negative,
    )
    exhibits = (_by_year(facts), _by_region(facts), _by_profession(facts))
    return Section("shortfall", "Shortfall", said, exhibits)


def _done(facts: Facts) -> str:
    """Say what a shortfall is set against."""
    if facts.futures.problem.deploys:
        return "the staff who do their work, with those who stand in for others"
    return "the staff in post"


def _by_year(facts: Facts) -> Exhibit:
    missing = facts.futures.by_year()
    years = list(facts.years)
    without, last_year, with_plan = missing[list(FUTURES)].to_numpy().T
    needed, left = (of.demand.sum(axis=(0, 1)) for of in (facts.instance, facts.outcome))
    columns = (
        ("year", "year", years, words.year),
        ("demand", "staff needed, FTE", needed, words.count),
        *[("left", "needed with the plan", left, words.count)] * bool((left < needed).any()),
        *_futures(facts, without, last_year, with_plan),
    )
    title = "Shortfall by year, FTE"
    summary = (
        f"W{facts.without[1:]} the shortfall goes from {words.count(without[0])} FTE in "
        f"{words.year(years[0])} to {words.count(without[-1])} in {words.year(years[-1])}; "
        f"with last year repeated from {words.count(last_year[0])} to "
        f"{words.count(last_year[-1])}; with the plan from {words.count(with_plan[0])} to "
        f"{words.count(with_plan[-1])}."
    )
    lines = gap_lines(years, without, last_year, with_plan, facts.without)
    chart = Chart("shortfall-by-year", title, summary, lines)
    return Exhibit(tabled("by-year", title, columns), (chart,))


def _futures(
    facts: Facts, without: Floats, last_year: Floats, with_plan: Floats
) -> tuple[tuple[Any, ...], ...]:
    """Return columns of both baselines, of the plan, and of the part that it takes off."""
    return (
        ("without", f"short {facts.without}", without, words.count),
        ("last", "short with last year repeated", last_year, words.count),
        ("with", "short with the plan", with_plan, words.count),
        ("cut", "cut by the plan", share(without - with_plan, without), words.part),
    )


def _by_region(facts: Facts) -> Exhibit:
    demand = facts.instance.demand.sum(axis=0)
    missing = [grid.sum(axis=0) for grid in facts.futures.shortfalls.values()]
    without, last_year, with_plan = (np.nan_to_num(share(values, demand)) for values in missing)
    order = _worst(with_plan)
    q, y = (grid.ravel() for grid in np.indices(demand.shape))
    columns = (
        ("region", "region", [facts.regions[i] for i in q]),
        ("year", "year", facts.instance.first_year + y, words.year),
        ("demand", "staff needed, FTE", demand.ravel(), words.count),
        *_futures(facts, *(values.ravel() for values in missing))[:3],
        ("share_without", "of demand, without", without.ravel(), words.part),
        ("share_last", "of demand, last year repeated", last_year.ravel(), words.part),
        ("share_with", "of demand, with the plan", with_plan.ravel(), words.part),
    )
    title = "Shortfall by region, % of the staff needed there"
    if len(order) < len(facts.regions):
        title += f": the {len(order)} regions that are shortest at the end"
    panels = [(facts.regions[i], without[i], with_plan[i]) for i in order]
    summary = _summary(facts, without, with_plan)
    chart = Chart(
        "shortfall-by-region", title, summary, gap_panels(facts.years, panels, facts.without)
    )
    table = tabled("by-region", "Shortfall by region and year, FTE", columns)
    return Exhibit(table, (chart,))


def _worst(with_plan: Floats) -> list[int]:
    """Return the regions of the chart: those that are shortest in the last year, in their order."""
    worst = np.argsort(-with_plan[:, -1], kind="stable")[:_MOST]
    return sorted(int(i) for i in worst)


def _summary(facts: Facts, without: Floats, with_plan: Floats) -> str:
    """Say where the shortfall is largest and least at the end, of all regions."""
    end, at_end = words.year(facts.years[-1]), with_plan[:, -1]
    top, low = int(np.argmax(at_end)), int(np.argmin(at_end))
    text = (
        f"In {end} the shortfall is largest in {facts.regions[top]}: {words.part(at_end[top])} of "
        f"demand with the plan, {words.part(without[top, -1])} {facts.without}"
    )
    if len(at_end) > 1:
        text += f"; least in {facts.regions[low]}, {words.part(at_end[low])} with the plan"
    return text + "."


def _by_profession(facts: Facts) -> Exhibit:
    result = facts.outcome
    over_years = facts.futures.over_the_years("profession")
    without, last_year, with_plan = over_years[list(FUTURES)].to_numpy().T
    order = np.argsort(-without, kind="stable")
    end, ends = words.year(facts.years[-1]), (result.shortfall_base, result.shortfall)
    end_without, end_with = (grid[order, :, -1].sum(axis=1) for grid in ends)
    columns = (
        ("profession", "profession", [facts.professions[i] for i in order]),
        *_futures(facts, without[order], last_year[order], with_plan[order]),
        ("end_without", f"in {end} without, FTE", end_without, words.count),
        ("end_with", f"in {end} with the plan, FTE", end_with, words.count),
    )
    span = f"{words.year(facts.years[0])} to {words.year(facts.years[-1])}"
    title = f"Shortfall by profession, FTE-years from {span}"
    note = "An FTE-year is one full-time post empty for one year."
    table = tabled("by-profession", title, columns, note=note)
    cut = words.part(float(share(np.array(without.sum() - with_plan.sum()), without.sum())))
    summed = ("without", "last", "with", "end_without", "end_with")
    total = totals(table, *summed, profession="all", cut=cut)
    return Exhibit(table, total=total, folded=len(order) > _LONG)
