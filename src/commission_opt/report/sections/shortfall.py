"""The shortfall with and without the plan: by year, by region and by profession."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.explain.answer import Column, Table
from commission_opt.report.charts.gap import gap_lines, gap_panels
from commission_opt.report.facts import Facts, share
from commission_opt.report.section import Block, Section
from commission_opt.views import words
from commission_opt.views.shortfall import LAST_YEAR, WITH, WITHOUT, caveat, negative_staff

_MOST = 24  # regions in the chart
_LONG = 40  # professions from which the table opens on demand only
LATER = {
    "repeat": "in every later year, courses take in as many as in the last year that is planned",
    "last_intake": "in every later year, courses take in what they took in before the plan",
    "none": "no places are counted after the years that are planned",
}


def shortfall(facts: Facts) -> Section:
    """Return the section."""
    said = (
        "A shortfall is the staff needed less the staff in post, where that is positive, for each "
        "profession in each region: a surplus in one does not make up for a shortfall in another. "
        f"With the plan, {LATER[facts.policy.rules.continuation]}.",
        caveat(facts.futures),
        *negative_staff(
            facts.futures,
            facts.names.professions.__getitem__,
            facts.names.regions.__getitem__,
        ),
    )
    blocks = (_by_year(facts), _by_region(facts), _by_profession(facts))
    return Section("shortfall", "Shortfall", said, blocks)


def _by_year(facts: Facts) -> Block:
    missing = facts.futures.by_year()
    years = list(facts.years)
    without, last_year, with_plan = (
        missing[name].to_numpy() for name in (WITHOUT, LAST_YEAR, WITH)
    )
    frame = pd.DataFrame(
        {
            "year": years,
            "demand": facts.instance.demand.sum(axis=(0, 1)),
            "without": without,
            "last": last_year,
            "with": with_plan,
            "cut": share(without - with_plan, without),
        }
    )
    columns = (
        Column("year", "year", words.year),
        Column("demand", "staff needed, FTE", words.count),
        *_FUTURES,
    )
    title = "Shortfall by year, FTE"
    summary = (
        f"Without new places the shortfall goes from {words.count(without[0])} FTE in "
        f"{words.year(years[0])} to {words.count(without[-1])} in {words.year(years[-1])}; "
        f"with last year repeated from {words.count(last_year[0])} to "
        f"{words.count(last_year[-1])}; with the plan from {words.count(with_plan[0])} to "
        f"{words.count(with_plan[-1])}."
    )
    chart = gap_lines("shortfall-by-year", title, summary, years, without, last_year, with_plan)
    return Block(Table("by-year", title, frame, columns), (chart,))


_FUTURES = (
    Column("without", "short without new places", words.count),
    Column("last", "short with last year repeated", words.count),
    Column("with", "short with the plan", words.count),
    Column("cut", "cut by the plan", words.part),
)


def _by_region(facts: Facts) -> Block:
    demand = facts.instance.demand.sum(axis=0)
    missing = [grid.sum(axis=0) for grid in facts.futures.shortfalls.values()]
    without, last_year, with_plan = (np.nan_to_num(share(values, demand)) for values in missing)
    order = _worst(with_plan)
    q, y = (grid.ravel() for grid in np.indices(demand.shape))
    frame = pd.DataFrame(
        {
            "region": [facts.regions[i] for i in q],
            "year": facts.instance.first_year + y,
            "demand": demand.ravel(),
            "without": missing[0].ravel(),
            "last": missing[1].ravel(),
            "with": missing[2].ravel(),
            "share_without": without.ravel(),
            "share_last": last_year.ravel(),
            "share_with": with_plan.ravel(),
        }
    )
    columns = (
        Column("region", "region"),
        Column("year", "year", words.year),
        Column("demand", "staff needed, FTE", words.count),
        *_FUTURES[:3],
        Column("share_without", "of demand, without", words.part),
        Column("share_last", "of demand, last year repeated", words.part),
        Column("share_with", "of demand, with the plan", words.part),
    )
    title = "Shortfall by region, % of the staff needed there"
    if len(order) < len(facts.regions):
        title += f": the {len(order)} regions that are shortest at the end"
    panels = [(facts.regions[i], without[i], with_plan[i]) for i in order]
    chart = gap_panels(
        "shortfall-by-region", title, _summary(facts, without, with_plan), facts.years, panels
    )
    table = Table("by-region", "Shortfall by region and year, FTE", frame, columns)
    return Block(table, (chart,))


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
        f"demand with the plan, {words.part(without[top, -1])} without new places"
    )
    if len(at_end) > 1:
        text += f"; least in {facts.regions[low]}, {words.part(at_end[low])} with the plan"
    return text + "."


def _by_profession(facts: Facts) -> Block:
    result = facts.outcome
    total = facts.futures.over_the_years("profession")
    without, last_year, with_plan = (total[n].to_numpy() for n in (WITHOUT, LAST_YEAR, WITH))
    order = np.argsort(-without, kind="stable")
    frame = pd.DataFrame(
        {
            "profession": [facts.professions[i] for i in order],
            "without": without[order],
            "last": last_year[order],
            "with": with_plan[order],
            "cut": share(without - with_plan, without)[order],
            "end_without": result.shortfall_base[order, :, -1].sum(axis=1),
            "end_with": result.shortfall[order, :, -1].sum(axis=1),
        }
    )
    end = words.year(facts.years[-1])
    columns = (
        Column("profession", "profession"),
        *_FUTURES,
        Column("end_without", f"in {end} without, FTE", words.count),
        Column("end_with", f"in {end} with the plan, FTE", words.count),
    )
    span = f"{words.year(facts.years[0])} to {words.year(facts.years[-1])}"
    title = f"Shortfall by profession, FTE-years from {span}"
    note = "An FTE-year is one full-time post empty for one year."
    sums = (
        "all", *(words.count(v.sum()) for v in (without, last_year, with_plan)),
        words.part(float(share(np.array(without.sum() - with_plan.sum()), without.sum()))),
        words.count(frame["end_without"].sum()), words.count(frame["end_with"].sum()),
    )  # fmt: skip
    table = Table("by-profession", title, frame, columns, note=note)
    return Block(table, total=sums, folded=len(frame) > _LONG)
