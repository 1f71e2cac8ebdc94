"""How the shortfall falls on regions, against their people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.explain.answer import AnswerTable
from commission_opt.report.charts.room import SIZE, beside_rows, key, key_height, narrow
from commission_opt.report.drawing import NARROW, Chart, Hover, Picture, painted
from commission_opt.report.facts import Facts, share
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.views import words
from commission_opt.views.charts import BLUE, GREY, INK, RED
from commission_opt.views.shortfall import WITH

_ROW, _ROW_OF_MANY, _FEW = 0.25, 0.175, 20  # inches; regions that have the wider rows
_ROW_NARROW = 0.3  # inches
_HEAD, _SCALE = 0.43, 0.5  # inches: for the average above the rows, for the scale below
_READ = (
    "Each region is shown with the part of the staff it needs that is missing, all professions and "
    "years added up, with the plan and {without}; the shortest region first."
)


def fairness(facts: Facts) -> Section:
    """Return the section."""
    demand = facts.instance.demand.sum(axis=(0, 2))
    missing = [v.sum(axis=(0, 2)) for v in (facts.outcome.shortfall_base, facts.outcome.shortfall)]
    without, with_plan = (np.nan_to_num(share(values, demand)) for values in missing)
    order = np.argsort(-with_plan, kind="stable")
    average = float(np.nan_to_num(share(missing[1].sum(), demand.sum())))
    said = _said(facts, with_plan, without, average)
    title = "Shortfall over the horizon by region, % of the staff needed there"
    names = [facts.regions[i] for i in order]
    lines = _lines(names, without[order], with_plan[order], average, facts.without)
    chart = Chart("fairness", title, said, lines)
    read = _READ.format(without=facts.without)
    table = _table(facts, order, without, with_plan, missing[1])
    return Section("fairness", "Fairness between regions", (read,), (Exhibit(table, (chart,)),))


def _said(facts: Facts, with_plan: Floats, without: Floats, average: float) -> str:
    worst, best = int(np.argmax(with_plan)), int(np.argmin(with_plan))
    if len(with_plan) == 1:
        return "There is one region only, so there is nothing to compare."
    return (
        f"Over all years, {facts.regions[worst]} is the shortest region with "
        f"{words.part(with_plan[worst])} of the staff it needs missing, and "
        f"{facts.regions[best]} the least short with {words.part(with_plan[best])}; the average "
        f"is {words.part(average)}. W{facts.without[1:]} the regions would lie between "
        f"{words.part(without.min())} and {words.part(without.max())}."
    )


def _table(
    facts: Facts, order: np.ndarray, without: Floats, with_plan: Floats, missing: Floats
) -> AnswerTable:
    population = facts.instance.regions["population"].to_numpy(float)
    known = bool(np.isfinite(population).all() and population.sum() > 0)
    places = facts.places[:, :, 0].sum(axis=0)
    demand = facts.instance.demand.sum(axis=(0, 2))
    shares = [
        ("with", "short with the plan, of demand", with_plan),
        ("without", f"short {facts.without}, of demand", without),
        ("missing", "share of the whole shortfall", share(missing, missing.sum())),
        ("demand", "share of the staff needed", share(demand, demand.sum())),
        ("people", "share of the population", share(population, population.sum())),
        ("places", "share of the places", share(places, places.sum())),
    ]
    rate = ("rate", "places per 100,000 people", share(1e5 * places, population)[order], _rate)
    note = (
        "Shortfall and staff needed are added up over all years; places are those of the first "
        "year, where the course runs."
    )
    if not known:
        note += " The instance does not say how many people live in each region."
    columns = [
        ("region", "region", [facts.regions[i] for i in order]),
        *(
            (*name, values[order], words.part)
            for *name, values in shares
            if known or name[0] != "people"
        ),
        *([rate] if known else []),
    ]
    return tabled("fairness", "Shortfall, people and places by region", columns, note=note)


def _rate(value: float) -> str:
    return words.NOTHING if not np.isfinite(value) else f"{value:,.1f}"


def _lines(
    regions: Sequence[str], without: Floats, with_plan: Floats, average: float, nothing: str
) -> Picture:
    """Return the chart: two points for each region, and a line at the average with the plan."""
    signs, across = (nothing, WITH), 100 * max(0.01, float(without.max()), float(with_plan.max()))

    def height(width: float) -> float:
        each, rows = _row(len(regions), width), max(map(len, _columns(len(regions), width)))
        return _HEAD + each * rows + _SCALE + key_height(signs, width)

    def paint(figure: Any) -> Hover:
        width, tall = figure.get_size_inches()
        columns, size = _columns(len(regions), width), 8.0 if narrow(figure) else SIZE
        left, names = beside_rows(regions, width, size)
        each, foot = width / len(columns), _SCALE + key_height(signs, width)
        rows = max(map(len, columns))
        hover: dict[str, Sequence[str]] = {}
        for number, own in enumerate(columns):
            axes = figure.add_axes(
                (
                    (number * each + left) / width, foot / tall,
                    (each - left - 0.2) / width, 1 - (_HEAD + foot) / tall,
                )
            )  # fmt: skip
            told = f"all regions, with the plan: {words.part(average)}" * (number == 0)
            _average(axes, average, told, beside=not narrow(figure))
            hover |= _dots(axes, regions, without, with_plan, signs, own)
            axes.set_yticks(own, [names[i] for i in own], fontsize=size)
            axes.set_ylim(own[0] + rows - 0.5, own[0] - 1.0)
            axes.set_xlim(0, 1.05 * across)
            axes.set_xlabel("shortfall over the horizon, % of demand", fontsize=9, loc="right")
            axes.grid(visible=True, axis="x")
        key(figure, axes.get_legend_handles_labels()[0])
        return hover

    return painted(height, paint)


def _columns(count: int, width: float) -> list[range]:
    """Return the regions of each column: two if there are many and the page is wide."""
    half = -(-count // 2) if count > _FEW and width > NARROW else max(1, count)
    return [range(at, min(at + half, count)) for at in range(0, max(1, count), half)]


def _row(count: int, width: float) -> float:
    """Return the inches of a row."""
    return _ROW_NARROW if width <= NARROW else _ROW if count <= _FEW else _ROW_OF_MANY


def _average(axes: Any, average: float, told: str, *, beside: bool) -> None:
    """Draw the line of all regions, and say what it is at its head."""
    axes.axvline(100 * average, color=INK, lw=1, ls=":", zorder=1)
    if beside:
        to, by = (100 * average, 1.0), axes.get_xaxis_transform()
        axes.annotate(
            told, to, (3, -2), xycoords=by, fontsize=8, va="bottom", textcoords="offset points"
        )
    else:  # no room beside the line
        axes.text(1, 1, told, fontsize=8, ha="right", va="bottom", transform=axes.transAxes)


def _dots(
    axes: Any,
    regions: Sequence[str],
    without: Floats,
    with_plan: Floats,
    signs: Sequence[str],
    own: range,
) -> Hover:
    """Draw two points for each region of a column."""
    rows = np.array(own)
    axes.hlines(rows, 100 * with_plan[rows], 100 * without[rows], color=GREY, lw=1.2, zorder=2)
    hover: dict[str, Sequence[str]] = {}
    for name, values, text, colour, marker in (
        ("without", without, signs[0], RED, "D"),
        ("with", with_plan, signs[1], BLUE, "o"),
    ):
        gid = f"{name}-{own[0]}"
        look = {"s": 34, "color": colour, "marker": marker, "label": text, "zorder": 3}
        axes.scatter(100 * values[rows], rows, gid=gid, **look)
        hover[gid] = [f"{regions[i]}, {text}: {words.part(values[i])} of demand" for i in own]
    return hover
