"""Tornado chart: what each axis does to the measure alone, the widest first."""

from __future__ import annotations

from math import isnan, nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.sweep.summary.results import Results
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

_MOST = 25  # bars in the chart


def bars(results: Results) -> pd.DataFrame:
    """Return the axes of which an end is solved while nothing else changes, the widest first.

    A design that draws values seldom draws an end; an end that changes nothing is the base case.

    Returns
    -------
    pandas.DataFrame
        ``axis``; ``ends``, its least and greatest value; ``changes`` of the measure there, not a
        number where that end has no plan; ``width``, the span of the measure, the base included.
    """
    base, alone, found = results.base, _alone(results), []
    for axis in results.axes if not isnan(base) else ():
        own = alone[alone["target"] == axis.target]
        solved = dict(zip(own["setting"], own["value"], strict=True))
        ends = min(axis.values), max(axis.values)
        if not solved.keys().isdisjoint(ends) and own["value"].notna().any():
            values = [base if axis.is_neutral(end) else solved.get(end, nan) for end in ends]
            changes = np.array(values) - base
            width = np.nanmax([base, *values]) - np.nanmin([base, *values])
            found.append((axis, ends, changes, width))
    rows = pd.DataFrame(found, columns=["axis", "ends", "changes", "width"])
    return rows.sort_values("width", ascending=False, kind="stable", ignore_index=True)


def _alone(results: Results) -> pd.DataFrame:
    """Return the scenarios that change one thing, with its ``target`` and ``setting``."""
    axes = {axis.target: axis for axis in results.axes}
    given = results.given.melt(ignore_index=False, var_name="target", value_name="setting").dropna()
    neutral = [t in axes and axes[t].is_neutral(v) for t, v in given.itertuples(index=False)]
    changing = given[~np.array(neutral, dtype=bool)]
    return changing[~changing.index.duplicated(keep=False)].sort_index().join(results.scenarios)


def table(results: Results) -> pd.DataFrame | None:
    """Return a row for each scenario that changes one axis; None if there is none."""
    axes = list(bars(results)["axis"])
    if not axes:
        return None
    order = {axis.target: place for place, axis in enumerate(axes)}
    rows = _alone(results)
    rows = rows[rows["target"].isin(list(order))].assign(place=rows["target"].map(order))
    rows = rows.sort_values(["place", "setting"], kind="stable")
    at = [axes[int(place)] for place in rows["place"]]
    columns = {
        "axis": [axis.name for axis in at],
        "setting": [axis.says(value) for axis, value in zip(at, rows["setting"], strict=True)],
        "value": rows["setting"],
        results.measure.name: rows["value"],
        "change": rows["value"] - results.base,
        "status": rows["status"],
    }
    return pd.DataFrame(columns).reset_index(drop=True)


def draw(results: Results, folder: Path) -> None:
    """Draw the chart."""
    shown, measure = bars(results).head(_MOST).to_dict("records"), results.measure
    with chart(folder, "tornado", 9.0, 2.0 + 0.5 * len(shown)) as (_, axes):
        label = f"{measure.label.capitalize()} when one thing changes"
        titled(axes, label, results.title, f"as given: {measure.with_unit(results.base)}")
        sizes = np.nan_to_num([bar["changes"] for bar in shown]) / measure.scale
        span = np.abs(sizes).max() or 1.0
        for row, bar in enumerate(shown):
            for end in np.argsort(-np.abs(sizes[row])):  # the longer first, so that none is hidden
                axes.barh(row, sizes[row, end], color=(BLUE, ORANGE)[end], height=0.6)
            for end, value in enumerate(bar["ends"]):
                size, other = sizes[row, end], sizes[row, 1 - end]
                text = f"{value:g}" + (" (no plan)" if isnan(bar["changes"][end]) else "")
                beside(axes, text, size, row, right=size > 0 or (size == 0 and other < 0))
        axes.set_yticks(range(len(shown)), [shortened(bar["axis"].name) for bar in shown])
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
    for bar in bars(results).head(5).to_dict("records"):
        said = ["no plan" if np.isnan(c) else _signed(results, c) for c in bar["changes"]]
        low, high = map(bar["axis"].says, bar["ends"])
        lines.append(f"{low}: {said[0]}; {high}: {said[1]}")
    return lines


def _signed(results: Results, value: float) -> str:
    text = results.measure.shown(abs(value))
    return f"{'−' if value < 0 else '+'}{text}" if text != "0" else "±0"
