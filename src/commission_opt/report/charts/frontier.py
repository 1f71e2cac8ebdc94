"""A frontier: the curve with what is proved below it, and what each £1m more buys along it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from commission_opt.frontier.chart import PANELS, paint_curve
from commission_opt.frontier.view import CurveView
from commission_opt.report.drawing import Hover, Picture, painted
from commission_opt.views.charts import BLUE, ORANGE, numbered, written


def frontier_chart(view: CurveView) -> Picture:
    """Return the curve, and below it what a little more of what varies saves."""

    def paint(figure: Any) -> Hover:
        figure.set_layout_engine("constrained")
        upper, lower = figure.subplots(2, **PANELS)
        return paint_curve(view, figure, upper, lower)

    return painted(9.5, 7.6, paint)


def million_chart(unit: str, steps: Sequence[tuple[float, float, float]]) -> Picture:
    """Return bars of what each £1m more buys from point to point.

    Parameters
    ----------
    unit : str
    steps : sequence of (scale of the budgets, weighted, plain)
        Where a step ends, and what each £1m more spent on it saves.
    """

    def paint(figure: Any) -> Hover:
        figure.set_layout_engine("constrained")
        axes = figure.subplots()
        rows = range(len(steps))
        hover: dict[str, Sequence[str]] = {}
        for gid, at, colour, marker, label in (
            ("weighted", 1, BLUE, "o", unit), ("plain", 2, ORANGE, "D", "FTE-years, unweighted"),
        ):  # fmt: skip
            values = [step[at] for step in steps]
            axes.scatter(rows, values, s=34, color=colour, marker=marker, label=label, gid=gid)
            hover[gid] = [
                f"up to {100 * t:.2f} % of the budgets: {written(value)} {label} for each £1m"
                for (t, *_), value in zip(steps, values, strict=True)
            ]
        axes.set_xticks(rows, [f"{100 * t:.2f}" for t, *_ in steps], rotation=45, fontsize=8.5)
        axes.set_xlabel("up to this point of the curve, budgets in % of those given")
        axes.set_ylabel("saved by each £1m more spent")
        axes.axhline(0.0, color="#222222", lw=0.8)
        axes.grid(visible=True, axis="y")
        numbered(axes.yaxis)
        figure.legend(loc="outside lower center", ncols=2)
        return hover

    return painted(9.5, 4.4, paint)
