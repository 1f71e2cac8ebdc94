"""A chart of a report before it is drawn, and how it becomes SVG or PNG."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from commission_opt.report.svg import finished
from commission_opt.views.charts import STYLE

Hover = Mapping[str, Sequence[str]]  # texts of the shapes of an artist, by the artist's gid


class Chart(Protocol):
    """A chart as a page needs it."""

    @property
    def name(self) -> str:
        """Of its files, without an ending; also its id in a page."""

    @property
    def title(self) -> str:
        """What it shows."""

    @property
    def summary(self) -> str:
        """What is to be seen, for those who cannot see it."""

    def svg(self) -> str:
        """Return the chart as an SVG element."""

    def png(self) -> bytes:
        """Return the chart as a PNG file."""


@dataclass(frozen=True)
class Drawing:
    """A chart.

    Parameters
    ----------
    name : str
        Of its file, without an ending; also its id in a page.
    title : str
        What it shows.
    summary : str
        What is to be seen, for those who cannot see it.
    size : tuple of float
        Width and height, inches.
    paint : callable
        Draws on a figure of matplotlib and returns what is said of each shape under the pointer.
    """

    name: str
    title: str
    summary: str
    size: tuple[float, float]
    paint: Callable[[Any], Hover]

    def svg(self) -> str:
        """Return the chart as an SVG element, the same text each time."""
        with styled():
            figure, hover = self._painted()
            file = io.StringIO()
            figure.savefig(file, format="svg", metadata={"Date": None})
        return finished(file.getvalue(), self.name, self.title, self.summary, hover)

    def png(self) -> bytes:
        """Return the chart as a PNG file."""
        with styled():
            figure, _ = self._painted()
            file = io.BytesIO()
            figure.savefig(file, format="png", metadata={"Software": None})
        return file.getvalue()

    def _painted(self) -> tuple[Any, Hover]:
        from matplotlib.figure import Figure

        figure = Figure(figsize=self.size)
        return figure, self.paint(figure)


@contextmanager
def styled() -> Iterator[None]:
    """Draw in the style of charts, texts as they are, whatever letters they have."""
    from matplotlib import rc_context

    with rc_context(STYLE), warnings.catch_warnings():
        # Browsers have fonts for letters that matplotlib's own font does not know.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield
