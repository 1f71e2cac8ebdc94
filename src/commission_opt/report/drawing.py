"""Charts as SVG that is the same wherever it is drawn, with what is shown under the pointer."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from xml.etree import ElementTree as ET

from commission_opt.views import words
from commission_opt.views.charts import styled

_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_DIGITS = re.compile(r"-?\d+\.\d{3,}")
_REFERENCE = re.compile(r"url\(#([^)]*)\)")
_FONT = re.compile(r"(?:(bold|[5-9]00) )?([\d.]+)px")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML
_SHAPES = frozenset(_SVG + name for name in ("path", "use", "rect", "circle"))
_KEPT = frozenset(
    {
        "clip-path", "display", "dominant-baseline", "fill", "fill-opacity", "fill-rule",
        "font-size", "font-weight", "opacity", "stroke", "stroke-dasharray", "stroke-dashoffset",
        "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "stroke-width",
        "text-anchor", "visibility",
    }
)  # fmt: skip

Element = ET.Element
Hover = Mapping[str, Sequence[str]]  # texts of the shapes of an artist, by the artist's gid
Form = Literal["svg", "png", "narrow"]  # the last is SVG for a phone
Picture = Callable[[Form], tuple[bytes, Hover]]  # a file of a form, and its texts
WIDE, NARROW = 9.5, 3.7  # inches
_METADATA: Mapping[str, dict[str, None]] = {"svg": {"Date": None}, "png": {"Software": None}}


def finished(
    text: str, name: str, title: str, summary: str, hover: Mapping[str, Sequence[str]]
) -> str:
    """Return the SVG element of a chart.

    Parameters
    ----------
    text : str
        A whole SVG file.
    name : str
        Put before every id, so that no two in a page are alike.
    title, summary : str
        What it shows, and what is to be seen; for screen readers.
    hover : mapping of str to sequence of str
        By id of a group: the text of each of its shapes.

    Returns
    -------
    str
        Without style attributes, so that a page may forbid them, and with two decimals.
    """
    root = ET.fromstring(_FORBIDDEN.sub("\ufffd", text))
    for parent in root.iter():
        for child in [c for c in parent if c.tag in (_SVG + "metadata", _SVG + "style")]:
            parent.remove(child)
    for group in root.iter(_SVG + "g"):
        if group.get("id") in hover:
            _say(group, hover[str(group.get("id"))])
    for element in root.iter():
        _plain(element)
    _rename(root, name)
    _describe(root, name, title, summary)
    return _written(root)


def _say(group: Element, texts: Sequence[str]) -> None:
    """Give each shape of a group its text."""
    defined = {id(shape) for defs in group.iter(_SVG + "defs") for shape in defs.iter()}
    shapes = [e for e in group.iter() if e.tag in _SHAPES and id(e) not in defined]
    for shape, text in zip(shapes, texts, strict=True):
        ET.SubElement(shape, _SVG + "title").text = text


def _plain(element: Element) -> None:
    """Turn styles into attributes, and leave digits out that nobody sees."""
    for part in element.attrib.pop("style", "").split(";"):
        key, _, value = (word.strip() for word in part.partition(":"))
        if key == "font" and (font := _FONT.match(value)):
            element.set("font-size", font[2])
            if font[1]:
                element.set("font-weight", font[1])
        elif key in _KEPT:
            element.set(key, value)
    for key, value in element.attrib.items():
        if key != "id" and not key.endswith("href"):
            element.set(key, _DIGITS.sub(_shorter, value))


def _shorter(number: re.Match[str]) -> str:
    text = f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _rename(root: Element, name: str) -> None:
    """Keep the ids that something refers to, each with the name before it."""
    used = {link[1:] for e in root.iter() if (link := e.get(_LINK, "")).startswith("#")}
    used |= {m[1] for e in root.iter() for v in e.attrib.values() for m in _REFERENCE.finditer(v)}
    for element in root.iter():
        known = element.attrib.pop("id", "")
        if known in used:
            element.set("id", f"{name}-{known}")
        if link := element.attrib.pop(_LINK, ""):
            element.set("href", f"#{name}-{link[1:]}" if link.startswith("#") else link)
        for key, value in element.attrib.items():
            element.set(key, _REFERENCE.sub(rf"url(#{name}-\1)", value))


def _describe(root: Element, name: str, title: str, summary: str) -> None:
    width, height = (str(root.attrib.pop(key)).removesuffix("pt") for key in ("width", "height"))
    box = root.get("viewBox", f"0 0 {width} {height}")
    root.attrib.clear()
    for key, value in {
        "viewBox": box,
        "role": "img",
        "aria-labelledby": f"{name}-title {name}-summary",
        "stroke-linejoin": "round",
        "font-family": "Arial, Helvetica, sans-serif",
    }.items():
        root.set(key, value)
    for place, (tag, text) in enumerate((("title", title), ("desc", summary))):
        element = ET.Element(_SVG + tag, id=f"{name}-{'summary' if tag == 'desc' else tag}")
        element.text = text
        root.insert(place, element)


def _written(root: Element) -> str:
    ET.register_namespace("", _SVG.strip("{}"))
    for element in root.iter():
        if element.tag.startswith(_SVG + "g") and element.text and not element.text.strip():
            element.text = None
        elif element.text:
            element.text = words.clean(element.text)
        if element.tail and not element.tail.strip():
            element.tail = None
    return ET.tostring(root, encoding="unicode")


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
    narrows : bool
        Whether it can be drawn for a phone too.
    """

    name: str
    title: str
    summary: str
    picture: Picture
    narrows: bool = True

    def svg(self) -> str:
        """Return the chart as an SVG element, the same text each time."""
        content, hover = self.picture("svg")
        return finished(content.decode(), self.name, self.title, self.summary, hover)

    def narrow(self) -> str:
        """Return it as an SVG element for a phone, which has no pointer, or nothing."""
        if not self.narrows:
            return ""
        content, _ = self.picture("narrow")
        return finished(content.decode(), f"{self.name}-narrow", self.title, self.summary, {})

    def png(self) -> bytes:
        """Return the chart as a PNG file."""
        return self.picture("png")[0]


def painted(height: Callable[[float], float], paint: Callable[[Any], Hover]) -> Picture:
    """Return a picture that is drawn wide, and narrow for a phone.

    ``height`` is that of a figure so wide, inches; ``paint`` draws on a figure of matplotlib, and
    lays out by its width.
    """

    def picture(form: Form) -> tuple[bytes, Hover]:
        from matplotlib.figure import Figure

        width, kind = (NARROW, "svg") if form == "narrow" else (WIDE, form)
        with styled():
            figure, file = Figure(figsize=(width, height(width))), io.BytesIO()
            hover = paint(figure)
            figure.savefig(file, format=kind, metadata=_METADATA[kind])
        return file.getvalue(), hover

    return picture
