"""Tornado chart: what each axis does to the measure alone, the widest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.scenario.axis import Axis
from commission_opt.sweep.summary.results import Case, Results
from commission_opt.views.charts import BLUE, INK, ORANGE, chart, numbered, shortened, titled

NAME = "tornado"
_MOST = 25  # bars in the chart


@dataclass(frozen=True)
class Bar:
    """An axis at its least and its greatest value.

    Parameters
    ----------
    axis : str
    low, high : Case or None
        None if that end has no plan.
    """

    axis: str
    low: Case | None
    high: Case | None

    def width(self, base: float) -> float:
        """Return the span of the measure, the base case included."""
        values = [base, *(case.value for case in (self.low, self.high) if case)]
        return max(values) - min(values)


def bars(results: Results) -> list[Bar]:
    """Return the axes of which an end is solved while nothing else changes, the widest first.

    A design that draws values seldom draws an end.
    """
    base = results.base
    if base is None:
        return []
    names = {axis.target: axis.name for axis in results.axes}
    found = []
    for target, name in names.items():
        cases = [case for case in results.cases if set(case.settings) == {target}]
        ends = _ends(next(axis for axis in results.axes if axis.target == target))
        drawn = any(case.settings[target] in ends for case in cases)
        if drawn and any(case.planned for case in cases):
            found.append(_bar(name, target, cases, results))
    return sorted(found, key=lambda bar: -bar.width(base.value))


def _bar(name: str, target: str, cases: Sequence[Case], results: Results) -> Bar:
    """Take the ends; an end that changes nothing is the base case itself."""
    by_value = {case.settings[target]: case for case in cases}
    axis = next(axis for axis in results.axes if axis.target == target)
    ends = []
    for value in _ends(axis):
        case = results.base if axis.is_neutral(value) else by_value.get(value)
        ends.append(case if case is not None and case.planned else None)
    return Bar(name, *ends)


def _ends(axis: Axis) -> tuple[float, float]:
    return min(axis.values), max(axis.values)


def table(results: Results) -> pd.DataFrame | None:
    """Return a row for each scenario that changes one axis; None if there is none."""
    base, order = results.base, [bar.axis for bar in bars(results)]
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
    axes_by_name = {axis.name: axis for axis in results.axes}
    with chart(folder, NAME, 9.0, 2.0 + 0.5 * len(shown)) as (_, axes):
        label = f"{measure.label.capitalize()} when one thing changes"
        titled(axes, label, results.title, f"as given: {measure.with_unit(base.value)}")
        ends = [[_delta(bar, base) for bar in shown] for _delta in (_low, _high)]
        span = np.nan_to_num(np.abs(ends)).max() / measure.scale or 1.0
        for row, sizes in enumerate(np.nan_to_num(np.array(ends)).T / measure.scale):
            for end in np.argsort(-np.abs(sizes)):  # the longer first, so that none is hidden
                axes.barh(row, sizes[end], color=(BLUE, ORANGE)[end], height=0.6)
        for row, bar in enumerate(shown):
            axis = axes_by_name[bar.axis]
            for values, value in zip(ends, _ends(axis), strict=True):
                text = f"{value:g}" + ("" if np.isfinite(values[row]) else " (no plan)")
                size = 0.0 if np.isnan(values[row]) else values[row] / measure.scale
                other = ends[1] if values is ends[0] else ends[0]
                right = size > 0 or (size == 0 and np.nan_to_num(other[row]) < 0)
                axes.annotate(
                    text,
                    (size, row),
                    xytext=(4 if right else -4, 0),
                    textcoords="offset points",
                    ha="left" if right else "right",
                    va="center",
                    fontsize=9,
                )
        axes.set_yticks(range(len(shown)), [shortened(bar.axis) for bar in shown])
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


def _low(bar: Bar, base: Case) -> float:
    return float("nan") if bar.low is None else bar.low.value - base.value


def _high(bar: Bar, base: Case) -> float:
    return float("nan") if bar.high is None else bar.high.value - base.value


def say(results: Results) -> list[str]:
    """Name the widest bars."""
    base = results.base
    lines = []
    for bar in bars(results)[:5]:
        assert base is not None
        ends = [
            "no plan" if case is None else _signed(results, case.value - base.value)
            for case in (bar.low, bar.high)
        ]
        axis = next(axis for axis in results.axes if axis.name == bar.axis)
        low, high = axis.says(min(axis.values)), axis.says(max(axis.values))
        lines.append(f"{low}: {ends[0]}; {high}: {ends[1]}")
    return lines


def _signed(results: Results, value: float) -> str:
    text = results.measure.shown(abs(value))
    return f"{'−' if value < 0 else '+'}{text}" if text != "0" else "±0"
