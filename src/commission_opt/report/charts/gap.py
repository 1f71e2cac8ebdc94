"""Lines of a shortfall with and without the plan, the gap between them shaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import fill, wrap
from typing import Any

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.report.charts.panels import Panels
from commission_opt.report.charts.room import key, key_height, line, narrow
from commission_opt.report.drawing import NARROW, Hover, Picture, painted
from commission_opt.views import words
from commission_opt.views.charts import BLUE, GREY, RED, SKY, numbered
from commission_opt.views.shortfall import LAST_YEAR, WITH, WITHOUT

_WIDE = 20  # characters beside the lines
_TALL, _TALL_NARROW, _SCALE = 4.2, 2.9, 0.35  # inches: of the chart, and of the years below it
_DASHED: dict[str, Any] = {"lw": 1.8, "ls": (0, (5, 2))}
_DOTTED: dict[str, Any] = {"lw": 1.8, "ls": (0, (1, 1.5))}
_SOLID: dict[str, Any] = {"lw": 2.2}


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
    lines = ((nothing, without), (LAST_YEAR, last_year), (WITH, with_plan))
    top = 1.08 * max(1.0, *(float(values.max()) for _, values in lines))
    ending = f" in {words.year(years[-1])}"
    signs = [f"{name}: {words.count(values[-1])}{ending}" for name, values in lines]

    def paint(figure: Any) -> Hover:
        axes = lines_axes(figure, signs, 0.76)
        _lines(axes, years, without, with_plan)
        axes.plot(years, last_year, color=GREY, **_DOTTED)
        hover: dict[str, Sequence[str]] = {}
        for gid, (name, values), colour in zip(
            ("points-without", "points-last-year", "points-with"), lines, (RED, GREY, BLUE),
            strict=True,
        ):  # fmt: skip
            axes.scatter(years, values, s=22, color=colour, gid=gid, zorder=4)
            hover[gid] = [
                f"{words.year(y)}, {name}: {words.count(v)} FTE {counted}"
                for y, v in zip(years, values, strict=True)
            ]
        if narrow(figure):
            looks = zip(signs, (RED, GREY, BLUE), (_DASHED, _DOTTED, _SOLID), strict=True)
            key(figure, [line(sign, color=colour, **look) for sign, colour, look in looks])
        else:
            _name(axes, years[-1], lines, top)
        axes.set_ylabel(f"FTE {counted}")
        axes.set_ylim(0, top)
        axes.grid(visible=True, axis="y")
        yearly(axes, years, 4 if narrow(figure) else 8)
        numbered(axes.yaxis)
        return hover

    return painted(lines_height(signs, _TALL), paint)


def lines_height(signs: Sequence[str], tall: float) -> Callable[[float], float]:
    """Return the height of a chart of lines by its width; a narrow one has a key at its foot."""
    return lambda width: tall if width > NARROW else _TALL_NARROW + key_height(signs, width)


def lines_axes(figure: Any, signs: Sequence[str], across: float) -> Any:
    """Return axes of lines: with names beside them on so much of the width, or a key below."""
    if not narrow(figure):
        return figure.add_axes((0.09, 0.12, across, 0.8))
    width, height = figure.get_size_inches()
    foot = _SCALE + key_height(signs, width)
    axes = figure.add_axes((0.245, foot / height, 0.715, 1 - (foot + 0.1) / height))
    axes.tick_params(labelsize=8.5)
    return axes


def _name(axes: Any, last: int, lines: Sequence[tuple[str, Floats]], top: float) -> None:
    """Write what each line is, and its last value, beside its end."""
    tall = [0.055 * top * (1 + len(wrap(name, _WIDE))) for name, _ in lines]
    heights = apart([float(values[-1]) for _, values in lines], tall)
    for (name, values), at in zip(lines, heights, strict=True):
        axes.annotate(
            f"{fill(name, _WIDE)}\n{words.count(values[-1])}", (last, at), xytext=(8, 0),
            textcoords="offset points", va="center", fontsize=9,
        )  # fmt: skip


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
    panels : sequence of (name, without, with the plan)
        Shares by year; not a number where there is no demand.
    nothing : str
        What to call the future without the plan.
    """
    top = 100 * max(float(np.nanmax(np.nan_to_num(v))) for _, *lines in panels for v in lines)
    grid = Panels([name for name, *_ in panels], (nothing, WITH))

    def draw(axes: Any, number: int, region: str, without: Floats, with_plan: Floats) -> Hover:
        _lines(axes, years, 100 * without, 100 * with_plan)
        gid = f"panel-{number}"
        axes.scatter(
            [years[-1]] * 2, [100 * without[-1], 100 * with_plan[-1]], s=14,
            color=[RED, BLUE], gid=gid, zorder=4,
        )  # fmt: skip
        axes.set_xlim(years[0] - 0.3, years[-1] + 0.3)
        axes.set_ylim(0, 1.08 * max(top, 1.0))
        axes.yaxis.set_major_formatter("{x:.0f} %")
        told = [
            f"{region}, {words.year(years[-1])}, {text}: {words.part(values[-1])} of demand"
            for text, values in ((nothing, without), (WITH, with_plan))
        ]
        return {gid: told}

    def signs() -> list[Any]:
        return [line(nothing, color=RED, **_DASHED), line(WITH, color=BLUE, **_SOLID)]

    return grid.picture(years, panels, draw, signs)


def _lines(axes: Any, years: Sequence[int], without: Floats, with_plan: Floats) -> None:
    axes.fill_between(years, with_plan, without, color=SKY, alpha=0.28, lw=0)
    axes.plot(years, without, color=RED, **_DASHED)
    axes.plot(years, with_plan, color=BLUE, **_SOLID)


def yearly(axes: Any, years: Sequence[int], most: int) -> None:
    """Write at most so many of the years below the axes."""
    shown = list(years[:: max(1, -(-len(years) // most))])
    axes.set_xticks(shown, [words.year(y) for y in shown])
    axes.set_xlim(years[0] - 0.3, years[-1] + 0.3)
