"""How charts look, and how they are saved. Needs matplotlib, which is not installed by default."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commission_opt.text.plain import escaped

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito's colours, which people with any kind of colour vision can tell apart.
BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, GREY, INK = "#56B4E9", "#CC79A7", "#8C8C8C", "#222222"
DIVERGING, SEQUENTIAL = "PuOr", "cividis"
ADVICE = "no charts: matplotlib is missing; install it with: pip install 'commission-opt[plots]'"

STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": "#DDDDDD",
    "legend.frameon": False,
    "svg.fonttype": "none",
    "text.parse_math": False,  # a title may hold a dollar sign
    "svg.hashsalt": "commission-opt",
    "savefig.dpi": 150,
}


def available() -> bool:
    """Say whether charts can be drawn."""
    return find_spec("matplotlib") is not None


@contextmanager
def chart(
    folder: Path, name: str, width: float, height: float, rows: int = 1, **more: Any
) -> Iterator[tuple[Figure, Any]]:
    """Give a figure, sized in inches, and its axes; save both as PNG and SVG at the end.

    ``rows`` is the number of panels, one above the other; what is ``more`` is for
    ``Figure.subplots``. A block that fails saves nothing.

    Yields
    ------
    figure, axes
        The axes as an array if there are several rows.
    """
    from matplotlib.figure import Figure

    with styled():
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, figure.subplots(rows, **more)
        _make_seen(figure)
        figure.savefig(folder / f"{name}.png", metadata={"Software": None})
        figure.savefig(folder / f"{name}.svg", metadata={"Date": None})


@contextmanager
def styled() -> Iterator[None]:
    """Draw in the style of charts, whatever letters texts have."""
    from matplotlib import rc_context

    with rc_context(STYLE), warnings.catch_warnings():
        # A page's fonts have letters that matplotlib's own lacks; elsewhere they are boxes.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def _make_seen(figure: Figure) -> None:
    """Show what does not show itself as escapes, in all texts and beside all axes."""
    from matplotlib.text import Text
    from matplotlib.ticker import FuncFormatter

    for text in figure.findobj(Text):
        text.set_text(escaped(text.get_text(), "\n"))
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            old = axis.get_major_formatter()
            if isinstance(old, FuncFormatter):
                axis.set_major_formatter(partial(_seen, old))


def _seen(formatter: Any, x: float, at: int | None) -> str:
    return escaped(formatter(x, at), "\n")


def titled(axes: Any, title: str, *below: str) -> None:
    """Write a title, and smaller lines below it."""
    axes.set_title(title, pad=8 + 12 * len(below))
    text = "\n".join(below)
    axes.text(0, 1.0, text, transform=axes.transAxes, va="bottom", fontsize=10, color=INK)


def beside(axes: Any, text: str, size: float, row: int, *, right: bool) -> None:
    """Write a text at the end of a bar, to its right or to its left."""
    axes.annotate(
        text, (size, row), xytext=(4 if right else -4, 0), textcoords="offset points",
        ha="left" if right else "right", va="center", fontsize=9,
    )  # fmt: skip


def numbered(axis: Any, most: int = 6) -> None:
    """Write numbers of an axis in full, thousands apart, with at most so many steps between."""
    from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

    if not isinstance(axis.get_major_locator(), LogLocator):
        axis.set_major_locator(MaxNLocator(most))
    axis.set_minor_formatter(NullFormatter())
    axis.set_major_formatter(lambda x, _: written(x))


def written(x: float) -> str:
    """Write a number in full, thousands apart."""
    return (f"{x:,.0f}" if abs(x) >= 1000 else f"{x:,.4g}").replace("-", "−")


def shortened(text: str, most: int = 48) -> str:
    """Return a text that fits beside an axis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
