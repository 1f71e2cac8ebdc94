"""Places by profession and region, coloured by the change on last year."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.report.drawing import Hover, Picture, painted
from commission_opt.report.facts import relative
from commission_opt.views import words
from commission_opt.views.charts import INK, shortened

_EDGES = (-np.inf, -0.25, -0.1, -0.02, 0.02, 0.1, 0.25, np.inf)
_COLOURS = ("#B35806", "#F1A340", "#FEE0B6", "#F7F7F7", "#D8DAEB", "#998EC3", "#542788")
_LABELS = (
    "−25 % or less", "−25 to −10 %", "−10 to −2 %", "about as many", "+2 to +10 %",
    "+10 to +25 %", "+25 % or more",
)  # fmt: skip
_HATCH, _HATCH_INK = "////", "#C4CBD1"  # where there is no course
_WHITE_INK = (0, 6)  # classes so dark that they need it
MOST_WRITTEN = 10  # regions up to which each cell has its figures written in it
_LONGEST = 34  # characters of the name of a region that is written upwards
_UP = 0.066  # inches of a character of it
_ROW, _ROW_WRITTEN = 0.21, 0.27  # inches
_MOST_LARGE = 45  # regions whose names have room for the larger letters
_LEFT, _BOTTOM = 2.4, 0.5  # inches for names of rows and for the legend


def heat_map(now: pd.DataFrame, before: Floats) -> Picture:
    """Return the chart.

    Parameters
    ----------
    now : pandas.DataFrame
        Places by profession and region, both by name; not a number where there is no course.
    before : array, of its shape
        Places of the year before.
    """
    written = len(now.columns) <= MOST_WRITTEN
    longest = max(map(len, now.columns), default=0)
    top = 0.6 if written else 0.25 + _UP * min(longest, _LONGEST)
    height = top + (_ROW_WRITTEN if written else _ROW) * len(now) + _BOTTOM
    return painted(9.5, height, lambda figure: _paint(figure, now, before, top, written))


def _paint(figure: Any, now: pd.DataFrame, before: Floats, top: float, written: bool) -> Hover:
    from matplotlib.colors import BoundaryNorm, ListedColormap

    height = figure.get_size_inches()[1]
    axes = figure.add_axes(
        (_LEFT / 9.5, _BOTTOM / height, 1 - (_LEFT + 0.1) / 9.5, 1 - (top + _BOTTOM) / height)
    )
    places = now.to_numpy(float)
    change = relative(places, before)
    found = np.digitize(np.nan_to_num(change, posinf=9.0), _EDGES[1:-1])
    classes = np.where(np.isnan(places), np.nan, found)
    mesh = axes.pcolormesh(
        np.ma.masked_invalid(classes),
        cmap=ListedColormap(_COLOURS),
        norm=BoundaryNorm(np.arange(8) - 0.5, 7),
        edgecolor="#C8C8C8",
        linewidth=0.6,
        gid="cells",
    )
    mesh.set_rasterized(False)
    axes.patch.set(facecolor="white", hatch=_HATCH, edgecolor=_HATCH_INK, linewidth=0)
    if written:
        _write(axes, places, change, classes)
    axes.invert_yaxis()
    axes.set_yticks(
        np.arange(len(now)) + 0.5, [shortened(row, 36) for row in now.index], fontsize=8.5
    )
    labels = [
        "\n".join(wrap(n, 15)[:3]) if written else shortened(n, _LONGEST) for n in now.columns
    ]
    axes.set_xticks(
        np.arange(len(labels)) + 0.5,
        labels,
        fontsize=8.5 if len(labels) <= _MOST_LARGE else 7,
        rotation=0 if written else 90,
    )
    axes.tick_params(length=0, top=False, bottom=False, labeltop=True, labelbottom=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    _legend(figure)
    return {"cells": _texts(now, before, change)}


def _write(axes: Any, now: Floats, change: Floats, classes: Floats) -> None:
    for (i, j), places in np.ndenumerate(now):
        if np.isnan(places):
            axes.text(j + 0.5, i + 0.5, "no course", ha="center", va="center", fontsize=6.5)
            continue
        ink = "white" if classes[i, j] in _WHITE_INK else INK
        text = f"{words.count(places)} ({words.whole_percent(float(change[i, j]))})"
        axes.text(j + 0.5, i + 0.5, text, ha="center", va="center", fontsize=8, color=ink)


def _legend(figure: Any) -> None:
    from matplotlib.patches import Patch

    patches = [
        Patch(facecolor=colour, edgecolor="#8C8C8C", lw=0.5, label=label)
        for colour, label in zip(_COLOURS, _LABELS, strict=True)
    ]
    patches.append(
        Patch(facecolor="white", edgecolor=_HATCH_INK, hatch=_HATCH, lw=0.5, label="no course")
    )
    figure.legend(
        handles=patches, loc="lower center", ncols=8, fontsize=7.5, handlelength=1.2,
        columnspacing=1.0, handletextpad=0.4,
    )  # fmt: skip


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
