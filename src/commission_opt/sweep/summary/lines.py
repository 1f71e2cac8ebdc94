"""Lines: the measure along each axis of a grid, and how far the other axes move it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.scenario.axis import Axis
from commission_opt.sweep.summary.results import Results
from commission_opt.sweep.summary.slices import along, axis_label, says_held
from commission_opt.views.charts import BLUE, SKY, chart, numbered, titled

NAME = "lines"
_LEAST = 3  # values from which an axis is a line
_MOST = 6


def axes_of(results: Results) -> list[Axis]:
    """Return the axes of a grid that have a line."""
    if results.design != "grid":
        return []
    long = [axis for axis in results.axes if len(axis.values) >= _LEAST]
    planned = [a for a in long if any(case.planned for case in along(results, a).values())]
    return planned[:_MOST]


def table(results: Results) -> pd.DataFrame | None:
    """Return a row for each value of each axis; None if there is no line."""
    rows = []
    for axis in axes_of(results):
        least, most = _band(results, axis)
        for value, case in sorted(along(results, axis).items()):
            rows.append(
                {
                    "axis": axis.name,
                    "value": value,
                    "held": says_held(results, (axis,)),
                    results.measure.name: case.value,
                    "least": least[value],
                    "most": most[value],
                    "status": case.status,
                }
            )
    return pd.DataFrame(rows) if rows else None


def _band(results: Results, axis: Axis) -> tuple[dict[float, float], dict[float, float]]:
    """Return the least and the most over all scenarios with a plan, by value of the axis."""
    least = dict.fromkeys(axis.values, float("nan"))
    most = dict(least)
    for case in results.cases:
        value = case.given.get(axis.target)
        if value in least and case.planned:
            least[value] = float(np.fmin(least[value], case.value))
            most[value] = float(np.fmax(most[value], case.value))
    return least, most


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
    scale = results.measure.scale
    least, most = _band(results, axis)
    values = sorted(axis.values)
    if len(results.axes) > 1:
        panel.fill_between(
            values, [least[v] / scale for v in values], [most[v] / scale for v in values],
            color=SKY, alpha=0.3, lw=0, label="least to most over all other axes",
        )  # fmt: skip
    line = along(results, axis)
    found = [line[v].value / scale if v in line else float("nan") for v in values]
    held = says_held(results, (axis,))
    panel.plot(values, found, color=BLUE, lw=2, marker="o", ms=4, label=held or "all scenarios")
    panel.set_xlabel(axis_label(axis))
    panel.set_ylabel(f"{results.measure.label},\n{results.measure.unit}")
    panel.grid(visible=True)
    panel.legend(loc="best", fontsize=9)
    numbered(panel.yaxis)


def say(results: Results) -> list[str]:
    """Say how the measure goes along each axis."""
    lines = []
    for axis in axes_of(results):
        cases = [case for _, case in sorted(along(results, axis).items()) if case.planned]
        first, last = cases[0], cases[-1]
        ends = [f"{case.given[axis.target]:g}: {results.measure.shown(case.value)}"
                for case in (first, last)]  # fmt: skip
        lines.append(f"{axis.name}: {' → '.join(ends)}")
    return lines
