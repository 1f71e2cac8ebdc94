"""Small charts side by side, all to the same scale: of posts, and of who stands in for whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.report.charts.room import SIZE, key, key_height, letters, line, lined, patch
from commission_opt.report.drawing import NARROW, Hover, Picture, painted
from commission_opt.views import words
from commission_opt.views.charts import BLUE, INK, ORANGE, numbered

_ACROSS, _ACROSS_NARROW = 4, 2
_PLOT, _SCALE, _HEAD = 1.3, 0.35, 0.1  # inches: of the lines, of the years below, above the first
_LEFT, _RIGHT, _APART = 0.71, 0.14, 0.2  # inches beside all panels, and between two
_LINE = 0.17  # inches of a line of a title


@dataclass(frozen=True)
class Panels:
    """Panels in rows, each under its name, with a key below them all.

    Parameters
    ----------
    signs : sequence of str
        Labels of the key.
    size : float
        Of the letters of names, points.
    lines : int
        Most lines of a name.
    """

    names: Sequence[str]
    signs: Sequence[str]
    size: float = SIZE
    lines: int = 2

    def height(self, width: float) -> float:
        """Return the height of a figure so wide, inches."""
        each = _PLOT + self._title(width)
        return _HEAD + self._rows(width) * each + _SCALE + key_height(self.signs, width)

    def axes(self, figure: Any) -> list[Any]:
        """Return the axes with their titles; those inside need no scale of their own."""
        (width, height), count = figure.get_size_inches(), len(self.names)
        across, title = self._across(width), self._title(width)
        plot = _PLOT - _SCALE / 2
        all_axes = figure.subplots(
            self._rows(width), across, squeeze=False, sharex=True, sharey=True,
            gridspec_kw={
                "left": _LEFT / width, "right": 1 - _RIGHT / width,
                "top": 1 - (_HEAD + title) / height,
                "bottom": (_SCALE + key_height(self.signs, width)) / height,
                "hspace": (title + _SCALE / 2) / plot, "wspace": _APART / self._wide(width),
            },
        )  # fmt: skip
        flat = list(all_axes.ravel())
        for number, axes in enumerate(flat[:count]):
            if number + across >= count:  # nothing below it
                axes.tick_params(labelbottom=True)
            axes.set_title(self._titles(width)[number], fontsize=self.size, pad=4)
            axes.tick_params(labelsize=7.5)
            axes.grid(visible=True, axis="y")
        for axes in flat[count:]:
            axes.set_visible(False)
        return flat[:count]

    def picture(
        self,
        years: Sequence[int],
        panels: Sequence[tuple[Any, ...]],
        draw: Callable[..., Hover],
        signs: Callable[[], Sequence[Any]],
    ) -> Picture:
        """Return the chart of what is in each panel.

        ``draw`` draws on axes what is in the panel of a number, and says what is told of it;
        ``signs`` are those of the key.
        """

        def paint(figure: Any) -> Hover:
            hover: dict[str, Sequence[str]] = {}
            for number, (axes, panel) in enumerate(zip(self.axes(figure), panels, strict=True)):
                hover |= draw(axes, number, *panel)
                ends(axes, years)
            key(figure, signs())
            return hover

        return painted(self.height, paint)

    def _across(self, width: float) -> int:
        return min(len(self.names), _ACROSS if width > NARROW else _ACROSS_NARROW)

    def _rows(self, width: float) -> int:
        return -(-len(self.names) // self._across(width))

    def _wide(self, width: float) -> float:
        """Return the inches of a panel."""
        across = self._across(width)
        return (width - _LEFT - _RIGHT - _APART * (across - 1)) / across

    def _titles(self, width: float) -> list[str]:
        most = letters(self._wide(width), 1.06 * self.size)  # bold ones are wider
        return [lined(name, most, self.lines) for name in self.names]

    def _title(self, width: float) -> float:
        """Return the inches of a title."""
        return 0.1 + _LINE * max(title.count("\n") + 1 for title in self._titles(width))


def ends(axes: Any, years: Sequence[int]) -> None:
    """Write the first year and the last below a panel, inside its ends."""
    shown = sorted({years[0], years[-1]})
    ticks = axes.set_xticks(shown, [words.year(year) for year in shown])
    if len(ticks) == 2:  # panels stand close to each other
        for tick, side in zip(ticks, ("left", "right"), strict=True):
            tick.label1.set_horizontalalignment(side)


def deployed_panels(
    years: Sequence[int], panels: Sequence[tuple[str, str, Floats, Floats]]
) -> Picture:
    """Return a chart with a panel for each pair of professions.

    Parameters
    ----------
    panels : sequence of (staff of, for, deployed, covered)
        Names, and FTE by year.
    """
    top = max(
        float(values.max()) for *_, deployed, covered in panels for values in (deployed, covered)
    )
    names = [f"{by} for {needed}" for by, needed, *_ in panels]
    grid = Panels(names, ("deployed, FTE", "work covered, FTE"), 7.5, 3)

    def draw(axes: Any, number: int, *panel: Any) -> Hover:
        *_, deployed, covered = panel
        gid = f"deployed-{number}"
        axes.bar(years, deployed, color=BLUE, width=0.7)
        axes.plot(years, covered, color=ORANGE, lw=1.8)
        axes.scatter(years, covered, s=12, color=ORANGE, gid=gid, zorder=4)
        axes.set_ylim(0, 1.08 * max(top, np.finfo(float).tiny))
        numbered(axes.yaxis)
        told = [
            f"{names[number]}, {words.year(year)}: {words.count(fte)} FTE deployed, who cover "
            f"{words.count(work)}"
            for year, fte, work in zip(years, deployed, covered, strict=True)
        ]
        return {gid: told}

    def signs() -> list[Any]:
        covered = line(grid.signs[1], color=ORANGE, lw=1.8, marker="o", ms=4)
        return [patch(grid.signs[0], color=BLUE), covered]

    return grid.picture(years, panels, draw, signs)


def post_panels(
    years: Sequence[int], panels: Sequence[tuple[str, Floats, Floats, Floats]]
) -> Picture:
    """Return a chart with a panel for each profession.

    Parameters
    ----------
    panels : sequence of (name, posts, staff, without a post)
        FTE by year; not a number in years without posts.
    """
    top = max(float(np.nanmax(values)) for _, *lines in panels for values in lines)
    grid = Panels([name for name, *_ in panels], ("posts, FTE", "staff, FTE", "without a post"))

    looks = {"color": INK, "lw": 1.8, "ls": (0, (5, 2))}, {"color": BLUE, "lw": 2.2}
    beyond = {"color": ORANGE, "alpha": 0.45}

    def draw(
        axes: Any, number: int, name: str, posts: Floats, staff: Floats, idle: Floats
    ) -> Hover:
        axes.fill_between(years, staff - idle, staff, lw=0, **beyond)
        alone = "_" if np.count_nonzero(~np.isnan(posts)) == 1 else None  # no line to draw
        axes.plot(years, posts, marker=alone, **looks[0])
        axes.plot(years, staff, **looks[1])
        gid = f"staff-{number}"
        known = np.flatnonzero(~np.isnan(staff))  # a year without posts has no dot
        axes.scatter(np.array(years)[known], staff[known], s=12, color=BLUE, gid=gid, zorder=4)
        axes.set_ylim(0, 1.08 * max(top, 1.0))
        numbered(axes.yaxis)
        told = [
            f"{name}, {words.year(years[k])}: {words.count(staff[k])} FTE of staff, "
            f"{words.count(posts[k])} posts, {words.count(idle[k])} without a post"
            for k in known.tolist()
        ]
        return {gid: told}

    def signs() -> list[Any]:
        first, second, third = grid.signs
        return [line(first, **looks[0]), line(second, **looks[1]), patch(third, **beyond)]

    return grid.picture(years, panels, draw, signs)
