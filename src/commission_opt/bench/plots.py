"""Plots of results: performance profile, gap over time, scaling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from commission_opt.bench.results import Row
from commission_opt.bench.summary import Summary, problem_of, profile, work_seconds
from commission_opt.errors import UsageError

# Okabe and Ito's colours, which colour-blind readers can tell apart, with a dash of their own.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_DASHES = ("-", "--", "-.", ":")
_MARKERS = "osD^vPX"
_PANELS = 6  # problems of the plot of gaps
_LEAST_GAP = 1e-5  # smaller gaps are drawn here


def require_matplotlib() -> None:
    """Say how to get the library that draws.

    Raises
    ------
    UsageError
        If it is not there.
    """
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise UsageError(
            "plots need matplotlib; install it with: pip install 'commission-opt[plots]'"
        ) from error


def draw(summary: Summary, folder: Path) -> None:
    """Draw what the results allow into a folder, each as PNG and SVG."""
    figures = {
        "profile": _profile(summary),
        "gap-over-time": _gaps(summary),
        "scaling": _scaling(summary),
    }
    for name, figure in figures.items():
        if figure is not None:
            for ending in ("png", "svg"):
                figure.savefig(folder / f"{name}.{ending}", dpi=150)


def _figure(width: float, height: float) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _styles(names: Sequence[str]) -> Iterator[tuple[str, dict[str, object]]]:
    for k, name in enumerate(names):
        yield (
            name,
            {
                "color": _COLOURS[k % len(_COLOURS)],
                "linestyle": _DASHES[k // len(_COLOURS) % len(_DASHES)],
            },
        )


def _profile(summary: Summary) -> Any:
    """Draw the part of problems solved within a multiple of the fastest seconds."""
    if not summary.problems:
        return None
    most = max(2.0, *_multiples(summary)) * 1.1
    taus = np.unique(np.append(np.geomspace(1.0, most, 400), _multiples(summary)))
    figure = _figure(7.0, 4.2)
    axes = figure.subplots()
    for name, style in _styles(list(summary.outcomes)):
        shares = [profile(summary.outcomes, name, tau * (1 + 1e-9)) for tau in taus]
        axes.step(taus, shares, where="post", label=name, linewidth=2, **style)
    axes.set_xlim(1.0, most)
    axes.set_ylim(-0.02, 1.04)
    _logarithmic(axes, "x")
    axes.set_xlabel("seconds as a multiple of the fastest")
    axes.set_ylabel("part of the problems solved to the gap")
    axes.set_title(f"Performance profile over {summary.size}", loc="left")
    _finish(figure, axes)
    return figure


def _multiples(summary: Summary) -> list[float]:
    found = [1.0]
    for problem in summary.problems:
        solved = [o[problem].seconds for o in summary.outcomes.values() if o[problem].solved]
        found += [seconds / min(solved) for seconds in solved]
    return found


def _gaps(summary: Summary) -> Any:
    """Draw the gap over time of the longest problems, a panel each."""
    traced: dict[str, list[tuple[str, Row]]] = {}
    for name, rows in summary.rows.items():
        seen = set()
        for row in rows:
            if row.get("trace") and problem_of(row) not in seen:
                seen.add(problem_of(row))
                traced.setdefault(problem_of(row), []).append((name, row))
    ends = {p: max(row["trace"][-1][0] for _, row in some) for p, some in traced.items()}
    shown = sorted(ends, key=lambda p: -ends[p])[:_PANELS]
    if not shown:
        return None
    columns = min(2, len(shown))
    lines = -(-len(shown) // columns)
    figure = _figure(5.2 * columns + 1.0, 3.3 * lines + 0.8)
    panels = figure.subplots(lines, columns, squeeze=False).ravel()
    styles = dict(_styles(list(summary.rows)))
    for axes, problem in zip(panels, shown, strict=False):
        for name, row in traced[problem]:
            seconds, gaps = _gap_curve(row)
            axes.step(seconds, gaps, where="post", label=name, linewidth=2, **styles[name])
            axes.plot(seconds[-1:], gaps[-1:], "o", color=styles[name]["color"], markersize=5)
        asked = 100 * traced[problem][0][1]["asked_gap"]
        axes.axhline(asked, color="0.5", linewidth=1, linestyle=(0, (1, 2)))
        axes.annotate(
            "gap asked for", (0.02, asked), xycoords=("axes fraction", "data"),
            fontsize=7, color="0.35", va="bottom",
        )  # fmt: skip
        _logarithmic(axes, "y")
        axes.set_xlim(0.0, 1.05 * ends[problem])  # a plan that came late is seen to be late
        axes.set_title(problem, loc="left", fontsize=9)
        axes.set_xlabel("seconds since the tables were in memory")
        axes.set_ylabel("gap of plan to bound, %")
        _tidy(axes)
    for axes in panels[len(shown) :]:
        axes.set_visible(False)
    names = [name for name in summary.rows if any(name == n for p in shown for n, _ in traced[p])]
    _legend_below(figure, names, styles)
    return figure


def _gap_curve(row: Row) -> tuple[list[float], list[float]]:
    """Return seconds and gaps in percent, from the first moment with a plan and a bound."""
    seconds, gaps = [], []
    for at, best, bound in row["trace"]:
        if best is not None and bound is not None:
            gap = max(0.0, best - bound) / max(abs(best), 1e-9)
            seconds.append(at)
            gaps.append(100 * max(gap, _LEAST_GAP))
    return seconds, gaps


def _scaling(summary: Summary) -> Any:
    """Draw seconds over the number of decisions; hollow where the gap was not reached."""
    points = {name: some for name, rows in summary.rows.items() if (some := _points(rows))}
    if not points:
        return None
    figure = _figure(7.0, 4.2)
    axes = figure.subplots()
    for k, (name, style) in enumerate(_styles(list(summary.rows))):
        colour = style["color"]
        for reached in (True, False):
            x = [size for size, _, solved in points.get(name, []) if solved is reached]
            y = [seconds for _, seconds, solved in points.get(name, []) if solved is reached]
            if x:
                axes.plot(
                    x, y, _MARKERS[k % len(_MARKERS)], color=colour, markersize=7,
                    label=name if reached else f"{name}, gap not reached",
                    markerfacecolor=colour if reached else "white",
                )  # fmt: skip
    _logarithmic(axes, "x")
    _logarithmic(axes, "y")
    axes.set_xlabel("decisions (courses × commissioning years)")
    axes.set_ylabel("seconds from tables to a plan")
    axes.set_title("Scaling", loc="left")
    _finish(figure, axes)
    return figure


def _points(rows: Sequence[Row]) -> list[tuple[float, float, bool]]:
    return [
        (row["sizes"]["decisions"], seconds, bool(row["gap"] <= row["asked_gap"]))
        for row in rows
        if (row.get("sizes") or {}).get("decisions") and (seconds := work_seconds(row))
    ]


def _logarithmic(axes: Any, which: str) -> None:
    """Make an axis logarithmic, with ticks at 1, 2 and 5 in plain numbers."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axis = axes.xaxis if which == "x" else axes.yaxis
    axes.set(**{f"{which}scale": "log"})
    low, high = axes.get_xlim() if which == "x" else axes.get_ylim()
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 1e3 * low else (1,)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axis.set_minor_formatter(NullFormatter())


def _tidy(axes: Any) -> None:
    axes.grid(visible=True, color="0.9")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _finish(figure: Any, axes: Any) -> None:
    _tidy(axes)
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", fontsize=8, frameon=False)


def _legend_below(figure: Any, names: Sequence[str], styles: dict[str, Any]) -> None:
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], linewidth=2, **styles[name]) for name in names]
    figure.legend(handles, names, loc="outside lower center", fontsize=8, frameon=False)
