"""Places by profession and region, against last year."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR

import numpy as np
import pandas as pd

from commission_opt.explain.answer import AnswerTable
from commission_opt.formulation.goals import weighs
from commission_opt.formulation.rules import year_ends
from commission_opt.report.charts.heat_map import heat_map
from commission_opt.report.drawing import Chart
from commission_opt.report.facts import Facts, relative
from commission_opt.report.section import Exhibit, Section, tabled, totals
from commission_opt.views import words
from commission_opt.views.places import by_pair
from commission_opt.views.settled import settled_words

_MOST = 45  # rows of the chart


def places(facts: Facts) -> Section:
    """Return the section."""
    first = words.year(facts.commissioned_years[0])
    taught = np.flatnonzero(facts.taught.any(axis=1))
    size = np.maximum(facts.places[:, :, 0], facts.last_year).sum(axis=1)[taught]
    rows = np.sort(taught[np.argsort(-size, kind="stable")][:_MOST])
    now = np.where(facts.taught, facts.places[:, :, 0], np.nan)[rows]
    cells = pd.DataFrame(now, [facts.professions[i] for i in rows], facts.regions)
    title = f"Places in {first} by profession and region, coloured by the change on last year"
    said = [
        "A place is counted where the course runs, not where its graduates will work.",
        settled_words(facts.settled, measured=not weighs(facts.found.plan.problem)),
        *_over_years(facts),
    ]
    if left_out := len(taught) - len(rows):
        said.append(
            f"The chart shows the {len(rows)} professions with the most places; "
            f"{words.plural(left_out, 'other is', 'others are')} in the table."
        )
    chart = Chart("places", title, _summary(facts), heat_map(cells, facts.last_year[rows]))
    table = _table(facts)
    years = [str(year) for year in facts.commissioned_years]
    in_all, last = (np.array([table.frame[name].sum()]) for name in (years[0], "last"))
    more = words.signed_percent(relative(in_all, last)[0])
    total = totals(
        table, "last", *years, "change", "without", "with", profession="all", relative=more
    )
    return Section("places", "Places", tuple(said), (Exhibit(table, (chart,), total),))


def _summary(facts: Facts) -> str:
    now, last = facts.places[:, :, 0], facts.last_year
    more, fewer = int((now > last + 0.5).sum()), int((now < last - 0.5).sum())
    same = int(facts.taught.sum()) - more - fewer
    region = now.sum(axis=0) - last.sum(axis=0)
    top, low = int(np.argmax(region)), int(np.argmin(region))
    among = (
        f" Added up by region, the change runs from {words.change(region[top])} in "
        f"{facts.regions[top]} to {words.change(region[low])} in {facts.regions[low]}."
        if len(region) > 1
        else ""
    )
    return (
        f"Of {words.plural(int(facts.taught.sum()), 'pair')} of a profession and a region with a "
        f"course, {more:,} {words.agreed(more, 'gets', 'get')} more places than last year, "
        f"{same:,} as many and {fewer:,} fewer."
        f"{among}"
    )


def _over_years(facts: Facts) -> list[str]:
    years = facts.commissioned_years
    if len(years) < 2:
        return []
    totals = facts.places.sum(axis=(0, 1))
    listed = [f"{words.count(n)} in {words.year(y)}" for y, n in zip(years, totals, strict=True)]
    return [f"All places together: {words.joined(listed)}."]


def _table(facts: Facts) -> AnswerTable:
    p, q = np.nonzero(facts.taught)
    now, last = facts.places[p, q], facts.last_year[p, q]
    result = facts.outcome
    paced, end = _paced(facts, p, q), words.year(facts.years[-1])
    columns = (
        ("profession", "profession", [facts.professions[i] for i in p]),
        ("region", "region", [facts.regions[j] for j in q]),
        ("last", "last year", last, words.count),
        *(
            (str(y), words.year(y), now[:, k], words.count)
            for k, y in enumerate(facts.commissioned_years)
        ),
        ("change", "change on last year", now[:, 0] - last, words.change),
        ("relative", "change, %", relative(now[:, 0], last), words.signed_percent),
        *((name, f"{name} by the pace of change", ends, str) for name, ends in paced.items()),
        (
            "without", f"FTE short {end} {facts.without}", result.shortfall_base[p, q, -1],
            words.count,
        ),
        ("with", f"FTE short {end} with the plan", result.shortfall[p, q, -1], words.count),
        ("range", "no plan as good is outside", _ranges(facts, p, q), str),
    )  # fmt: skip
    title = "Places and shortfall by profession and region"
    note = (
        "The change is that of the first year. The shortfall counts those who work in the region, "
        "wherever they were trained. A profession is listed where it has a course. In every plan "
        "that is as good in all objectives, the places of the first year lie within the last "
        "column's ends."
    )
    if paced:
        note += (
            " Least and most by the pace of change are those of the first year, added up over the "
            "courses; capacity and cohorts are left out."
        )
    return tabled("places", title, columns, note=note)


def _ranges(facts: Facts, p: np.ndarray, q: np.ndarray) -> list[str]:
    """Return between which numbers the first year's places of every plan as good lie."""
    least, most = (
        by_pair(facts.instance, ends[:, 0])[p, q]
        for ends in (facts.settled.least, facts.settled.most)
    )
    return [
        words.rounded(a, 0, ROUND_FLOOR)
        + ("" if a == b else f"–{words.rounded(b, 0, ROUND_CEILING)}")
        for a, b in zip(least, most, strict=True)
    ]


def _paced(facts: Facts, p: np.ndarray, q: np.ndarray) -> dict[str, list[str]]:
    """Return the least and most places of the first year by the pace of change, if there is one."""
    ends = year_ends(facts.found.plan.problem, facts.outcome.places)
    if np.isinf(ends[1]).all():
        return {}
    low, high = (by_pair(facts.instance, end[:, 0])[p, q] for end in ends)
    return {
        "least": [words.rounded(end, 0, ROUND_FLOOR) for end in low],
        "most": [words.rounded(end, 0, ROUND_CEILING) for end in high],
    }
