"""What is bought of measures, and what an FTE-year costs on lines side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.report.charts.room import SIZE, beside_rows, key, key_height, narrow
from commission_opt.report.drawing import NARROW, Hover, Picture, painted
from commission_opt.views import words
from commission_opt.views.charts import BLUE, GREY, INK, ORANGE, SKY, numbered

_HEAD, _SCALE, _RIGHT = 0.15, 0.55, 0.15  # inches: above the rows, of their scale, at the right
_BAR, _APART = 0.2, 0.22  # inches: of a bar, and between measures
_DOT, _DOT_NARROW = 0.27, 0.32  # inches of a row of dots
_TOLD = 1.05  # inches of a bar's figure and year
_UNIT_SIGNS = ("last year", "the most there can be")


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
    height = _height(len(names) * each, len(names) * each, _UNIT_SIGNS)
    shades = [BLUE, SKY] if count == 2 else [BLUE] * count
    thick = _BAR / each  # of a row

    def paint(figure: Any) -> Hover:
        axes = _axes(figure, names, _UNIT_SIGNS)
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
            (last, INK, _UNIT_SIGNS[0], "-"), (most, ORANGE, _UNIT_SIGNS[1], (0, (2, 1))),
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
        wide = float(axes.get_position().width * figure.get_size_inches()[0])
        largest = max(1.0, float(most.max()), float(units.max()), float(last.max()))
        axes.set_xlim(0, wide / (wide - _TOLD) * largest)
        axes.set_xlabel("units")
        axes.grid(visible=True, axis="x")
        numbered(axes.xaxis, 3 if narrow(figure) else 6)
        key(figure, axes.get_legend_handles_labels()[0])
        return hover

    return painted(height, paint)


def cost_dots(costs: pd.DataFrame) -> Picture:
    """Return a point for each line at what an FTE-year costs on it; hollow if none is bought.

    Parameters
    ----------
    costs : pandas.DataFrame
        A row for each line: ``name``, ``pounds``, whether it is a ``measure``, and whether any of
        it is ``bought``.
    """
    rows, marks = np.arange(len(costs)), list(_marks(costs))
    signs = [label for *_, label in marks]

    def paint(figure: Any) -> Hover:
        axes = _axes(figure, costs["name"].tolist(), signs)
        axes.hlines(rows, 0, costs["pounds"], color=GREY, lw=0.8)
        hover: dict[str, Sequence[str]] = {}
        for at, measure, bought, label in marks:
            gid, colour = f"costs-{int(measure)}{int(bought)}", ORANGE if measure else BLUE
            axes.scatter(
                costs["pounds"][at], rows[at], s=40, zorder=3, gid=gid,
                marker="s" if measure else "o", facecolor=colour if bought else "white",
                edgecolor=colour, lw=1.4, label=label,
            )  # fmt: skip
            named = costs.loc[at, ["name", "pounds"]].itertuples(index=False)
            hover[gid] = [f"{name}: £{words.pounds(v)} per FTE-year" for name, v in named]
        axes.set_xlim(0, 1.08 * max(1.0, costs["pounds"].max()))
        axes.set_xlabel("£ per FTE-year")
        axes.grid(visible=True, axis="x")
        numbered(axes.xaxis, 3 if narrow(figure) else 6)
        key(figure, axes.get_legend_handles_labels()[0])
        return hover

    return painted(_height(len(costs) * _DOT, len(costs) * _DOT_NARROW, signs), paint)


def _marks(costs: pd.DataFrame) -> Iterator[tuple[Any, bool, bool, str]]:
    """Return which lines have which mark, of those that any line has."""
    for measure, bought, label in (
        (False, True, "course, places bought"), (False, False, "course, none: one more"),
        (True, True, "measure, units bought"), (True, False, "measure, none: one more"),
    ):  # fmt: skip
        at = ((costs["measure"] == measure) & (costs["bought"] == bought)).to_numpy()
        if at.any():
            yield at, measure, bought, label


def _height(wide: float, slim: float, signs: Sequence[str]) -> Callable[[float], float]:
    """Return the height of a chart by its width; its rows take so many inches, wide or narrow."""
    return lambda width: (
        _HEAD + (wide if width > NARROW else slim) + _SCALE + key_height(signs, width)
    )


def _axes(figure: Any, names: Sequence[str], signs: Sequence[str]) -> Any:
    """Return axes with names beside them, the first row at the top, and room for a key."""
    width, height = figure.get_size_inches()
    left, shown = beside_rows(names, width, 8.0 if narrow(figure) else SIZE)
    foot = _SCALE + key_height(signs, width)
    axes = figure.add_axes(
        (left / width, foot / height, 1 - (left + _RIGHT) / width, 1 - (_HEAD + foot) / height)
    )
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(np.arange(len(names)), shown, fontsize=8.0 if narrow(figure) else SIZE)
    return axes
