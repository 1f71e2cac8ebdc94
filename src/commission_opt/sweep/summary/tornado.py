"""Tornado chart: what each axis does to the measure alone, the widest first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.scenario.axis import Axis
from commission_opt.sweep.summary.results import Results, ScenarioValue
from commission_opt.views.charts import (
    BLUE,
    INK,
    ORANGE,
    beside,
    chart,
    numbered,
    shortened,
    titled,
)

NAME = "tornado"
_MOST = 25  # bars in the chart


@dataclass(frozen=True)
class Bar:
    """An axis at its least and its greatest value.

    Parameters
    ----------
    axis : Axis
    ends : pair of float
        The two values.
    changes : pair of float
        What the measure then changes by; not a number where that end has no plan.
    width : float
        Span of the measure, the base case included.
    """

    axis: Axis
    ends: tuple[float, float]
    changes: tuple[float, ...]
    width: float


def bars(results: Results) -> list[Bar]:
    """Return the axes of which an end is solved while nothing else changes, the widest first.

    A design that draws values seldom draws an end.
    """
    base = results.base
    if base is None:
        return []
    found = [bar for axis in results.axes if (bar := _bar(axis, results, base)) is not None]
    return sorted(found, key=lambda bar: -bar.width)


def _bar(axis: Axis, results: Results, base: ScenarioValue) -> Bar | None:
    """Take the ends; an end that changes nothing is the base case itself."""
    alone = [case for case in results.cases if set(case.settings) == {axis.target}]
    solved = {case.settings[axis.target]: case for case in alone}
    ends = min(axis.values), max(axis.values)
    if not any(end in solved for end in ends) or not any(case.planned for case in alone):
        return None
    cases = [base if axis.is_neutral(end) else solved.get(end) for end in ends]
    values = [case.value if case and case.planned else float("nan") for case in cases]
    width = float(np.nanmax([base.value, *values]) - np.nanmin([base.value, *values]))
    return Bar(axis, ends, tuple(value - base.value for value in values), width)


def table(results: Results) -> pd.DataFrame | None:
    """Return a row for each scenario that changes one axis; None if there is none."""
    base, order = results.base, [bar.axis.name for bar in bars(results)]
    if base is None or not order:
        return None
    axes = {axis.target: axis for axis in results.axes}
    rows = [
        {
            "axis": axes[target].name,
            "setting": axes[target].says(value),
            "value": value,
            results.measure.name: case.value,
            "change": case.value - base.value,
            "status": case.status,
        }
        for case in results.cases
        if len(case.settings) == 1
        for target, value in case.settings.items()
        if target in axes and axes[target].name in order
    ]
    rows.sort(key=lambda row: (order.index(str(row["axis"])), row["value"]))
    return pd.DataFrame(rows)


def draw(results: Results, folder: Path) -> None:
    """Draw the chart."""
    shown, base, measure = bars(results)[:_MOST], results.base, results.measure
    assert base is not None
    with chart(folder, NAME, 9.0, 2.0 + 0.5 * len(shown)) as (_, axes):
        label = f"{measure.label.capitalize()} when one thing changes"
        titled(axes, label, results.title, f"as given: {measure.with_unit(base.value)}")
        sizes = np.nan_to_num([bar.changes for bar in shown]) / measure.scale
        span = np.abs(sizes).max() or 1.0
        for row, bar in enumerate(shown):
            for end in np.argsort(-np.abs(sizes[row])):  # the longer first, so that none is hidden
                axes.barh(row, sizes[row, end], color=(BLUE, ORANGE)[end], height=0.6)
            for end, value in enumerate(bar.ends):
                size, other = sizes[row, end], sizes[row, 1 - end]
                text = f"{value:g}" + (" (no plan)" if np.isnan(bar.changes[end]) else "")
                beside(axes, text, size, row, right=size > 0 or (size == 0 and other < 0))
        axes.set_yticks(range(len(shown)), [shortened(bar.axis.name) for bar in shown])
        axes.invert_yaxis()
        axes.set_xlim(-1.25 * span, 1.25 * span)
        axes.axvline(0.0, color=INK, lw=1)
        axes.set_xlabel(f"change of the {measure.label}, {measure.unit}")
        axes.grid(visible=True, axis="x")
        numbered(axes.xaxis)
        _legend(axes, below=0.55 / (1.0 + 0.5 * len(shown)))


def _legend(axes: Any, below: float) -> None:
    """Explain the colours below the axis, where no bar can be."""
    from matplotlib.patches import Patch

    patches = [
        Patch(color=BLUE, label="least value of the axis"),
        Patch(color=ORANGE, label="greatest value"),
    ]
    axes.legend(handles=patches, loc="upper center", bbox_to_anchor=(0.5, -below), ncols=2)


def say(results: Results) -> list[str]:
    """Name the widest bars."""
    lines = []
    for bar in bars(results)[:5]:
        said = ["no plan" if np.isnan(c) else _signed(results, c) for c in bar.changes]
        low, high = map(bar.axis.says, bar.ends)
        lines.append(f"{low}: {said[0]}; {high}: {said[1]}")
    return lines


def _signed(results: Results, value: float) -> str:
    text = results.measure.shown(abs(value))
    return f"{'−' if value < 0 else '+'}{text}" if text != "0" else "±0"
