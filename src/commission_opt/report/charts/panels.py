"""Small charts side by side, all to the same scale: of posts, and of who stands in for whom."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.report.drawing import Hover, Picture, painted
from commission_opt.views import words
from commission_opt.views.charts import BLUE, INK, ORANGE, numbered, shortened

_COLUMNS = 4
_HEIGHT, _HEAD, _FOOT = 1.65, 0.3, 0.45  # inches: of a panel, above the first, below the last
TALL = 1.9  # inches of a panel, with two lines for its title
_LETTERS = 128  # of a title's line, in all panels of a row


def panels_height(count: int, height: float = _HEIGHT) -> float:
    """Return the height of a figure with so many panels, inches."""
    return _rows(count) * height + _HEAD + _FOOT


def grid(figure: Any, count: int) -> list[Any]:
    """Return the axes of so many panels; those inside need no scale of their own."""
    rows, across = _rows(count), min(count, _COLUMNS)
    height = figure.get_size_inches()[1]
    all_axes = figure.subplots(
        rows, across, squeeze=False, sharex=True, sharey=True,
        gridspec_kw={
            "left": 0.075, "right": 0.985, "top": 1 - _HEAD / height,
            "bottom": (_FOOT + 0.25) / height, "hspace": 0.38, "wspace": 0.12,
        },
    )  # fmt: skip
    flat = list(all_axes.ravel())
    for number, axes in enumerate(flat[:count]):
        if number + across >= count:  # nothing below it
            axes.tick_params(labelbottom=True)
    for axes in flat[count:]:
        axes.set_visible(False)
    return flat[:count]


def _rows(count: int) -> int:
    return -(-count // _COLUMNS)


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
        _deployed_key(figure)
        return hover

    return painted(9.5, panels_height(len(panels), TALL), paint)


def _deployed_key(figure: Any) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    shapes = [
        Patch(color=BLUE, label="deployed, FTE"),
        Line2D([], [], color=ORANGE, lw=1.8, marker="o", ms=4, label="work covered, FTE"),
    ]
    figure.legend(handles=shapes, loc="lower center", ncols=2, fontsize=8.5, labelcolor=INK)


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
        _post_key(figure)
        return hover

    return painted(9.5, panels_height(len(panels)), paint)


def _post_key(figure: Any) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    lines = [
        Line2D([], [], color=INK, lw=1.8, ls=(0, (5, 2)), label="posts, FTE"),
        Line2D([], [], color=BLUE, lw=2.2, label="staff, FTE"),
        Patch(color=ORANGE, alpha=0.45, label="without a post"),
    ]
    figure.legend(handles=lines, loc="lower center", ncols=3, fontsize=8.5, labelcolor=INK)
