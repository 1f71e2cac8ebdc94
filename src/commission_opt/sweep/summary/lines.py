"""Lines: the measure along each axis of a grid, and how far the other axes move it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from commission_opt.scenario.axis import Axis
from commission_opt.sweep.summary.results import Results, axis_label
from commission_opt.views.charts import BLUE, SKY, chart, numbered, titled

NAME = "lines"
_LEAST = 3  # values from which an axis is a line
_MOST = 6


def axes_of(results: Results) -> list[Axis]:
    """Return the axes of a grid that have a line."""
    if results.design != "grid":
        return []
    long = [axis for axis in results.axes if len(axis.values) >= _LEAST]
    return [axis for axis in long if results.along(axis)["value"].notna().any()][:_MOST]


def table(results: Results) -> pd.DataFrame | None:
    """Return a row for each value of each axis; None if there is no line."""
    lines = []
    for axis in axes_of(results):
        line = results.along(axis)
        band = _band(results, axis).loc[line[axis.target]]
        columns = {
            "axis": axis.name,
            "value": line[axis.target],
            "held": results.says_held(axis),
            results.measure.name: line["value"],
            "least": band["min"].to_numpy(),
            "most": band["max"].to_numpy(),
            "status": line["status"],
        }
        lines.append(pd.DataFrame(columns))
    return pd.concat(lines, ignore_index=True) if lines else None


def _band(results: Results, axis: Axis) -> pd.DataFrame:
    """Return the least and the most over all scenarios with a plan, by value of the axis."""
    return results.scenarios["value"].groupby(results.given[axis.target]).agg(["min", "max"])


def draw(results: Results, folder: Path) -> None:
    """Draw a panel for each axis, all with the same height of measure."""
    shown, measure = axes_of(results), results.measure
    with chart(
        folder, NAME, 8.5, 1.2 + 3.0 * len(shown), rows=len(shown), sharey=True, squeeze=False
    ) as (_, panels):
        for panel, axis in zip(panels[:, 0], shown, strict=True):
            _panel(results, axis, panel)
        titled(panels[0, 0], f"{measure.label.capitalize()} along each axis", results.title)


def _panel(results: Results, axis: Axis, panel: Any) -> None:
    scale, values = results.measure.scale, sorted(axis.values)
    if len(results.axes) > 1:
        band = _band(results, axis).reindex(values) / scale
        panel.fill_between(
            values, band["min"], band["max"], color=SKY, alpha=0.3, lw=0,
            label="least to most over all other axes",
        )  # fmt: skip
    found = results.along(axis).set_index(axis.target)["value"].reindex(values) / scale
    label = results.says_held(axis) or "all scenarios"
    panel.plot(values, found, color=BLUE, lw=2, marker="o", ms=4, label=label)
    panel.set_xlabel(axis_label(axis))
    panel.set_ylabel(f"{results.measure.label},\n{results.measure.unit}")
    panel.grid(visible=True)
    panel.legend(loc="best", fontsize=9)
    numbered(panel.yaxis)


def say(results: Results) -> list[str]:
    """Say how the measure goes along each axis."""
    lines = []
    for axis in axes_of(results):
        line = results.along(axis).set_index(axis.target)["value"].dropna()
        ends = [f"{line.index[k]:g}: {results.measure.shown(line.iloc[k])}" for k in (0, -1)]
        lines.append(f"{axis.name}: {' → '.join(ends)}")
    return lines
