"""Posts over the years: who is without one with the plan, and what work has none."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.report.charts.panels import post_panels
from commission_opt.report.drawing import Chart
from commission_opt.report.facts import Facts
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.views import posts as view
from commission_opt.views import words

_MOST = 24  # professions in the chart
_MEANT = (
    "Posts are what is funded of the work that there is. Staff beyond posts are trained and there, "
    "but do no work; demand beyond posts is work that no training meets. Professions, regions and "
    "years of which posts.csv says nothing have no end of posts and are left out here."
)
_GRADUATES = (
    "Graduates of a year find no post if all who were at work before keep theirs. Of new places: "
    "of all without a post, at most those who are there because of what is bought and continued."
)


def posts(facts: Facts) -> Section | None:
    """Return the section; None if the instance has no posts."""
    cells = view.by_cell(facts.found.plan.problem, facts.outcome)
    if cells.empty:
        return None
    said = (*view.said(facts.futures), _MEANT)
    return Section(
        "posts", "Posts over the years", said, (_by_pair(facts, cells), _all(facts, cells))
    )


def _by_pair(facts: Facts, cells: pd.DataFrame) -> Exhibit:
    """Return the years added up by profession and region, under a chart by profession."""
    pairs = cells.groupby(["profession", "region"], sort=False)
    sums = pairs[["without", "graduates_without", "new", "unfunded"]].sum()
    worst = cells.loc[pairs["without"].idxmax()]
    frame = sums.reset_index().assign(
        worst=worst["year"].to_numpy(), at_worst=worst["without"].to_numpy()
    )
    frame = frame.sort_values(["without", "unfunded"], ascending=False, kind="stable")
    columns = (
        ("profession", "profession", frame["profession"].map(facts.names.professions).tolist()),
        ("region", "region", frame["region"].map(facts.names.regions).tolist()),
        ("without", "FTE-years without a post", frame["without"].tolist(), words.count),
        ("new", "of new places", frame["new"].tolist(), words.count),
        ("graduates", "graduates without", frame["graduates_without"].tolist(), words.count),
        ("at_worst", "at most, FTE", frame["at_worst"].tolist(), words.count),
        ("worst", "in", frame["worst"].tolist(), words.year),
        ("unfunded", "FTE-years of work without posts", frame["unfunded"].tolist(), words.count),
    )
    table = tabled("posts-by-pair", "Staff without a post by region", columns, note=_GRADUATES)
    return Exhibit(table, (_chart(facts, cells),))


def _chart(facts: Facts, cells: pd.DataFrame) -> Chart:
    years = list(facts.years)
    sums = cells.groupby(["profession", "year"], sort=False)[["posts", "supply", "without"]].sum()
    idle = cells.groupby("profession", sort=False)["without"].sum()
    chosen = set(idle.sort_values(ascending=False, kind="stable").index[:_MOST])
    panels = []
    for code in (code for code in idle.index if code in chosen):
        own = sums.loc[code].reindex(years)
        figures = (own[name].to_numpy(float) for name in ("posts", "supply", "without"))
        panels.append((facts.names.professions[code], *figures))
    of_year = view.by_year(cells).set_index("year").reindex(years)
    first, last = of_year.iloc[0], of_year.iloc[-1]
    summary = (
        f"{words.count(np.nan_to_num(first['without']))} FTE are without a post in "
        f"{words.year(years[0])} and {words.count(np.nan_to_num(last['without']))} in "
        f"{words.year(years[-1])}, in all professions together."
    )
    title = "Posts and staff by profession, FTE"
    if len(idle) > len(panels):
        title += f": the {words.plural(len(panels), 'profession')} with most staff without a post"
    return Chart("posts-by-profession", title, summary, post_panels(years, panels))


def _all(facts: Facts, cells: pd.DataFrame) -> Exhibit:
    """Return posts and staff of every profession, region and year."""
    headings = {
        "posts": "posts, FTE", "supply": "staff, FTE", "without": "without a post",
        "graduates": "graduates", "graduates_without": "graduates without",
        "new": "of new places", "unfunded": "work without posts",
    }  # fmt: skip
    columns = (
        ("profession", "profession", cells["profession"].map(facts.names.professions).tolist()),
        ("region", "region", cells["region"].map(facts.names.regions).tolist()),
        ("year", "year", cells["year"].to_numpy(int), words.year),
        *((name, heading, cells[name].tolist(), words.count) for name, heading in headings.items()),
    )
    return Exhibit(tabled("posts", "Every profession, region and year", columns), folded=True)
