"""Fans: what lies between the quantiles of many futures, by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.report.charts.panels import grid, panels_height
from commission_opt.report.drawing import Hover, Picture, painted
from commission_opt.views import words
from commission_opt.views.charts import BLUE, INK, ORANGE, RED, numbered, shortened

COLOURS = {"demand": ORANGE, "supply": BLUE, "shortfall": RED}
Fan = Floats
"""Quantiles at 5, 25, 50, 75 and 95 %, shape (Y, 5)."""


def fan_pair(years: Sequence[int], fans: Mapping[str, Fan]) -> Picture:
    """Return demand and supply in one panel, and the shortfall in another beside it."""

    def paint(figure: Any) -> Hover:
        hover: dict[str, Sequence[str]] = {}
        pair = figure.subplots(
            1, 2, gridspec_kw={"left": 0.075, "right": 0.985, "top": 0.9, "bottom": 0.2,
                               "wspace": 0.2},
        )  # fmt: skip
        for axes, title, names in zip(
            pair, ("Demand and supply, FTE", "Shortfall, FTE"),
            (("demand", "supply"), ("shortfall",)), strict=True,
        ):  # fmt: skip
            for name in names:
                hover |= _fan(axes, years, fans[name], name, f"all-{name}", " FTE")
            _finish(axes, years, title)
        pair[1].set_ylim(bottom=0)
        _key(figure, tuple(fans))
        return hover

    return painted(9.5, 3.6, paint)


def fan_panels(
    years: Sequence[int], panels: Sequence[tuple[str, Mapping[str, Fan]]], unit: str
) -> Picture:
    """Return a panel for each profession, all to the same scale.

    Parameters
    ----------
    years : sequence of int
    panels : sequence of (name, fans by what they are of)
    unit : str
        What follows a value: " %".
    """

    def paint(figure: Any) -> Hover:
        hover: dict[str, Sequence[str]] = {}
        for number, (axes, (name, fans)) in enumerate(
            zip(grid(figure, len(panels)), panels, strict=True)
        ):
            for what, fan in fans.items():
                hover |= _fan(axes, years, fan, what, f"fan-{number}-{what}", unit, name)
            _finish(axes, years, shortened(name, 26), size=9)
        _key(figure, tuple(dict.fromkeys(what for _, fans in panels for what in fans)))
        return hover

    return painted(9.5, panels_height(len(panels)), paint)


def driver_bars(names: Sequence[str], first: Floats, total: Floats, ends: Floats) -> Picture:
    """Return bars of indices, alone and together with others.

    Parameters
    ----------
    names : sequence of str
    first, total : array, shape (n,)
    ends : array, shape (2, n)
        Half the width of the intervals of both.
    """
    rows = np.arange(len(names))
    height = 1.1 + 0.5 * len(names)

    def paint(figure: Any) -> Hover:
        axes = figure.add_axes((0.26, 0.75 / height, 0.72, 1 - 0.9 / height))
        error = {"ecolor": INK, "elinewidth": 1.2, "capsize": 3}
        for shift, values, half, colour, label in (
            (-0.19, total, ends[1], BLUE, "together with others (total)"),
            (0.19, first, ends[0], ORANGE, "alone (first order)"),
        ):
            axes.barh(rows + shift, values, 0.36, xerr=half, color=colour, label=label,
                      error_kw=error)  # fmt: skip
        axes.set_yticks(rows, [shortened(name, 32) for name in names], fontsize=8.5)
        axes.invert_yaxis()
        axes.set_xlabel("share of the variance", fontsize=8.5)
        axes.grid(visible=True, axis="x")
        numbered(axes.xaxis)
        figure.legend(*axes.get_legend_handles_labels(), loc="lower left", ncols=2, fontsize=8.5)
        return {}

    return painted(9.5, height, paint)


def _fan(
    axes: Any, years: Sequence[int], fan: Fan, what: str, gid: str, unit: str, of: str = ""
) -> dict[str, list[str]]:
    """Draw one fan; return what is said of each year."""
    colour, x = COLOURS[what], list(years)
    axes.fill_between(x, fan[:, 0], fan[:, 4], color=colour, alpha=0.18, lw=0)
    axes.fill_between(x, fan[:, 1], fan[:, 3], color=colour, alpha=0.32, lw=0)
    axes.plot(x, fan[:, 2], color=colour, lw=2)
    axes.scatter(x, fan[:, 2], s=12, color=colour, gid=gid, zorder=4)
    before = f"{of}, " if of else ""
    return {
        gid: [
            f"{before}{what} in {words.year(year)}: {words.count(row[2])}{unit} in the middle, "
            f"{words.count(row[0])} to {words.count(row[4])}{unit} in 9 of 10 futures"
            for year, row in zip(x, fan, strict=True)
        ]
    }


def _finish(axes: Any, years: Sequence[int], title: str, size: float = 10.0) -> None:
    axes.set_title(title, fontsize=size, pad=4)
    axes.grid(visible=True, axis="y")
    ends = sorted({years[0], years[-1]})
    ticks = axes.set_xticks(ends, [words.year(year) for year in ends])
    for tick, side in zip(ticks, ("left", "right"), strict=False):
        tick.label1.set_horizontalalignment(side)
    axes.tick_params(labelsize=7.5)
    numbered(axes.yaxis)


def _key(figure: Any, names: Sequence[str]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    lines: list[Any] = [
        Line2D([], [], color=COLOURS[name], lw=2, label=f"{name}, median") for name in names
    ]
    lines += [
        Patch(color=INK, alpha=0.32, label="half of all futures"),
        Patch(color=INK, alpha=0.14, label="9 of 10"),
    ]
    figure.legend(handles=lines, loc="lower center", ncols=len(lines), fontsize=8.5)
