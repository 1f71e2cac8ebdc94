"""Heat maps: the measure over two axes of a grid, all others held."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.scenario.axis import Axis
from commission_opt.sweep.summary.results import Results, axis_label
from commission_opt.views.charts import GREY, INK, SEQUENTIAL, chart, numbered, titled

_MOST_MAPS = 6
_HATCHED: dict[str, Any] = {"fill": False, "hatch": "////", "edgecolor": GREY, "lw": 0}
_WRITTEN = 12  # values of an axis up to which each cell has its number written in it


def maps(results: Results) -> list[tuple[Axis, Axis, pd.DataFrame]]:
    """Return the pairs of axes of a grid over which there is a plan, with the scenarios there."""
    several = [axis for axis in results.axes if len(axis.values) > 1 and results.design == "grid"]
    found = [(x, y, results.along(x, y)) for x, y in combinations(several, 2)]
    return [each for each in found if each[2]["value"].notna().any()][:_MOST_MAPS]


def table(results: Results) -> pd.DataFrame | None:
    """Return a row for each cell of each map; None if there is no map."""
    tables = []
    for x, y, cells in maps(results):
        columns = {
            "x": x.name,
            "x_value": cells[x.target],
            "y": y.name,
            "y_value": cells[y.target],
            "held": results.says_held(x, y),
            results.measure.name: cells["value"],
            "status": cells["status"],
        }
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True) if tables else None


def draw(results: Results, folder: Path) -> None:
    """Draw a chart for each pair: ``heat_map_1``, ``heat_map_2`` and so on."""
    for number, each in enumerate(maps(results), start=1):
        with chart(folder, f"heat_map_{number}", 8.5, 6.5) as (figure, axes):
            _map(results, *each, figure, axes)


def _map(results: Results, x: Axis, y: Axis, cells: pd.DataFrame, figure: Any, axes: Any) -> None:
    from matplotlib.patches import Rectangle

    measure, xs, ys = results.measure, sorted(x.values), sorted(y.values)
    values = cells.set_index([y.target, x.target])["value"]
    values = values.reindex(pd.MultiIndex.from_product((ys, xs)))
    grid = values.to_numpy(float).reshape(len(ys), len(xs)) / measure.scale
    others = results.says_held(x, y)
    label = f"{measure.label.capitalize()}, {measure.unit}"
    titled(axes, label, *(text for text in (results.title, others) if text))
    image = axes.imshow(grid, origin="lower", aspect="auto", cmap=SEQUENTIAL)
    axes.set_facecolor("white")
    for row, column in np.argwhere(np.isnan(grid)):
        axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, **_HATCHED))
    if len(xs) <= _WRITTEN and len(ys) <= _WRITTEN:
        _write(grid, axes)
    _ticks(axes.set_xticks, xs)
    _ticks(axes.set_yticks, ys)
    axes.set_xlabel(axis_label(x))
    axes.set_ylabel(axis_label(y))
    bar = figure.colorbar(image, ax=axes, label=measure.words)
    numbered(bar.ax.yaxis)
    if np.isnan(grid).any():
        key = Rectangle((0, 0), 1, 1, label="no plan", **_HATCHED)
        figure.legend(handles=[key], loc="outside lower right")


def _write(grid: Floats, axes: Any) -> None:
    """Write every number, thousands where all are large, in ink that shows on its cell."""
    low, high = np.nanmin(grid), np.nanmax(grid)
    large = max(abs(low), abs(high)) >= 100_000
    for (row, column), value in np.ndenumerate(grid):
        if np.isfinite(value):
            text = f"{value / 1000:,.0f}k" if large else f"{value:,.4g}"
            dark = high > low and (value - low) / (high - low) < 0.55
            axes.text(
                column, row, text, ha="center", va="center", fontsize=8,
                color="white" if dark else INK,
            )  # fmt: skip


def _ticks(put: Any, values: list[float]) -> None:
    step = max(1, int(np.ceil(len(values) / 12)))
    put(range(0, len(values), step), [f"{value:g}" for value in values[::step]])


def say(results: Results) -> list[str]:
    """Say which maps there are, and how many cells have no plan."""
    return [
        f"heat_map_{number}: {x.name} × {y.name}, {cells['value'].isna().sum()} of {len(cells)} "
        "without a plan"
        for number, (x, y, cells) in enumerate(maps(results), start=1)
    ]
