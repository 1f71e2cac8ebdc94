"""What is bought of measures, and what an FTE-year costs on lines side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.report.drawing import Hover, Picture, painted
from commission_opt.views import words
from commission_opt.views.charts import BLUE, GREY, INK, ORANGE, SKY, numbered, shortened

_LEFT = 2.6  # inches for names
_HEAD, _FOOT = 0.15, 0.85  # inches above the rows, and below them
_BAR, _APART, _DOT = 0.2, 0.22, 0.27  # inches: of a bar, between measures, of a row of dots


def unit_bars(
    names: Sequence[str], years: Sequence[int], units: Floats, last: Floats, most: Floats
) -> Picture:
    """Return bars of the units of each measure, one for each year.

    Parameters
    ----------
    names : sequence of str
        M measures.
    years : sequence of int
        K commissioning years.
    units : array, shape (M, K)
    last, most : array, shape (M,)
        Units of the year before the plan, and the most that there can be.
    """
    count, each = len(years), len(years) * _BAR + _APART
    height = _HEAD + _FOOT + len(names) * each
    shades = [BLUE, SKY] if count == 2 else [BLUE] * count
    thick = _BAR / each  # of a row

    def paint(figure: Any) -> Hover:
        axes = _axes(figure, height, len(names))
        hover: dict[str, Sequence[str]] = {}
        rows = np.arange(len(names))
        for k, year in enumerate(years):
            at = rows + (k - (count - 1) / 2) * thick
            bars = axes.barh(at, units[:, k], 0.85 * thick, color=shades[k], zorder=2)
            for i, bar in enumerate(bars):
                bar.set_gid(f"units-{k}-{i}")
                hover[f"units-{k}-{i}"] = [
                    f"{names[i]}, {words.year(year)}: {words.count(units[i, k])} units"
                ]
                label = f"{words.count(units[i, k])}" + f" in {words.year(year)}" * (count > 1)
                axes.annotate(
                    label, (units[i, k], at[i]), xytext=(4, 0), textcoords="offset points",
                    va="center", fontsize=8, zorder=4,
                    bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.6},
                )  # fmt: skip
        tall = 0.5 * thick * count + 0.06
        for values, colour, label, style in (
            (last, INK, "last year", "-"), (most, ORANGE, "the most there can be", (0, (2, 1))),
        ):  # fmt: skip
            axes.vlines(
                values,
                rows - tall,
                rows + tall,
                color=colour,
                lw=2,
                ls=style,
                label=label,
                zorder=3,
            )
        axes.set_yticks(rows, [shortened(name, 36) for name in names], fontsize=8.5)
        axes.set_xlim(0, 1.18 * max(1.0, float(most.max()), float(units.max()), float(last.max())))
        axes.set_xlabel("units")
        axes.grid(visible=True, axis="x")
        numbered(axes.xaxis)
        figure.legend(*axes.get_legend_handles_labels(), loc="lower left", ncols=2, fontsize=8.5)
        return hover

    return painted(9.5, height, paint)


def cost_dots(costs: pd.DataFrame) -> Picture:
    """Return a point for each line at what an FTE-year costs on it; hollow if none is bought.

    Parameters
    ----------
    costs : pandas.DataFrame
        A row for each line: ``name``, ``pounds``, whether it is a ``measure``, and whether any of
        it is ``bought``.
    """
    height, rows = _HEAD + _FOOT + len(costs) * _DOT, np.arange(len(costs))

    def paint(figure: Any) -> Hover:
        axes = _axes(figure, height, len(costs))
        axes.hlines(rows, 0, costs["pounds"], color=GREY, lw=0.8)
        hover: dict[str, Sequence[str]] = {}
        for measure, bought, label in (
            (False, True, "course, places bought"), (False, False, "course, none: one more"),
            (True, True, "measure, units bought"), (True, False, "measure, none: one more"),
        ):  # fmt: skip
            at = ((costs["measure"] == measure) & (costs["bought"] == bought)).to_numpy()
            if not at.any():
                continue
            gid, colour = f"costs-{int(measure)}{int(bought)}", ORANGE if measure else BLUE
            axes.scatter(
                costs["pounds"][at], rows[at], s=40, zorder=3, gid=gid,
                marker="s" if measure else "o", facecolor=colour if bought else "white",
                edgecolor=colour, lw=1.4, label=label,
            )  # fmt: skip
            named = costs.loc[at, ["name", "pounds"]].itertuples(index=False)
            hover[gid] = [f"{name}: £{words.pounds(v)} per FTE-year" for name, v in named]
        axes.set_yticks(rows, [shortened(name, 36) for name in costs["name"]], fontsize=8.5)
        axes.set_xlim(0, 1.08 * max(1.0, costs["pounds"].max()))
        axes.set_xlabel("£ per FTE-year")
        axes.grid(visible=True, axis="x")
        numbered(axes.xaxis)
        figure.legend(*axes.get_legend_handles_labels(), loc="lower left", ncols=4, fontsize=8.5)
        return hover

    return painted(9.5, height, paint)


def _axes(figure: Any, height: float, rows: int) -> Any:
    """Return axes with room for names, the first row at the top."""
    box = (_LEFT / 9.5, _FOOT / height, 1 - (_LEFT + 0.15) / 9.5, 1 - (_HEAD + _FOOT) / height)
    axes = figure.add_axes(box)
    axes.set_ylim(rows - 0.5, -0.5)
    return axes
