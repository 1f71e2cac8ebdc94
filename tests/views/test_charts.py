"""Texts of users in charts are texts, never formulas."""

from dataclasses import replace
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest

from commission_opt.frontier.chart import draw_curve
from commission_opt.frontier.over import Over
from commission_opt.frontier.view import view_of
from commission_opt.frontier.write import curve_record
from commission_opt.sweep.summary import heat_map, lines, tornado
from commission_opt.views import charts
from small_frontiers import LIMITS, OVERS, traced
from sweep_results import results

pytest.importorskip("matplotlib")

TITLE = "Cost $5 and $6, a_b^c \\\\frac{1}{0"


def texts(file: Path) -> list[str]:
    return ["".join(e.itertext()) for e in ET.parse(file).iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.each(3)
@pytest.mark.parametrize("part", [tornado, heat_map, lines])
def test_dollars_in_titles_and_axes_of_sweeps_are_dollars(part: ModuleType, tmp_path: Path) -> None:
    axes = [("demand*=0.9,1,1.1", TITLE), ("budget*=0.9,1,1.1", "b$x$")]
    found = replace(results("grid", axes, lambda at: at[TITLE] * at["b$x$"]), title=TITLE)
    part.draw(found, tmp_path)
    seen = [text for file in tmp_path.glob("*.svg") for text in texts(file)]
    assert any(TITLE in text for text in seen)
    assert any("b$x$" in text for text in seen)


@pytest.mark.each(3)
@pytest.mark.parametrize("over", OVERS)
def test_dollars_in_the_title_of_a_frontier_are_dollars(over: Over, tmp_path: Path) -> None:
    record = curve_record(traced(over), (), LIMITS, 0.001, "")
    draw_curve(view_of(record | {"title": TITLE}), tmp_path)
    seen = texts(tmp_path / "frontier.svg")
    assert TITLE in seen
    assert not any("mathdefault" in text for text in seen)


def test_a_logarithmic_axis_has_plain_numbers(tmp_path: Path) -> None:
    with charts.chart(tmp_path, "log", 4, 3) as (_, axes):
        axes.set_yscale("log")
        axes.plot([1, 2], [200, 700])
        charts.numbered(axes.yaxis)
    assert not any("$" in text for text in texts(tmp_path / "log.svg"))


def test_what_does_not_show_itself_is_shown_as_escapes_and_warns_of_nothing(tmp_path: Path) -> None:
    hidden = "a\x1b[31m\u202eb\x07 中"
    with charts.chart(tmp_path, "hidden", 4, 3) as (_, axes):
        axes.barh([0, 1], [1, 2], label=hidden)
        axes.set_yticks([0, 1], [hidden, "plain"])
        axes.set_xlabel(hidden)
        axes.legend()
        charts.titled(axes, hidden, "below", "two lines")
    seen = texts(tmp_path / "hidden.svg")
    assert seen.count("a\\x1b[31m\\u202eb\\x07 中") == 4
    assert {"plain", "below", "two lines"} <= set(seen)
