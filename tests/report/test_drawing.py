from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from commission_opt.report.charts.gap import gap_lines
from commission_opt.report.charts.heat_map import heat_map
from commission_opt.report.charts.panels import post_panels
from commission_opt.report.drawing import Chart, finished
from report_pages import HOSTILE
from some import some

pytest.importorskip("matplotlib")

SVG = "{http://www.w3.org/2000/svg}"
FILE = """<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 width="100pt" height="50pt" viewBox="0 0 100 50" version="1.1">
 <metadata>who made it</metadata>
 <defs><style type="text/css">*{stroke-linejoin: round}</style></defs>
 <g id="shapes" style="fill: #ff0000; mix-blend-mode: multiply">
  <defs><path id="m1" d="M 0 0"/></defs>
  <use xlink:href="#m1" x="1.23456789" y="2"/><use xlink:href="#m1" x="3" y="-0.0001"/></g>
 <g id="other" style="clip-path: url(#p1)">
  <text style="font: bold 12px 'DejaVu Sans'">a\u202eb</text></g>
 <clipPath id="p1"><rect x="0" y="0" width="1" height="1"/></clipPath>
</svg>"""


def _finished(hover: dict[str, list[str]]) -> ET.Element:
    return ET.fromstring(finished(FILE, "c1", "A <title>", "A & summary", hover))


def test_a_chart_is_named_and_its_ids_are_its_own() -> None:
    root = _finished({})
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "c1-title c1-summary"
    assert [e.text for e in root[:2]] == ["A <title>", "A & summary"]
    ids = {e.get("id") for e in root.iter() if e.get("id")}
    assert ids == {"c1-title", "c1-summary", "c1-m1", "c1-p1"}
    assert {e.get("href") for e in root.iter(SVG + "use")} == {"#c1-m1"}
    assert "url(#c1-p1)" in {e.get("clip-path") for e in root.iter()}


def test_styles_become_attributes_and_texts_are_clean() -> None:
    root = _finished({})
    assert not any("style" in (e.tag, *e.attrib) or e.tag == SVG + "style" for e in root.iter())
    assert next(e for e in root.iter() if e.get("fill")).attrib == {"fill": "#ff0000"}
    text = next(root.iter(SVG + "text"))
    assert text.attrib == {"font-size": "12", "font-weight": "bold"}
    assert text.text == "a\ufffdb"
    assert [e.get("x") for e in root.iter(SVG + "use")] == ["1.23", "3"]
    assert [e.get("y") for e in root.iter(SVG + "use")] == ["2", "0"]


def test_each_shape_says_its_text() -> None:
    root = _finished({"shapes": ["<one>", "two"]})
    assert [e[0].text for e in root.iter(SVG + "use")] == ["<one>", "two"]
    with pytest.raises(ValueError, match="argument"):
        _finished({"shapes": ["one"]})


@pytest.mark.each(2)
@pytest.mark.parametrize("text", some([*HOSTILE, "看護 שלום", "a\x01b\x0bc"], 3))
def test_charts_take_any_text(text: str) -> None:
    grid = np.array([[1.0, np.nan], [2.0, 0.0]])
    now = pd.DataFrame(grid, [text, "b"], [text, "d"])
    chart = Chart("c", text, text, heat_map(now, np.ones((2, 2))))
    root = ET.fromstring(chart.svg())
    assert chart.svg() == chart.svg()
    assert not list(root.iter(SVG + "script"))
    texts = [e.text for e in root.iter(SVG + "title")]
    assert len(texts) == 1 + 4
    assert str(texts[2]).endswith("d: no course")
    assert chart.png().startswith(b"\x89PNG")


def test_lines_have_a_text_at_every_year() -> None:
    years = range(2026, 2029)
    chart = Chart(
        "c", "t", "s", gap_lines(years, np.array([1.0, 5.0, 9.0]), np.ones(3), np.zeros(3))
    )
    texts = [e.text for e in ET.fromstring(chart.svg()).iter(SVG + "title")][1:]
    assert texts[0] == "2026/27, without new places: 1 FTE short"
    assert texts[-1] == "2028/29, with the plan: 0 FTE short"
    assert "2026/27, last year repeated: 1 FTE short" in texts
    assert len(texts) == 9


@pytest.mark.parametrize("known", [(1,), (0, 2)])
def test_a_year_without_posts_has_no_dot_and_no_text(known: tuple[int, ...]) -> None:
    years, there = [2026, 2027, 2028], np.isin(np.arange(3), known)
    posts, staff, idle = (np.where(there, v, np.nan) for v in (90.0, 100.0, 10.0))
    text = Chart("posts", "Posts", "", post_panels(years, [("Nursing", posts, staff, idle)])).svg()
    for k, year in enumerate(("2026/27", "2027/28", "2028/29")):
        said = f"Nursing, {year}: 100 FTE of staff, 90 posts, 10 without a post"
        assert text.count(said) == int(k in known)
