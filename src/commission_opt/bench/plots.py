"""Plots of results: performance profile, gap over time, scaling."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import cycle, product, zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.bench.results import Row
from commission_opt.bench.summary import Summary, problem_of, work_seconds
from commission_opt.errors import UsageError
from commission_opt.views.charts import (
    ADVICE,
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    RED,
    SKY,
    available,
    chart,
)

_COLOURS = (BLUE, RED, GREEN, PURPLE, ORANGE, SKY, INK)  # with a dash of their own
_DASHES = ("-", "--", "-.", ":")
_MARKERS = "osD^vPX"
_PANELS = 6  # problems of the plot of gaps
_LEAST_GAP = 1e-5  # smaller gaps are drawn here
_BELOW: dict[str, Any] = {"loc": "outside lower center", "fontsize": 8}  # where the legend is


def require_matplotlib() -> None:
    """Say by a UsageError how to get the library that draws, if it is not there."""
    if not available():
        raise UsageError(ADVICE)


def draw(summary: Summary, folder: Path) -> None:
    """Draw what the results allow into a folder, each as PNG and SVG."""
    for paint in (_profile, _gaps, _scaling):
        paint(summary, folder)


def _styles(names: Iterable[str]) -> dict[str, dict[str, str]]:
    looks = cycle(product(_DASHES, _COLOURS))
    return {
        name: {"color": colour, "linestyle": dash}
        for name, (dash, colour) in zip(names, looks, strict=False)
    }


def _profile(summary: Summary, folder: Path) -> None:
    """Draw the part of problems solved within a multiple of the fastest seconds."""
    if summary.seconds.empty:
        return
    multiples = summary.seconds.div(summary.seconds.min(axis=1), axis=0).to_numpy().ravel()
    multiples = np.append(multiples[np.isfinite(multiples)], 1.0)
    most = max(2.0, *multiples) * 1.1
    taus = np.unique(np.append(np.geomspace(1.0, most, 400), multiples))
    shares = pd.DataFrame([summary.profile(tau * (1 + 1e-9)) for tau in taus])
    with chart(folder, "profile", 7.0, 4.2) as (figure, axes):
        for name, style in _styles(summary.rows).items():
            axes.step(taus, shares[name], where="post", label=name, linewidth=2, **style)
        axes.set_xlim(1.0, most)
        axes.set_ylim(-0.02, 1.04)
        _logarithmic(axes, "x")
        axes.set_xlabel("seconds as a multiple of the fastest")
        axes.set_ylabel("part of the problems solved to the gap")
        axes.set_title(f"Performance profile over {summary.size}")
        axes.grid(visible=True)
        figure.legend(**_BELOW)


def _gaps(summary: Summary, folder: Path) -> None:
    """Draw the gap over time of the longest problems, a panel each."""
    traced: dict[str, dict[str, Row]] = {}
    for name, rows in summary.rows.items():
        for row in rows:
            if row.get("trace"):
                traced.setdefault(problem_of(row), {}).setdefault(name, row)
    ends = {p: max(row["trace"][-1][0] for row in some.values()) for p, some in traced.items()}
    shown = sorted(ends, key=lambda p: -ends[p])[:_PANELS]
    if not shown:
        return
    columns = min(2, len(shown))
    lines = -(-len(shown) // columns)
    styles, handles = _styles(summary.rows), dict[str, Any]()
    size = 5.2 * columns + 1.0, 3.3 * lines + 0.8
    with chart(folder, "gap-over-time", *size, lines, ncols=columns) as (figure, panels):
        for axes, problem in zip_longest(np.ravel(panels), shown):
            if problem is None:
                axes.set_visible(False)
                continue
            for name, row in traced[problem].items():
                seconds, gaps = _gap_curve(row["trace"])
                look = styles[name]
                (handles[name],) = axes.step(seconds, gaps, where="post", linewidth=2, **look)
                axes.plot(seconds[-1:], gaps[-1:], "o", color=look["color"], markersize=5)
            asked = 100 * next(iter(traced[problem].values()))["asked_gap"]
            axes.axhline(asked, color="0.5", linewidth=1, linestyle=(0, (1, 2)))
            axes.annotate(
                "gap asked for", (0.02, asked), xycoords=("axes fraction", "data"),
                fontsize=7, color="0.35", va="bottom",
            )  # fmt: skip
            _logarithmic(axes, "y")
            axes.set_xlim(0.0, 1.05 * ends[problem])  # a plan that came late is seen to be late
            axes.set_title(problem, fontsize=9)
            axes.set_xlabel("seconds since the tables were in memory")
            axes.set_ylabel("gap of plan to bound, %")
            axes.grid(visible=True)
        names = [name for name in styles if name in handles]
        figure.legend([handles[name] for name in names], names, **_BELOW)


def _gap_curve(trace: list[tuple[float, float | None, float | None]]) -> tuple[Floats, Floats]:
    """Return seconds and gaps in percent, from the first moment with a plan and a bound."""
    points = np.array(trace, dtype=float)
    seconds, best, bound = points[~np.isnan(points).any(axis=1)].T
    gaps = np.maximum(0.0, best - bound) / np.maximum(np.abs(best), 1e-9)
    return seconds, 100 * np.maximum(gaps, _LEAST_GAP)


def _scaling(summary: Summary, folder: Path) -> None:
    """Draw seconds over the number of decisions; hollow where the gap was not reached."""
    points = pd.DataFrame(
        [
            (name, decisions, seconds, row["gap"] > row["asked_gap"])
            for name, rows in summary.rows.items()
            for row in rows
            if (decisions := (row.get("sizes") or {}).get("decisions"))
            and (seconds := work_seconds(row))
        ],
        columns=["name", "decisions", "seconds", "missed"],
    )
    if points.empty:
        return
    looks = cycle(zip(_MARKERS, _COLOURS, strict=True))
    with chart(folder, "scaling", 7.0, 4.2) as (figure, axes):
        for name, (marker, colour) in zip(summary.rows, looks, strict=False):
            for missed, own in points[points["name"] == name].groupby("missed"):
                axes.plot(
                    own["decisions"], own["seconds"], marker, color=colour, markersize=7,
                    label=f"{name}, gap not reached" if missed else name,
                    markerfacecolor="white" if missed else colour,
                )  # fmt: skip
        _logarithmic(axes, "x")
        _logarithmic(axes, "y")
        axes.set_xlabel("decisions (courses × commissioning years)")
        axes.set_ylabel("seconds from tables to a plan")
        axes.set_title("Scaling")
        axes.grid(visible=True)
        figure.legend(**_BELOW)


def _logarithmic(axes: Any, which: str) -> None:
    """Make an axis logarithmic, with ticks at 1, 2 and 5 in plain numbers."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axis = axes.xaxis if which == "x" else axes.yaxis
    axes.set(**{f"{which}scale": "log"})
    low, high = axes.get_xlim() if which == "x" else axes.get_ylim()
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 1e3 * low else (1,)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axis.set_minor_formatter(NullFormatter())
