"""Room on charts of any width: names beside rows, and keys at the foot."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

from commission_opt.report.drawing import NARROW
from commission_opt.views.charts import INK, shortened

SIZE = 8.5  # points
_POINTS = 72  # of an inch
_LETTER = 0.58  # of the size of letters, about: their width
_EDGE = 0.16  # inches above and below a key
_SIGN, _LINE = 4.7, 1.5  # of the size of letters: a sign and what is around it, and a line
_BESIDE = 36  # letters of a name beside rows
_LEFT, _LEFT_NARROW = 2.6, 1.6  # inches for names


def narrow(figure: Any) -> bool:
    """Say whether a figure is one for a phone."""
    return float(figure.get_size_inches()[0]) <= NARROW


def letters(inches: float, size: float = SIZE) -> int:
    """Return how many letters of so many points a line has room for."""
    return max(4, int(inches * _POINTS / (_LETTER * size)))


def lined(name: str, most: int, lines: int = 2) -> str:
    """Return a name on several lines of so many letters, shortened if it needs more."""
    return "\n".join(wrap(name, most, max_lines=lines, placeholder=" …")) or name


def beside_rows(names: Sequence[str], width: float, size: float = SIZE) -> tuple[float, list[str]]:
    """Return the inches that names of rows take at the left, and the names as they fit there."""
    if width > NARROW:
        return _LEFT, [shortened(name, _BESIDE) for name in names]
    return _LEFT_NARROW, [lined(name, letters(_LEFT_NARROW - 0.1, size)) for name in names]


def key_height(labels: Sequence[str], width: float, size: float = SIZE) -> float:
    """Return the inches that a key takes at the foot of a figure so wide."""
    fitting, across = _fitted(labels, width, size)
    tallest = max(label.count("\n") + 1 for label in fitting)
    return -(-len(fitting) // across) * tallest * _LINE * size / _POINTS + _EDGE


def line(label: str, **look: Any) -> Any:
    """Return a line for a key, that looks so."""
    from matplotlib.lines import Line2D

    return Line2D([], [], label=label, **look)


def patch(label: str, **look: Any) -> Any:
    """Return an area for a key, that looks so."""
    from matplotlib.patches import Patch

    return Patch(label=label, **look)


def key(figure: Any, handles: Sequence[Any], size: float = SIZE) -> None:
    """Write a key at the foot of a figure, in as many columns as there is room for."""
    labels = [str(handle.get_label()) for handle in handles]
    fitting, across = _fitted(labels, float(figure.get_size_inches()[0]), size)
    figure.legend(
        list(handles), fitting, loc="lower center", ncols=across, fontsize=size, labelcolor=INK,
        columnspacing=1.4, handlelength=2.4,
    )  # fmt: skip


def _fitted(labels: Sequence[str], width: float, size: float) -> tuple[list[str], int]:
    """Return labels on lines that fit, and in how many columns they do."""
    sign = _SIGN * size / _POINTS
    fitting = [lined(label, letters(width - sign - 0.2, size), 3) for label in labels]
    each = max(len(line) for label in fitting for line in label.split("\n"))
    wide = each * _LETTER * size / _POINTS + sign
    in_all = sum(len(label) for label in fitting) * _LETTER * size / _POINTS
    if in_all + sign * len(fitting) <= width and not any("\n" in label for label in fitting):
        return fitting, len(fitting)
    return fitting, min(len(fitting), max(1, int(width // wide)))
