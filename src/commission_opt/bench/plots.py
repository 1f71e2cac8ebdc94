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
    axes.set_xscale("log")
    axes.set_xlim(1.0, most)
    axes.set_ylim(-0.02, 1.04)
    axes.xaxis.set_major_formatter(_plain())
    axes.xaxis.set_minor_formatter(_plain(sparse=most > 12))
    axes.set_xlabel("seconds as a multiple of the fastest")
    axes.set_ylabel("part of the problems solved to the gap")
    axes.set_title(f"Performance profile, {len(summary.problems)} problems", loc="left")
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
    figure = _figure(5.2 * columns, 3.3 * lines + 0.5)
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
        axes.set_yscale("log")
        axes.set_title(problem, loc="left", fontsize=9)
        axes.grid(visible=True, color="0.9")
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.yaxis.set_major_formatter(_plain())
    for axes in panels[len(shown) :]:
        axes.set_visible(False)
    figure.supxlabel("seconds since the tables were in memory")
    figure.supylabel("gap of the best plan to the best bound, %")
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
    """Draw seconds over the number of decisions."""
    points = {name: _points(rows) for name, rows in summary.rows.items()}
    points = {name: some for name, some in points.items() if some}
    if not points:
        return None
    figure = _figure(7.0, 4.2)
    axes = figure.subplots()
    for k, (name, style) in enumerate(_styles(list(summary.rows))):
        if name in points:
            x, y = zip(*points[name], strict=True)
            axes.plot(
                x, y, _MARKERS[k % len(_MARKERS)], label=name, color=style["color"],
                markersize=7, markeredgecolor="white",
            )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter(_plain())
    axes.yaxis.set_major_formatter(_plain())
    axes.set_xlabel("decisions (courses × commissioning years)")
    axes.set_ylabel("seconds from tables to a certified plan")
    axes.set_title("Scaling", loc="left")
    _finish(figure, axes)
    return figure


def _points(rows: Sequence[Row]) -> list[tuple[float, float]]:
    return [
        (row["sizes"]["decisions"], seconds)
        for row in rows
        if (row.get("sizes") or {}).get("decisions") and (seconds := work_seconds(row))
    ]


def _plain(*, sparse: bool = False) -> Any:
    """Write ticks of logarithmic axes as plain numbers."""
    from matplotlib.ticker import FuncFormatter

    def text(value: float, _: object) -> str:
        first = f"{value:e}"[0]
        return "" if sparse and first not in "25" else f"{value:,g}"

    return FuncFormatter(text)


def _finish(figure: Any, axes: Any) -> None:
    axes.grid(visible=True, color="0.9")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", fontsize=8, frameon=False)


def _legend_below(figure: Any, names: Sequence[str], styles: dict[str, Any]) -> None:
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], linewidth=2, **styles[name]) for name in names]
    figure.legend(handles, names, loc="outside lower center", fontsize=8, frameon=False)
