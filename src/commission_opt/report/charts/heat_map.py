"""Places by profession and region, coloured by the change on last year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.report.charts.room import SIZE, beside_rows, key, key_height, patch
from commission_opt.report.drawing import NARROW, Hover, Picture, painted
from commission_opt.report.facts import relative
from commission_opt.views import words
from commission_opt.views.charts import INK, shortened

_EDGES = (-np.inf, -0.25, -0.1, -0.02, 0.02, 0.1, 0.25, np.inf)
_COLOURS = ("#B35806", "#F1A340", "#FEE0B6", "#F7F7F7", "#D8DAEB", "#998EC3", "#542788")
_SIGNS = (
    "−25 % or less", "−25 to −10 %", "−10 to −2 %", "about as many", "+2 to +10 %",
    "+10 to +25 %", "+25 % or more", "no course",
)  # fmt: skip
_HATCH, _HATCH_INK = "////", "#C4CBD1"  # where there is no course
_WHITE_INK = (0, 6)  # classes so dark that they need it
MOST_WRITTEN = 10  # regions up to which each cell has its figures written in it
_LONGEST = 34  # characters of the name of a region that is written upwards
_UP = 0.066  # inches of a character of it
_ACROSS = 15  # characters of a line of one that is not
_ROW, _ROW_WRITTEN, _ROW_NARROW = 0.21, 0.27, 0.32  # inches
_MOST_LARGE = 45  # regions whose names have room for the larger letters
_FEW_NARROW, _MANY_NARROW = 4, 14  # regions beside each other on a phone: written in, or not
_RIGHT, _KEY = 0.1, 7.2  # inches at the right; points of the key


@dataclass(frozen=True)
class _Layout:
    """Where things are on a figure of a width: blocks of regions, one below the other."""

    now: pd.DataFrame
    width: float

    @property
    def slim(self) -> bool:
        return self.width <= NARROW

    @property
    def written(self) -> bool:
        return len(self.now.columns) <= MOST_WRITTEN

    @property
    def blocks(self) -> list[slice]:
        """The regions of each block."""
        count = max(1, len(self.now.columns))
        most = (_FEW_NARROW if self.written else _MANY_NARROW) if self.slim else count
        each = -(-count // -(-count // most))
        return [slice(at, min(at + each, count)) for at in range(0, count, each)]

    @property
    def top(self) -> float:
        """Inches for the names of regions."""
        longest = max(map(len, self.now.columns), default=0)
        return 0.6 if self.written else 0.25 + _UP * min(longest, _LONGEST)

    @property
    def rows(self) -> float:
        """Inches of all rows of a block."""
        wide = _ROW_WRITTEN if self.written else _ROW
        return (_ROW_NARROW if self.slim else wide) * len(self.now)

    @property
    def foot(self) -> float:
        """Inches of the key."""
        return 0.1 + key_height(_SIGNS, self.width, _KEY)

    @property
    def height(self) -> float:
        return len(self.blocks) * (self.top + self.rows) + self.foot


def heat_map(now: pd.DataFrame, before: Floats) -> Picture:
    """Return the chart.

    Parameters
    ----------
    now : pandas.DataFrame
        Places by profession and region, both by name; not a number where there is no course.
    before : array, of its shape
        Places of the year before.
    """
    return painted(
        lambda width: _Layout(now, width).height, lambda figure: _paint(figure, now, before)
    )


def _paint(figure: Any, now: pd.DataFrame, before: Floats) -> Hover:
    at = _Layout(now, float(figure.get_size_inches()[0]))
    left, names = beside_rows(list(now.index), at.width, 8.0 if at.slim else SIZE)
    widest = max((block.stop - block.start for block in at.blocks), default=1)
    hover: dict[str, Sequence[str]] = {}
    for number, block in enumerate(at.blocks):
        part, last = now.iloc[:, block], before[:, block]
        across = (at.width - left - _RIGHT) * max(1, len(part.columns)) / widest
        below = at.foot + (len(at.blocks) - 1 - number) * (at.top + at.rows)
        axes = figure.add_axes(
            (left / at.width, below / at.height, across / at.width, at.rows / at.height)
        )
        gid = f"cells-{number}"
        change = relative(part.to_numpy(float), last)
        _colour(axes, part, change, gid, at)
        axes.set_yticks(np.arange(len(now)) + 0.5, names, fontsize=8.0 if at.slim else SIZE)
        _name_regions(axes, list(part.columns), len(now.columns), at)
        hover[gid] = _texts(part, last, change)
    _legend(figure)
    return hover


def _colour(axes: Any, part: pd.DataFrame, change: Floats, gid: str, at: _Layout) -> None:
    """Draw the cells of a block."""
    from matplotlib.colors import BoundaryNorm, ListedColormap

    places = part.to_numpy(float)
    found = np.digitize(np.nan_to_num(change, posinf=9.0), _EDGES[1:-1])
    classes = np.where(np.isnan(places), np.nan, found)
    mesh = axes.pcolormesh(
        np.ma.masked_invalid(classes),
        cmap=ListedColormap(_COLOURS),
        norm=BoundaryNorm(np.arange(8) - 0.5, 7),
        edgecolor="#C8C8C8",
        linewidth=0.6,
        gid=gid,
    )
    mesh.set_rasterized(False)
    axes.patch.set(facecolor="white", hatch=_HATCH, edgecolor=_HATCH_INK, linewidth=0)
    if at.written:
        _write(axes, places, change, classes, slim=at.slim)
    axes.invert_yaxis()
    for spine in axes.spines.values():
        spine.set_visible(False)


def _name_regions(axes: Any, names: list[str], in_all: int, at: _Layout) -> None:
    """Write the names of regions above a block; upwards if there are many."""
    across = 9 if at.slim else _ACROSS
    labels = [
        "\n".join(wrap(n, across)[:3]) if at.written else shortened(n, _LONGEST) for n in names
    ]
    large = (7.5 if at.slim else 8.5) if in_all <= _MOST_LARGE else 7
    axes.set_xticks(
        np.arange(len(labels)) + 0.5, labels, fontsize=large, rotation=0 if at.written else 90
    )
    axes.tick_params(length=0, top=False, bottom=False, labeltop=True, labelbottom=False)


def _write(axes: Any, now: Floats, change: Floats, classes: Floats, *, slim: bool) -> None:
    for (i, j), places in np.ndenumerate(now):
        if np.isnan(places):
            size = 7 if slim else 6.5
            axes.text(j + 0.5, i + 0.5, "no course", ha="center", va="center", fontsize=size)
            continue
        ink = "white" if classes[i, j] in _WHITE_INK else INK
        more = words.whole_percent(float(change[i, j]))
        text = f"{words.count(places)}\n({more})" if slim else f"{words.count(places)} ({more})"
        axes.text(j + 0.5, i + 0.5, text, ha="center", va="center", fontsize=8, color=ink)


def _legend(figure: Any) -> None:
    *signs, none = _SIGNS
    patches = [
        patch(sign, facecolor=colour, edgecolor="#8C8C8C", lw=0.5)
        for colour, sign in zip(_COLOURS, signs, strict=True)
    ]
    empty = patch(none, facecolor="white", edgecolor=_HATCH_INK, hatch=_HATCH, lw=0.5)
    key(figure, [*patches, empty], _KEY)


def _texts(now: pd.DataFrame, before: Floats, change: Floats) -> list[str]:
    names = [f"{row}, {column}" for row in now.index for column in now.columns]
    figures = zip(names, now.to_numpy(float).flat, before.flat, change.flat, strict=True)
    return [
        f"{name}: no course"
        if np.isnan(places)
        else f"{name}: {words.count(places)} places, last year {words.count(last)} "
        f"({words.signed_percent(more)})"
        for name, places, last, more in figures
    ]
