"""Places by profession and region, against last year."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.explain.answer import AnswerTable
from commission_opt.formulation.goals import weighs
from commission_opt.formulation.rules import year_ends
from commission_opt.report.drawing import Chart, Hover, Picture, painted
from commission_opt.report.facts import Facts, relative
from commission_opt.report.section import Exhibit, Section, tabled, totals
from commission_opt.views import words
from commission_opt.views.charts import INK, shortened
from commission_opt.views.places import by_pair
from commission_opt.views.settled import settled_words

_EDGES = (-np.inf, -0.25, -0.1, -0.02, 0.02, 0.1, 0.25, np.inf)
_COLOURS = ("#B35806", "#F1A340", "#FEE0B6", "#F7F7F7", "#D8DAEB", "#998EC3", "#542788")
_LABELS = (
    "−25 % or less", "−25 to −10 %", "−10 to −2 %", "about as many", "+2 to +10 %",
    "+10 to +25 %", "+25 % or more",
)  # fmt: skip
_HATCH, _HATCH_INK = "////", "#C4CBD1"  # where there is no course
_WHITE_INK = (0, 6)  # classes so dark that they need it
_MOST_WRITTEN = 10  # regions up to which each cell has its figures written in it
_LONGEST = 28  # characters of the name of a region that is written upwards
_LEFT, _BOTTOM = 2.4, 0.5  # inches for names of rows and for the legend
_MOST = 45  # rows of the chart


def heat_map(now: pd.DataFrame, before: Floats) -> Picture:
    """Return the chart.

    Parameters
    ----------
    now : pandas.DataFrame
        Places by profession and region, both by name; not a number where there is no course.
    before : array, of its shape
        Places of the year before.
    """
    written = len(now.columns) <= _MOST_WRITTEN
    longest = max(map(len, now.columns), default=0)
    top = 0.6 if written else 0.25 + 0.055 * min(longest, _LONGEST)
    height = top + (0.36 if written else 0.24) * len(now) + _BOTTOM
    return painted(9.5, height, lambda figure: _paint(figure, now, before, top, written))


def _paint(figure: Any, now: pd.DataFrame, before: Floats, top: float, written: bool) -> Hover:
    from matplotlib.colors import BoundaryNorm, ListedColormap

    height = figure.get_size_inches()[1]
    axes = figure.add_axes(
        (_LEFT / 9.5, _BOTTOM / height, 1 - (_LEFT + 0.1) / 9.5, 1 - (top + _BOTTOM) / height)
    )
    places = now.to_numpy(float)
    change = relative(places, before)
    found = np.digitize(np.nan_to_num(change, posinf=9.0), _EDGES[1:-1])
    classes = np.where(np.isnan(places), np.nan, found)
    mesh = axes.pcolormesh(
        np.ma.masked_invalid(classes),
        cmap=ListedColormap(_COLOURS),
        norm=BoundaryNorm(np.arange(8) - 0.5, 7),
        edgecolor="#C8C8C8",
        linewidth=0.6,
        gid="cells",
    )
    mesh.set_rasterized(False)
    axes.patch.set(facecolor="white", hatch=_HATCH, edgecolor=_HATCH_INK, linewidth=0)
    if written:
        _write(axes, places, change, classes)
    axes.invert_yaxis()
    axes.set_yticks(
        np.arange(len(now)) + 0.5, [shortened(row, 36) for row in now.index], fontsize=8.5
    )
    labels = [
        "\n".join(wrap(n, 15)[:3]) if written else shortened(n, _LONGEST) for n in now.columns
    ]
    axes.set_xticks(
        np.arange(len(labels)) + 0.5,
        labels,
        fontsize=8.5 if written else 7,
        rotation=0 if written else 90,
    )
    axes.tick_params(length=0, top=False, bottom=False, labeltop=True, labelbottom=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    _legend(figure)
    return {"cells": _texts(now, before, change)}


def _write(axes: Any, now: Floats, change: Floats, classes: Floats) -> None:
    for (i, j), places in np.ndenumerate(now):
        if np.isnan(places):
            axes.text(j + 0.5, i + 0.5, "no course", ha="center", va="center", fontsize=6.5)
            continue
        ink = "white" if classes[i, j] in _WHITE_INK else INK
        text = f"{words.count(places)} ({_rounded(float(change[i, j]))})"
        axes.text(j + 0.5, i + 0.5, text, ha="center", va="center", fontsize=8, color=ink)


def _rounded(change: float) -> str:
    text = f"{100 * change:+.0f} %".replace("-", "−") if np.isfinite(change) else "new"
    return "±0 %" if text in ("+0 %", "−0 %") else text


def _legend(figure: Any) -> None:
    from matplotlib.patches import Patch

    patches = [
        Patch(facecolor=colour, edgecolor="#8C8C8C", lw=0.5, label=label)
        for colour, label in zip(_COLOURS, _LABELS, strict=True)
    ]
    patches.append(
        Patch(facecolor="white", edgecolor=_HATCH_INK, hatch=_HATCH, lw=0.5, label="no course")
    )
    figure.legend(
        handles=patches, loc="lower center", ncols=8, fontsize=7.5, handlelength=1.2,
        columnspacing=1.0, handletextpad=0.4,
    )  # fmt: skip


def _texts(now: pd.DataFrame, before: Floats, change: Floats) -> list[str]:
    names = [f"{row}, {column}" for row in now.index for column in now.columns]
    figures = zip(names, now.to_numpy(float).flat, before.flat, change.flat, strict=True)
    return [
        f"{name}: no course"
        if np.isnan(places)
        else f"{name}: {words.count(places)} places, last year {words.count(last)} "
        f"({words.signed_percent(more)})"
        for name, places, last, more in figures
    ]


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
