import json
from functools import cache
from pathlib import Path

import pytest

from commission_opt.frontier.curve import Curve
from commission_opt.frontier.over import BUDGET, Over
from commission_opt.frontier.whole import WholePlan, whole_plans
from commission_opt.frontier.write import write_curve
from commission_opt.report.page import render
from commission_opt.report.pages import frontier_page
from commission_opt.views.words import money
from report_pages import HOSTILE, Parsed, frontier_of_hostile
from small_frontiers import CHANGE, LIMITS, POLICY, WORST, traced

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")


@cache
def planned(over: Over, whole: int) -> tuple[WholePlan, ...]:
    return whole_plans(traced(over), POLICY, whole, LIMITS)


def written(over: Over, folder: Path, whole: int = 2) -> tuple[Curve, Path]:
    curve = traced(over)
    plans = planned(over, whole) if whole else ()
    write_curve(curve, plans, LIMITS, 0.001, folder / "f", command="commission-opt <b>frontier</b>")
    return curve, folder / "f"


def headings(page: Parsed) -> list[str]:
    return [e.text for e in page.all("h2")]


def number(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-").removesuffix(" %"))


@pytest.mark.slow
def test_a_frontier_over_budgets_has_every_part(tmp_path: Path) -> None:
    curve, folder = written(BUDGET, tmp_path)
    page = Parsed(render(frontier_page(folder)))
    assert headings(page) == [
        "What it shows", "The curve", "What each £1m more buys", "In whole places",
        "Where it comes from",
    ]  # fmt: skip
    assert len(page.all("svg")) == 2 * 2  # wide, and narrow for a phone
    rows = page.table("Points of the curve")[1:]
    points = curve.points.to_dict("records")
    assert len(rows) == len(points)
    for row, point in zip(rows, points, strict=True):
        assert number(row[0]) == pytest.approx(100 * point["t"], abs=0.005)
        assert number(row[1]) == pytest.approx(point["objective"], abs=0.51)
        assert number(row[5]) == pytest.approx(point["spend"] / 1e6, abs=0.051)
    for row in page.table("What each £1m more spent saves")[1:]:
        after = next(p for p in points if f"{100 * p['t']:.2f} %" == row[1])
        assert number(row[3]) == pytest.approx(after["saved_per_million"], abs=0.51)
    said = [e.text for e in page.all("li") if "ul" in e.parents]
    assert f"{points[0]['objective']:,.0f} weighted FTE-years" in said[0]
    (spent,) = (text for text in said if text.startswith("Budgets say what may be spent"))
    first, last = (
        (money(point["spend"]), f"{100 * point['t']:.2f} %") for point in (points[0], points[-1])
    )
    assert f"{first[0]} is spent at {first[1]} of them and {last[0]} at {last[1]}." in spent
    assert "commission-opt <b>frontier</b>" in page.all("body")[0].text
    plans = page.table("Plans in whole places")[1:]
    assert len(plans) == 2


@pytest.mark.slow
@pytest.mark.parametrize("over", [WORST, CHANGE])
def test_caps_have_no_part_about_money(over: Over, tmp_path: Path) -> None:
    _, folder = written(over, tmp_path, whole=0)
    page = Parsed(render(frontier_page(folder)))
    assert headings(page) == ["What it shows", "The curve", "Where it comes from"]
    assert len(page.all("svg")) == 2  # wide, and narrow for a phone


def test_the_first_little_more_is_told_over_that_little(tmp_path: Path) -> None:
    """Not at the rate of a piece that is shorter than it."""
    curve, folder = written(CHANGE, tmp_path, whole=0)
    first = curve.points["t"].iloc[0]
    saved = curve.frontier.value(first) - curve.frontier.value(first + 1.0)
    said = next(
        e.text for e in Parsed(render(frontier_page(folder))).all("li") if "tight end" in e.text
    )
    told = number(said.split("one more place moved saves ")[1].split(" weighted")[0])
    assert told == pytest.approx(saved, abs=0.51)


@pytest.mark.slow
def test_a_point_without_a_whole_plan_says_why(tmp_path: Path) -> None:
    _, folder = written(BUDGET, tmp_path)
    file = folder / "frontier.json"
    record = json.loads(file.read_text("utf-8"))
    record["whole"][0] |= {
        "status": "infeasible", "reason": "cannot <b>hold</b>\n- all", "objective": None,
        "bound": None, "figures": None,
    }  # fmt: skip
    file.write_text(json.dumps(record), encoding="utf-8")
    page = Parsed(render(frontier_page(folder)))
    row = page.table("Plans in whole places")[1]
    assert row[1:5] == ["–"] * 4
    assert row[5:] == ["there is none", "cannot <b>hold</b> - all"]
    assert any("at 2 points and found at 1" in e.text for e in page.all("li"))


@pytest.mark.slow
def test_texts_of_an_instance_stay_texts(tmp_path: Path) -> None:
    text = render(frontier_page(frontier_of_hostile(tmp_path)))
    page = Parsed(text)
    assert len(page.all("script")) == len(page.all("style")) == 1
    assert not page.all("img")
    assert page.all("h1")[0].text == HOSTILE[0]
    assert "\u202e" not in text
    for svg in page.all("svg"):
        assert "style" not in svg.attributes


@pytest.mark.slow
def test_the_same_frontier_gives_the_same_bytes(tmp_path: Path) -> None:
    _, folder = written(BUDGET, tmp_path)
    assert render(frontier_page(folder)) == render(frontier_page(folder))
