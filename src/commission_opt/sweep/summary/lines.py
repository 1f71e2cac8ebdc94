"""Lines: the measure along each axis of a grid, and how far the other axes move it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from commission_opt.scenario.axis import Axis
from commission_opt.sweep.summary.results import Results, axis_label
from commission_opt.views.charts import BLUE, SKY, chart, numbered, titled

_LEAST = 3  # values from which an axis is a line
_MOST = 6


def lines(results: Results) -> list[tuple[Axis, pd.DataFrame]]:
    """Return the axes of a grid that have a line, with the scenarios along it."""
    long = [a for a in results.axes if len(a.values) >= _LEAST and results.design == "grid"]
    found = [(axis, results.along(axis)) for axis in long]
    return [each for each in found if each[1]["value"].notna().any()][:_MOST]


def table(results: Results) -> pd.DataFrame | None:
    """Return a row for each value of each axis; None if there is no line."""
    tables = []
    for axis, line in lines(results):
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
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True) if tables else None


def _band(results: Results, axis: Axis) -> pd.DataFrame:
    """Return the least and the most over all scenarios with a plan, by value of the axis."""
    return results.scenarios["value"].groupby(results.given[axis.target]).agg(["min", "max"])


def draw(results: Results, folder: Path) -> None:
    """Draw a panel for each axis, all with the same height of measure."""
    shown, measure = lines(results), results.measure
    with chart(
        folder, "lines", 8.5, 1.2 + 3.0 * len(shown), rows=len(shown), sharey=True, squeeze=False
    ) as (_, panels):
        for panel, (axis, line) in zip(panels[:, 0], shown, strict=True):
            _panel(results, axis, line, panel)
        titled(panels[0, 0], f"{measure.label.capitalize()} along each axis", results.title)


def _panel(results: Results, axis: Axis, line: pd.DataFrame, panel: Any) -> None:
    scale, values = results.measure.scale, sorted(axis.values)
    if len(results.axes) > 1:
        band = _band(results, axis).reindex(values) / scale
        panel.fill_between(
            values, band["min"], band["max"], color=SKY, alpha=0.3, lw=0,
            label="least to most over all other axes",
        )  # fmt: skip
    found = line.set_index(axis.target)["value"].reindex(values) / scale
    label = results.says_held(axis) or "all scenarios"
    panel.plot(values, found, color=BLUE, lw=2, marker="o", ms=4, label=label)
    panel.set_xlabel(axis_label(axis))
    panel.set_ylabel(f"{results.measure.label},\n{results.measure.unit}")
    panel.grid(visible=True)
    panel.legend(loc="best", fontsize=9)
    numbered(panel.yaxis)


def say(results: Results) -> list[str]:
    """Say how the measure goes along each axis."""
    said = []
    for axis, line in lines(results):
        planned = line[[axis.target, "value"]].dropna().iloc[[0, -1]].itertuples(index=False)
        ends = [f"{at:g}: {results.measure.shown(value)}" for at, value in planned]
        said.append(f"{axis.name}: {' → '.join(ends)}")
    return said
