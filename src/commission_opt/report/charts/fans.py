"""Fans: what lies between the quantiles of many futures, by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.report.charts.panels import Panels, ends
from commission_opt.report.charts.room import beside_rows, key, key_height, line, narrow, patch
from commission_opt.report.drawing import NARROW, Hover, Picture, painted
from commission_opt.views import words
from commission_opt.views.charts import BLUE, INK, ORANGE, RED, numbered

COLOURS = {"demand": ORANGE, "supply": BLUE, "shortfall": RED}
Fan = Floats
"""Quantiles at 5, 25, 50, 75 and 95 %, shape (Y, 5)."""


def fan_pair(years: Sequence[int], fans: Mapping[str, Fan]) -> Picture:
    """Return demand and supply in one panel, and the shortfall in another, beside or below it."""
    signs = _signs(tuple(fans))

    def height(width: float) -> float:
        return (2.95 if width > NARROW else 4.9) + key_height(signs, width)

    def paint(figure: Any) -> Hover:
        hover: dict[str, Sequence[str]] = {}
        width, tall = figure.get_size_inches()
        pair = figure.subplots(
            *((2, 1) if narrow(figure) else (1, 2)),
            gridspec_kw={
                "left": 0.71 / width, "right": 1 - 0.14 / width, "top": 1 - 0.36 / tall,
                "bottom": (0.35 + key_height(signs, width)) / tall, "wspace": 0.2, "hspace": 0.35,
            },
        )  # fmt: skip
        for axes, title, names in zip(
            pair, ("Demand and supply, FTE", "Shortfall, FTE"),
            (("demand", "supply"), ("shortfall",)), strict=True,
        ):  # fmt: skip
            for name in names:
                hover |= _fan(axes, years, fans[name], name, f"all-{name}", " FTE")
            axes.set_title(title, fontsize=10, pad=4)
            axes.tick_params(labelsize=7.5)
            axes.grid(visible=True, axis="y")
            ends(axes, years)
            numbered(axes.yaxis)
        pair[1].set_ylim(bottom=0)
        key(figure, _handles(tuple(fans)))
        return hover

    return painted(height, paint)


def fan_panels(
    years: Sequence[int], panels: Sequence[tuple[str, Mapping[str, Fan]]], unit: str
) -> Picture:
    """Return a panel for each profession, all to the same scale.

    Parameters
    ----------
    panels : sequence of (name, fans by what they are of)
    unit : str
        What follows a value: " %".
    """
    drawn = tuple(dict.fromkeys(what for _, fans in panels for what in fans))
    grid = Panels([name for name, _ in panels], _signs(drawn))

    def draw(axes: Any, number: int, name: str, fans: Mapping[str, Fan]) -> Hover:
        hover: dict[str, Sequence[str]] = {}
        for what, fan in fans.items():
            hover |= _fan(axes, years, fan, what, f"fan-{number}-{what}", unit, name)
        numbered(axes.yaxis)
        return hover

    return grid.picture(years, panels, draw, lambda: _handles(drawn))


def driver_bars(names: Sequence[str], first: Floats, total: Floats, half_widths: Floats) -> Picture:
    """Return bars of indices, alone and together with others.

    Parameters
    ----------
    first, total : array, shape (n,)
    half_widths : array, shape (2, n)
        Of the intervals of both.
    """
    rows = np.arange(len(names))
    signs = ("together with others (total)", "alone (first order)")

    def height(width: float) -> float:
        return 0.65 + 0.5 * len(names) + key_height(signs, width)

    def paint(figure: Any) -> Hover:
        width, tall = figure.get_size_inches()
        left, shown = beside_rows(names, width)
        foot = 0.5 + key_height(signs, width)
        axes = figure.add_axes(
            (left / width, foot / tall, 1 - (left + 0.2) / width, 1 - (foot + 0.15) / tall)
        )
        error = {"ecolor": INK, "elinewidth": 1.2, "capsize": 3}
        for shift, values, half, colour, label in (
            (-0.19, total, half_widths[1], BLUE, signs[0]),
            (0.19, first, half_widths[0], ORANGE, signs[1]),
        ):
            axes.barh(rows + shift, values, 0.36, xerr=half, color=colour, label=label,
                      error_kw=error)  # fmt: skip
        axes.set_yticks(rows, shown, fontsize=8.5)
        axes.invert_yaxis()
        axes.set_xlabel("share of the variance", fontsize=8.5)
        axes.grid(visible=True, axis="x")
        numbered(axes.xaxis)
        key(figure, axes.get_legend_handles_labels()[0])
        return {}

    return painted(height, paint)


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


def _signs(names: Sequence[str]) -> list[str]:
    return [*(f"{name}, median" for name in names), "half of all futures", "9 of 10"]


def _handles(names: Sequence[str]) -> list[Any]:
    *medians, half, most = _signs(names)
    lines = [line(m, color=COLOURS[n], lw=2) for m, n in zip(medians, names, strict=True)]
    return [*lines, patch(half, color=INK, alpha=0.32), patch(most, color=INK, alpha=0.14)]
