"""Posts and staff by profession over the years, those without a post shaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.report.charts.panels import grid, panels_height
from commission_opt.report.drawing import Hover, Picture, painted
from commission_opt.views import words
from commission_opt.views.charts import BLUE, INK, ORANGE, numbered, shortened


def post_panels(
    years: Sequence[int], panels: Sequence[tuple[str, Floats, Floats, Floats]]
) -> Picture:
    """Return a chart with a panel for each profession.

    Parameters
    ----------
    years : sequence of int
    panels : sequence of (name, posts, staff, without a post)
        FTE by year; not a number in years without posts.
    """
    top = max(float(np.nanmax(values)) for _, *lines in panels for values in lines)

    def paint(figure: Any) -> Hover:
        hover: dict[str, Sequence[str]] = {}
        axes_of = grid(figure, len(panels))
        for number, (axes, (name, posts, staff, idle)) in enumerate(
            zip(axes_of, panels, strict=True)
        ):
            axes.fill_between(years, staff - idle, staff, color=ORANGE, alpha=0.45, lw=0)
            alone = "_" if np.count_nonzero(~np.isnan(posts)) == 1 else None  # no line to draw
            axes.plot(years, posts, color=INK, lw=1.8, ls=(0, (5, 2)), marker=alone)
            axes.plot(years, staff, color=BLUE, lw=2.2)
            gid = f"staff-{number}"
            known = np.flatnonzero(~np.isnan(staff))  # a year without posts has no dot
            axes.scatter(np.array(years)[known], staff[known], s=12, color=BLUE, gid=gid, zorder=4)
            hover[gid] = [
                f"{name}, {words.year(years[k])}: {words.count(staff[k])} FTE of staff, "
                f"{words.count(posts[k])} posts, {words.count(idle[k])} without a post"
                for k in known.tolist()
            ]
            axes.set_title(shortened(name, 26), fontsize=9, pad=4)
            axes.set_ylim(0, 1.08 * max(top, 1.0))
            axes.grid(visible=True, axis="y")
            axes.set_xticks([years[0], years[-1]], [words.year(years[0]), words.year(years[-1])])
            axes.tick_params(labelsize=7.5)
            numbered(axes.yaxis)
        _key(figure)
        return hover

    return painted(9.5, panels_height(len(panels)), paint)


def _key(figure: Any) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    lines = [
        Line2D([], [], color=INK, lw=1.8, ls=(0, (5, 2)), label="posts, FTE"),
        Line2D([], [], color=BLUE, lw=2.2, label="staff, FTE"),
        Patch(color=ORANGE, alpha=0.45, label="without a post"),
    ]
    figure.legend(handles=lines, loc="lower center", ncols=3, fontsize=8.5, labelcolor=INK)
