"""A frontier as a chart: the curve, what is proved below it, whole plans, what more is worth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from commission_opt.formulation.wording import Number
from commission_opt.frontier.view import CurveView
from commission_opt.views.charts import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    RED,
    SKY,
    chart,
    numbered,
    titled,
    written,
)

_FINE = 400  # points at which the bound is drawn
_STEEP = 20  # times the median from which a logarithmic axis shows more
_NARROW = 6.0  # inches of a figure whose key is one below the other


def draw_curve(view: CurveView, folder: Path) -> None:
    """Draw a frontier as ``frontier.png`` and ``frontier.svg``."""
    with chart(folder, "frontier", 8.0, 7.6, rows=2, **PANELS) as (figure, (upper, lower)):
        titled(upper, title_of(view), view.title)
        paint_curve(view, figure, upper, lower)


PANELS: dict[str, Any] = {"sharex": True, "gridspec_kw": {"height_ratios": [3, 2]}}
"""How the two panels of the chart stand; for ``Figure.subplots``."""


def title_of(view: CurveView) -> str:
    """Say what against what."""
    return f"{view.words.capitalize()} against the {view.over.what}"


def paint_curve(view: CurveView, figure: Any, upper: Any, lower: Any) -> dict[str, Sequence[str]]:
    """Paint a frontier and its marginal values on two panels.

    Returns
    -------
    dict
        What is said of each shape under the pointer, by the id of their group in an SVG file.
    """
    upper.set_ylabel(f"{view.words},\n{view.unit}")
    hover = _curve(view, upper) | _whole(view, upper)
    _marginal(view, lower)
    lower.set_ylabel(f"saved by {view.over.more},\n{view.unit}")
    lower.set_xlabel(view.over.axis)
    for axes in (upper, lower):
        axes.grid(visible=True)
        numbered(axes.yaxis)
        axes.margins(x=0.02)
    if view.over.number is not Number.SHARE:
        lower.xaxis.set_major_formatter("{x:,.0f}")
    across = 2 if figure.get_figwidth() > _NARROW else 1
    figure.legend(loc="outside lower center", ncols=across, fontsize=10 if across > 1 else 8.5)
    return hover


def _curve(view: CurveView, axes: Any) -> dict[str, Sequence[str]]:
    scale = view.over.scale
    t, value = (view.points[name].to_numpy() for name in ("t", "objective"))
    fine = np.linspace(t[0], t[-1], _FINE)
    below = [view.frontier.bound(float(at)) for at in fine]
    above = [view.frontier.value(float(at)) for at in fine]
    axes.fill_between(fine * scale, below, above, color=SKY, alpha=0.5, lw=0)
    within = np.ceil(100 * view.frontier.distance * 1000) / 1000
    label = f"proved: nothing below (distance ≤ {within:.3f} %)"
    axes.plot(fine * scale, below, color=INK, lw=1.0, ls=(0, (2, 2)), label=label, zorder=3)
    axes.plot(t * scale, value, color=BLUE, lw=2.0)
    label = f"in fractions of {view.bought}"
    axes.scatter(t * scale, value, color=BLUE, s=16, label=label, gid="points", zorder=3)
    if view.asked is not None and view.proved is not None:
        left, right = view.asked[0] * scale, view.proved * scale
        axes.axvspan(left, right, color=GREY, alpha=0.18, lw=0)
        text, middle = f"no plan below\n{np.floor(right * 100) / 100:.2f} %", (left + right) / 2
        across = axes.get_xaxis_transform()
        axes.text(middle, 0.5, text, ha="center", va="center", color=INK, transform=across)
    return {"points": [_said(view, *point) for point in zip(t, value, strict=True)]}


def _said(view: CurveView, t: float, objective: float) -> str:
    unit = " %" if view.over.number is Number.SHARE else f" {view.over.unit}".rstrip()
    return f"{written(t * view.over.scale)}{unit}: {written(objective)} {view.unit}"


def _whole(view: CurveView, axes: Any) -> dict[str, Sequence[str]]:
    found = [(p.t, p.objective, p.bound) for p in view.plans if p.objective is not None]
    if not found:
        return {}
    t, value, bound = np.array(found, dtype=float).T
    label = f"plans in whole {view.bought}, and their bounds"
    at = t * view.over.scale
    axes.vlines(at, bound, value, color=RED, lw=1.5, zorder=4)
    axes.scatter(at, value, color=RED, marker="D", s=36, label=label, gid="whole", zorder=5)
    said = (_said(view, *plan) for plan in zip(t, value, strict=True))
    return {"whole": [f"whole {view.bought}, {plan}" for plan in said]}


def _marginal(view: CurveView, axes: Any) -> None:
    """Draw the slope of each chord as a level: what more of t saves from point to point."""
    t, value = (view.points[name].to_numpy() for name in ("t", "objective"))
    if len(t) < 2:
        return
    worth = np.maximum(0.0, -np.diff(value) / np.diff(t) * view.over.step)
    seen = worth[worth > 0]
    steep = len(seen) > 0 and seen.max() > _STEEP * np.median(seen)
    if steep:
        axes.set_yscale("log")
    low = seen.min() / 2 if steep else 0.0
    levels, edges = np.maximum(worth, low), t * view.over.scale
    axes.stairs(levels, edges, baseline=low, color=ORANGE, fill=True, alpha=0.6)
    axes.set_ylim(bottom=low)
