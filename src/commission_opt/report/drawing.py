"""A chart of a report before it is drawn, and how it becomes SVG or PNG."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from commission_opt.report.svg import finished
from commission_opt.views.charts import styled

Hover = Mapping[str, Sequence[str]]  # texts of the shapes of an artist, by the artist's gid
Picture = Callable[[Literal["svg", "png"]], tuple[bytes, Hover]]  # a file of a form, and its texts
_METADATA: Mapping[str, dict[str, None]] = {"svg": {"Date": None}, "png": {"Software": None}}


@dataclass(frozen=True)
class Chart:
    """A chart.

    Parameters
    ----------
    name : str
        Of its file, without an ending; also its id in a page.
    title : str
        What it shows.
    summary : str
        What is to be seen, for those who cannot see it.
    picture : callable
        Returns the file, and what is said of each shape under the pointer.
    """

    name: str
    title: str
    summary: str
    picture: Picture

    def svg(self) -> str:
        """Return the chart as an SVG element, the same text each time."""
        content, hover = self.picture("svg")
        return finished(content.decode(), self.name, self.title, self.summary, hover)

    def png(self) -> bytes:
        """Return the chart as a PNG file."""
        return self.picture("png")[0]


def painted(width: float, height: float, paint: Callable[[Any], Hover]) -> Picture:
    """Return a picture of so many inches; ``paint`` draws on a figure of matplotlib."""

    def picture(form: Literal["svg", "png"]) -> tuple[bytes, Hover]:
        from matplotlib.figure import Figure

        with styled():
            figure, file = Figure(figsize=(width, height)), io.BytesIO()
            hover = paint(figure)
            figure.savefig(file, format=form, metadata=_METADATA[form])
        return file.getvalue(), hover

    return picture
