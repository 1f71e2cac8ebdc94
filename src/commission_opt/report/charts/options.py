"""Lines of several options over the years."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from commission_opt.arrays import Floats
from commission_opt.report.charts.gap import apart, lines_axes, lines_height, yearly
from commission_opt.report.charts.room import key, line, narrow
from commission_opt.report.drawing import Hover, Picture, painted
from commission_opt.views import words
from commission_opt.views.charts import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    RED,
    SKY,
    numbered,
    shortened,
)

_LOOKS = (  # colour and dashes, so that colour is never the only sign
    (RED, (0, (5, 2))), (GREY, (0, (1, 1.5))), (BLUE, "-"), (ORANGE, (0, (7, 2))),
    (GREEN, (0, (3, 1, 1, 1))), (PURPLE, (0, (5, 1, 1, 1, 1, 1))), (SKY, (0, (2, 2))),
    (INK, (0, (9, 3))),
)  # fmt: skip
_WIDE = 26  # characters beside the lines


def option_lines(
    years: Sequence[int],
    lines: Sequence[tuple[str, Floats]],
    unit: str,
    scale: float = 1.0,
    first: int = 0,
) -> Picture:
    """Return a chart with a line for each option, named at its end.

    Parameters
    ----------
    lines : sequence of (name, values by year)
        With ``first`` at most eight.
    unit : str
        Of the axis.
    scale : float
        What one of the unit is.
    first : int
        Which option the first line is, so that each looks alike in all charts.
    """
    values = [(name, each / scale) for name, each in lines]
    top = 1.08 * max(1e-9, *(float(each.max()) for _, each in values))
    low = min(0.0, *(1.08 * float(each.min()) for _, each in values))
    ending = f" in {words.year(years[-1])}"
    signs = [f"{name}: {words.count(each[-1])}{ending}" for name, each in values]
    looks = [
        {"color": colour, "lw": 1.9, "ls": dashes}
        for colour, dashes in _LOOKS[first : first + len(lines)]
    ]

    def paint(figure: Any) -> Hover:
        axes = lines_axes(figure, signs, 0.68)
        ends = apart([each[-1] for _, each in values], [0.05 * (top - low)] * len(values))
        hover: dict[str, Sequence[str]] = {}
        for number, ((name, each), at) in enumerate(zip(values, ends, strict=True)):
            colour = looks[number]["color"]
            axes.plot(years, each, **looks[number])
            axes.scatter(years, each, s=16, color=colour, gid=f"points-{number}", zorder=4)
            hover[f"points-{number}"] = [
                f"{words.year(y)}, {name}: {words.count(v)} {unit}"
                for y, v in zip(years, each, strict=True)
            ]
            if narrow(figure):
                continue
            axes.annotate(
                f"{shortened(name, _WIDE)}: {words.count(each[-1])}", (years[-1], each[-1]),
                xytext=(years[-1] + 0.03 * max(1, len(years)), at), textcoords="data",
                va="center", fontsize=8.5, color=INK, annotation_clip=False,
                arrowprops={"arrowstyle": "-", "color": colour, "lw": 0.8},
            )  # fmt: skip
        if narrow(figure):
            key(figure, [line(sign, **look) for sign, look in zip(signs, looks, strict=True)])
        axes.set_ylabel(unit)
        axes.set_ylim(low, top)
        axes.grid(visible=True, axis="y")
        yearly(axes, years, 4 if narrow(figure) else 8)
        numbered(axes.yaxis)
        return hover

    return painted(lines_height(signs, 4.6), paint)
