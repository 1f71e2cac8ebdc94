"""Small charts side by side, all to the same scale."""

from __future__ import annotations

from typing import Any

_COLUMNS = 4
_HEIGHT, _HEAD, _FOOT = 1.65, 0.3, 0.45  # inches: of a panel, above the first, below the last


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
