"""Staff who do the work of others by year, and the work that this covers."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.report.charts.panels import grid, panels_height
from commission_opt.report.drawing import Hover, Picture, painted
from commission_opt.views import words
from commission_opt.views.charts import BLUE, INK, ORANGE, numbered

_TALL = 1.9  # inches of a panel, with two lines for its title
_LETTERS = 128  # of a title's line, in all panels of a row


def deployed_panels(
    years: Sequence[int], panels: Sequence[tuple[str, str, Floats, Floats]]
) -> Picture:
    """Return a chart with a panel for each pair of professions.

    Parameters
    ----------
    years : sequence of int
    panels : sequence of (staff of, for, deployed, covered)
        Names, and FTE by year.
    """
    top = max(
        float(values.max()) for *_, deployed, covered in panels for values in (deployed, covered)
    )

    def paint(figure: Any) -> Hover:
        hover: dict[str, Sequence[str]] = {}
        axes_of = grid(figure, len(panels))
        for number, (axes, (by, needed, deployed, covered)) in enumerate(
            zip(axes_of, panels, strict=True)
        ):
            gid, name = f"deployed-{number}", f"{by} for {needed}"
            axes.bar(years, deployed, color=BLUE, width=0.7)
            axes.plot(years, covered, color=ORANGE, lw=1.8)
            axes.scatter(years, covered, s=12, color=ORANGE, gid=gid, zorder=4)
            hover[gid] = [
                f"{name}, {words.year(year)}: {words.count(fte)} FTE deployed, who cover "
                f"{words.count(work)}"
                for year, fte, work in zip(years, deployed, covered, strict=True)
            ]
            title = wrap(name, _LETTERS // min(4, len(panels)), max_lines=2, placeholder=" …")
            axes.set_title("\n".join(title), fontsize=7.5, pad=3)
            axes.set_ylim(0, 1.08 * max(top, np.finfo(float).tiny))
            axes.grid(visible=True, axis="y")
            axes.set_xticks([years[0], years[-1]], [words.year(years[0]), words.year(years[-1])])
            axes.tick_params(labelsize=7.5)
            numbered(axes.yaxis)
        _key(figure)
        return hover

    return painted(9.5, panels_height(len(panels), _TALL), paint)


def _key(figure: Any) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    shapes = [
        Patch(color=BLUE, label="deployed, FTE"),
        Line2D([], [], color=ORANGE, lw=1.8, marker="o", ms=4, label="work covered, FTE"),
    ]
    figure.legend(handles=shapes, loc="lower center", ncols=2, fontsize=8.5, labelcolor=INK)
