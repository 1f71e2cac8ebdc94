"""Regions side by side: the shortfall as a share of demand, with and without the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.report.drawing import Hover, Picture, painted
from commission_opt.views import words
from commission_opt.views.charts import BLUE, GREY, INK, RED, shortened
from commission_opt.views.shortfall import WITH, WITHOUT


def fairness_lines(
    regions: Sequence[str],
    without: Floats,
    with_plan: Floats,
    average: float,
    nothing: str = WITHOUT,
) -> Picture:
    """Return the chart: two points for each region, and a line at the average with the plan.

    ``nothing`` is what to call the future without the plan.
    """
    height = 1.3 + 0.27 * len(regions)

    def paint(figure: Any) -> Hover:
        axes = figure.add_axes((0.25, 0.72 / height, 0.72, 1 - 1.15 / height))
        rows = np.arange(len(regions))
        axes.hlines(rows, 100 * with_plan, 100 * without, color=GREY, lw=1.2, zorder=2)
        axes.axvline(100 * average, color=INK, lw=1, ls=":", zorder=1)
        axes.annotate(
            f"all regions, with the plan: {words.part(average)}", (100 * average, -0.9),
            fontsize=8, ha="left", va="bottom", xytext=(3, 0), textcoords="offset points",
        )  # fmt: skip
        hover: dict[str, Sequence[str]] = {}
        for gid, values, text, colour, marker in (
            ("without", without, nothing, RED, "D"),
            ("with", with_plan, WITH, BLUE, "o"),
        ):
            axes.scatter(
                100 * values, rows, s=34, color=colour, marker=marker, label=text, gid=gid, zorder=3
            )
            hover[gid] = [
                f"{region}, {text}: {words.part(value)} of demand"
                for region, value in zip(regions, values, strict=True)
            ]
        axes.set_yticks(rows, [shortened(region, 34) for region in regions], fontsize=8.5)
        axes.set_ylim(len(regions) - 0.5, -1.0)
        axes.set_xlim(left=0)
        axes.set_xlabel("shortfall over the horizon, % of demand")
        axes.grid(visible=True, axis="x")
        figure.legend(*axes.get_legend_handles_labels(), loc="lower left", ncols=2, fontsize=8.5)
        return hover

    return painted(9.5, height, paint)
