"""Lines of a shortfall with and without the plan, the gap between them shaded."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill, wrap
from typing import Any

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.report.charts.panels import TALL, grid, panels_height
from commission_opt.report.drawing import Hover, Picture, painted
from commission_opt.views import words
from commission_opt.views.charts import BLUE, GREY, INK, RED, SKY, numbered
from commission_opt.views.shortfall import LAST_YEAR, WITH, WITHOUT

_WIDE = 20  # characters beside the lines
_LINE = 26  # characters above a panel


def gap_lines(
    years: Sequence[int],
    without: Floats,
    last_year: Floats,
    with_plan: Floats,
    nothing: str = WITHOUT,
    counted: str = "short",
) -> Picture:
    """Return a chart of FTE missing by year: both baselines, and the plan.

    ``nothing`` is what to call the first baseline; ``counted`` is what FTE are, such as "short".
    """
    top = 1.08 * max(1.0, *(float(v.max()) for v in (without, last_year, with_plan)))

    def paint(figure: Any) -> Hover:
        axes = figure.add_axes((0.09, 0.12, 0.76, 0.8))
        _lines(axes, years, without, with_plan)
        axes.plot(years, last_year, color=GREY, lw=1.8, ls=(0, (1, 1.5)))
        lines = [1 + len(wrap(name, _WIDE)) for name in (nothing, LAST_YEAR, WITH)]
        tall = [0.055 * top * count for count in lines]
        ends = apart([v[-1] for v in (without, last_year, with_plan)], tall)
        hover: dict[str, Sequence[str]] = {}
        for gid, values, words_, colour, at in (
            ("points-without", without, nothing, RED, ends[0]),
            ("points-last-year", last_year, LAST_YEAR, GREY, ends[1]),
            ("points-with", with_plan, WITH, BLUE, ends[2]),
        ):
            axes.scatter(years, values, s=22, color=colour, gid=gid, zorder=4)
            hover[gid] = [
                f"{words.year(y)}, {words_}: {words.count(v)} FTE {counted}"
                for y, v in zip(years, values, strict=True)
            ]
            axes.annotate(
                f"{fill(words_, _WIDE)}\n{words.count(values[-1])}", (years[-1], at), xytext=(8, 0),
                textcoords="offset points", va="center", fontsize=9,
            )  # fmt: skip
        axes.set_ylabel(f"FTE {counted}")
        axes.set_ylim(0, top)
        axes.grid(visible=True, axis="y")
        yearly(axes, years, 8)
        numbered(axes.yaxis)
        return hover

    return painted(9.5, 4.2, paint)


def apart(heights: Sequence[float], tall: Sequence[float]) -> list[float]:
    """Move labels apart that would cover each other, each so ``tall``, in their order."""
    placed = [0.0] * len(heights)
    floor = -np.inf
    for i in np.argsort(heights, kind="stable"):
        placed[i] = max(float(heights[i]), floor + tall[i] / 2)
        floor = placed[i] + tall[i] / 2
    return placed


def gap_panels(
    years: Sequence[int], panels: Sequence[tuple[str, Floats, Floats]], nothing: str = WITHOUT
) -> Picture:
    """Return a chart with a panel for each region: shortfall as a share of its demand.

    Parameters
    ----------
    years : sequence of int
    panels : sequence of (name, without, with the plan)
        Shares by year; not a number where there is no demand.
    nothing : str
        What to call the future without the plan.
    """
    top = 100 * max(float(np.nanmax(np.nan_to_num(v))) for _, *lines in panels for v in lines)

    def paint(figure: Any) -> Hover:
        hover: dict[str, Sequence[str]] = {}
        for number, (axes, (region, without, with_plan)) in enumerate(
            zip(grid(figure, len(panels)), panels, strict=True)
        ):
            _lines(axes, years, 100 * without, 100 * with_plan)
            gid = f"panel-{number}"
            axes.scatter(
                [years[-1]] * 2, [100 * without[-1], 100 * with_plan[-1]], s=14,
                color=[RED, BLUE], gid=gid, zorder=4,
            )  # fmt: skip
            hover[gid] = [
                f"{region}, {words.year(years[-1])}, {text}: {words.part(values[-1])} of demand"
                for text, values in ((nothing, without), (WITH, with_plan))
            ]
            axes.set_title(_title(region), fontsize=8.5, pad=4)
            axes.set_ylim(0, 1.08 * max(top, 1.0))
            axes.grid(visible=True, axis="y")
            yearly(axes, years, 2)
            axes.tick_params(labelsize=7.5)
            axes.yaxis.set_major_formatter("{x:.0f} %")
        _key(figure, nothing)
        return hover

    tall = any(len(name) > _LINE for name, *_ in panels)
    return painted(9.5, panels_height(len(panels), *[TALL] * tall), paint)


def _title(name: str) -> str:
    """Return a name on one line, or on two."""
    return "\n".join(wrap(name, _LINE, max_lines=2, placeholder=" …")) or name


def _lines(axes: Any, years: Sequence[int], without: Floats, with_plan: Floats) -> None:
    axes.fill_between(years, with_plan, without, color=SKY, alpha=0.28, lw=0)
    axes.plot(years, without, color=RED, lw=1.8, ls=(0, (5, 2)))
    axes.plot(years, with_plan, color=BLUE, lw=2.2)


def yearly(axes: Any, years: Sequence[int], most: int) -> None:
    """Write at most so many of the years below the axes; of two, beside its ends."""
    step = max(1, -(-len(years) // most))
    shown = list(years[::step]) if most > 2 else sorted({years[0], years[-1]})
    labels = axes.set_xticks(shown, [words.year(y) for y in shown])
    if most == 2 and len(labels) == 2:  # panels stand close to each other
        for tick, side in zip(labels, ("left", "right"), strict=True):
            tick.label1.set_horizontalalignment(side)
    axes.set_xlim(years[0] - 0.3, years[-1] + 0.3)


def _key(figure: Any, nothing: str) -> None:
    from matplotlib.lines import Line2D

    lines = [
        Line2D([], [], color=RED, lw=1.8, ls=(0, (5, 2)), label=nothing),
        Line2D([], [], color=BLUE, lw=2.2, label=WITH),
    ]
    figure.legend(handles=lines, loc="lower center", ncols=2, fontsize=8.5, labelcolor=INK)
