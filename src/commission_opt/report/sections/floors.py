"""Floors of service: which are missed with the plan, where, when and by how much."""

from __future__ import annotations

from functools import partial

import numpy as np

from commission_opt.report.charts.gap import gap_lines
from commission_opt.report.drawing import Chart
from commission_opt.report.facts import Facts
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.views import floors as view
from commission_opt.views import words

_MEANT = (
    "A floor is service that should be there whatever else is, in each of its regions on its own. "
    "It binds nothing by itself: a plan may miss it where the model puts other things first, or "
    "where it cannot be reached."
)
_MIX = (
    "A floor that is a share of the service of others is also met where there are fewer of those."
)


def floors(facts: Facts) -> Section | None:
    """Return the section; None if the instance has no floors."""
    instance = facts.instance
    if not len(instance.floors):
        return None
    mixed = instance.floors["min_mix_share"].notna().any()
    sentences = (said(facts), _MEANT, *[_MIX] * bool(mixed))
    return Section("floors", "Floors of service", sentences, (_by_year(facts), _all(facts)))


def said(facts: Facts) -> str:
    """Say how floors are kept; "" if there are none."""
    nothing, region = facts.futures.nothing, facts.names.regions.__getitem__
    return view.headline(facts.instance, facts.outcome, nothing, facts.without, region)


def _by_year(facts: Facts) -> Exhibit:
    """Return the FTE below floors by year, against both baselines; and every floor by region."""
    futures, years = facts.futures, list(facts.years)
    without, last_year, with_plan = (
        view.by_year(facts.instance, result)
        for result in (futures.nothing, futures.last_year, facts.outcome)
    )
    title = "Service below floors by year, FTE"
    summary = (
        f"W{facts.without[1:]} service is {words.count(without[0])} FTE below floors in "
        f"{words.year(years[0])} and {words.count(without[-1])} in {words.year(years[-1])}; with "
        f"last year repeated {words.count(last_year[0])} and {words.count(last_year[-1])}; with "
        f"the plan {words.count(with_plan[0])} and {words.count(with_plan[-1])}."
    )
    lines = gap_lines(years, without, last_year, with_plan, facts.without, "below floors")
    found = view.by_region(facts.instance, facts.outcome)
    columns = (
        ("floor", "floor", found["floor"].tolist()),
        ("region", "region", found["region"].map(facts.names.regions).tolist()),
        ("asks", "asks for", _asked(facts, found["floor"].tolist())),
        ("of", "years asked for", found["of"].tolist(), words.count),
        ("missed", "missed in", [when or "no year" for when in found["when"]]),
        ("below", "FTE-years below", found["below"].tolist(), words.count),
        ("margin", "least margin, FTE", found["margin"].tolist(), words.change),
        ("worst", "in", found["worst"].tolist(), words.year),
    )
    note = (
        "The margin is the service there is less what is asked for, in the year when it is least."
    )
    table = tabled("floors-by-region", "Floors by region", columns, note=note)
    return Exhibit(table, (Chart("floors-by-year", title, summary, lines),))


def _asked(facts: Facts, floors: list[str]) -> list[str]:
    rows = facts.instance.floors.drop_duplicates("floor").to_dict("records")
    named = partial(view.asks, name=lambda code: facts.names.professions.get(code, code))
    said = {row["floor"]: named(row) for row in rows}
    return [said[floor] for floor in floors]


def _all(facts: Facts) -> Exhibit:
    """Return what every floor asks for in every region and year, and what there is."""
    rows, levels = facts.instance.floors, facts.outcome.floors
    columns = (
        ("floor", "floor", rows["floor"].tolist()),
        ("region", "region", rows["region"].map(facts.names.regions).tolist()),
        ("year", "year", rows["year"].to_numpy(int), words.year),
        ("required", "asked for, FTE", levels.required, words.count),
        ("service", "service, FTE", levels.service, words.count),
        ("below", "below, FTE", np.where(view.missed(levels), levels.below, 0.0), words.count),
    )
    title = "Every floor, region and year"
    return Exhibit(tabled("floors", title, columns), folded=True)
