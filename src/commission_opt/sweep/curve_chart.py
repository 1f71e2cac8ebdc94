"""A frontier as a chart: the curve, what is proved below it, whole plans, what more is worth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from commission_opt.sweep.charts import BLUE, GREY, INK, ORANGE, RED, chart, numbered, titled
from commission_opt.sweep.curve import STEP, Curve
from commission_opt.sweep.curve_whole import WholePlan
from commission_opt.sweep.family import Over

_SCALE = {Over.BUDGET: 100.0, Over.WORST_REGION: 100.0, Over.CHANGE: 1.0}
_AXIS = {
    Over.BUDGET: "budgets, % of those given",
    Over.WORST_REGION: "most that a region may be short of, % of its weighted demand",
    Over.CHANGE: "most places that may be moved in the first year",
}
_MARGIN = {
    Over.BUDGET: "saved by 1 % more budget",
    Over.WORST_REGION: "saved by 0.01 points more",
    Over.CHANGE: "saved by one place more",
}
_FINE = 400  # points at which the bound is drawn
_STEEP = 20  # times the median from which a logarithmic axis shows more


def draw_curve(curve: Curve, plans: Sequence[WholePlan], folder: Path) -> None:
    """Draw a frontier as ``frontier.png`` and ``frontier.svg``."""
    over = curve.family.over
    with chart(
        folder, "frontier", 8.0, 7.2, rows=2, sharex=True, gridspec_kw={"height_ratios": [3, 2]}
    ) as (_, (upper, lower)):
        titled(upper, _title(curve), curve.family.problem.instance.title)
        upper.set_ylabel(f"{_words(curve.objective)},\n{curve.unit}")
        _curve(curve, upper)
        _whole(curve, plans, upper)
        upper.legend(loc="upper right")
        _marginal(curve, lower)
        lower.set_ylabel(f"{_MARGIN[over]},\n{curve.unit}")
        lower.set_xlabel(_AXIS[over])
        for axes in (upper, lower):
            axes.grid(visible=True)
            numbered(axes.yaxis)
            axes.margins(x=0.02)
        if over is Over.CHANGE:
            lower.xaxis.set_major_formatter("{x:,.0f}")


def _title(curve: Curve) -> str:
    what = {
        Over.BUDGET: "budget",
        Over.WORST_REGION: "the worst region",
        Over.CHANGE: "change",
    }[curve.family.over]
    return f"{_words(curve.objective).capitalize()} against {what}"


def _words(objective: str) -> str:
    return {"shortfall": "weighted shortfall", "worst_region": "worst region"}.get(
        objective, objective
    )


def _curve(curve: Curve, axes: Any) -> None:
    scale = _SCALE[curve.family.over]
    t = np.array([point.t for point in curve.points])
    fine = np.linspace(t[0], t[-1], _FINE)
    below = [curve.frontier.bound(float(at)) for at in fine]
    label = f"proved: nothing below (distance ≤ {_ceiling(100 * curve.frontier.distance)} %)"
    axes.plot(fine * scale, below, color=INK, lw=1.0, ls=(0, (2, 2)), label=label, zorder=3)
    value = [point.objective for point in curve.points]
    axes.plot(
        t * scale, value, color=BLUE, lw=2.0, marker="o", ms=4, label="in fractions of places"
    )
    if curve.family.over is Over.BUDGET and curve.range.proved is not None:
        left, right = curve.asked[0] * scale, curve.range.proved * scale
        axes.axvspan(left, right, color=GREY, alpha=0.18, lw=0)
        axes.text(
            (left + right) / 2,
            0.5,
            f"no plan below\n{_floor(right)} %",
            ha="center",
            va="center",
            color=INK,
            transform=axes.get_xaxis_transform(),
        )


def _floor(percent: float) -> str:
    return f"{np.floor(percent * 100) / 100:.2f}"


def _ceiling(percent: float) -> str:
    return f"{np.ceil(percent * 1000) / 1000:.3f}"


def _whole(curve: Curve, plans: Sequence[WholePlan], axes: Any) -> None:
    scale = _SCALE[curve.family.over]
    found = [(p.t * scale, p.objective, p.bound) for p in plans if p.objective is not None]
    if found:
        t, value, bound = (np.array(column, dtype=float) for column in zip(*found, strict=True))
        label = "plans in whole places, and their bounds"
        axes.vlines(t, bound, value, color=RED, lw=1.5, zorder=4)
        axes.plot(t, value, color=RED, ls="", marker="D", ms=6, label=label, zorder=5)


def _marginal(curve: Curve, axes: Any) -> None:
    """Draw the slope of each chord as a level: what more of t saves from point to point."""
    scale, step = _SCALE[curve.family.over], STEP[curve.family.over]
    t = np.array([point.t for point in curve.points])
    value = np.array([point.objective for point in curve.points])
    if len(t) < 2:
        return
    worth = np.maximum(0.0, -np.diff(value) / np.diff(t) * step)
    seen = worth[worth > 0]
    steep = len(seen) > 0 and seen.max() > _STEEP * np.median(seen)
    if steep:
        axes.set_yscale("log")
    low = seen.min() / 2 if steep else 0.0
    axes.stairs(np.maximum(worth, low), t * scale, baseline=low, color=ORANGE, fill=True, alpha=0.6)
    axes.set_ylim(bottom=low)
