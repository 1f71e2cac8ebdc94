"""Tornado, heat map, lines, storylines, courses and failures of sweeps made up by hand."""

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from commission_opt.scenario.scenario import AS_GIVEN
from commission_opt.sweep.summary import courses, failures, heat_map, lines, storylines, tornado
from commission_opt.sweep.summary.results import CoursePlaces, Results
from sweep_results import results, with_storylines

GRID = [("demand*=0.9,1,1.1", "need"), ("budget*=0.8:1.2:0.1", "money"), ("cost*=1,1.5", "cost")]


def value(at: Mapping[str, float]) -> float:
    need, money, cost = (at.get(name, 1.0) for name in ("need", "money", "cost"))
    found = 100.0 * need - 30.0 * money + 2.0 * cost * need
    return math.nan if money < 0.85 and need > 1.05 else found


@pytest.fixture
def grid() -> Results:
    return results("grid", GRID, value)


@pytest.fixture
def single() -> Results:
    return results("one-at-a-time", GRID, value)


@pytest.mark.parametrize("design", ["grid", "one-at-a-time"])
def test_the_widest_bar_stands_first(design: str) -> None:
    swept = results(design, GRID, value)
    found = tornado.bars(swept)
    assert [axis.name for axis in found["axis"]] == ["need", "money", "cost"]
    need, money, cost = found.to_dict("records")
    assert need["changes"] == pytest.approx((-10.2, 10.2))
    assert cost["changes"][0] == 0.0  # its least value changes nothing
    assert money["width"] == pytest.approx(12.0)


def test_every_scenario_of_one_change_is_in_the_table(single: Results) -> None:
    found = tornado.table(single)
    assert found is not None
    assert list(found["axis"]) == ["need"] * 2 + ["money"] * 4 + ["cost"]
    assert list(found["value"][2:6]) == pytest.approx([0.8, 0.9, 1.1, 1.2])
    assert found["change"].iloc[2] == pytest.approx(6.0)


def test_an_end_without_a_plan_is_said() -> None:
    swept = results(
        "one-at-a-time",
        [("demand*=0.9,1.1", "need"), ("budget*=0.5,1.5", "money")],
        lambda at: math.nan if at.get("money") == 0.5 else 10.0 * at.get("need", 1.0),
    )
    assert tornado.say(swept)[1] == "money × 0.5: no plan; money × 1.5: ±0"


def test_without_a_base_case_nothing_is_compared(single: Results) -> None:
    others = single.scenarios["name"] != AS_GIVEN
    alone = replace(single, scenarios=single.scenarios[others], given=single.given[others])
    assert math.isnan(alone.base)
    assert tornado.table(alone) is None
    assert storylines.table(with_storylines(alone, {"a": 1.0})) is None


def test_a_heat_map_holds_the_other_axes(grid: Results) -> None:
    found = heat_map.table(grid)
    assert found is not None
    assert list(found.groupby(["x", "y"], sort=False).size()) == [15, 6, 10]
    first = found[(found["x"] == "need") & (found["y"] == "money")]
    assert set(first["held"]) == {"cost × 1"}
    columns = (first[name].to_numpy(float) for name in ("x_value", "y_value", "objective"))
    for need, money, told in zip(*columns, strict=True):
        assert told == pytest.approx(value({"need": need, "money": money}), nan_ok=True)
    assert first["objective"].isna().sum() == 1
    assert heat_map.say(grid)[0] == "heat_map_1: need × money, 1 of 15 without a plan"


def test_lines_follow_an_axis_within_the_band_of_the_others(grid: Results) -> None:
    found = lines.table(grid)
    assert found is not None
    assert set(found["axis"]) == {"need", "money"}  # cost has two values only
    money = found[found["axis"] == "money"]
    np.testing.assert_allclose(money["objective"], 102.0 - 30.0 * money["value"])
    assert (money["least"] <= money["objective"]).all()
    assert (money["most"] >= money["objective"]).all()
    assert money["least"].iloc[0] == pytest.approx(0.9 * 102 - 24)
    assert lines.say(grid)[1] == "money: 0.8: 78 → 1.2: 66"


@pytest.mark.parametrize("part", [heat_map, lines])
def test_maps_and_lines_are_of_grids(part: object, single: Results) -> None:
    assert part.table(single) is None  # type: ignore[attr-defined]


def test_storylines_are_compared_with_the_base_case(single: Results) -> None:
    told = with_storylines(single, {"gloom": 144.0, "bloom": 36.0, "doom": math.nan})
    assert storylines.say(told) == [
        "gloom: +72 (+100.0 %)",
        "bloom: −36 (−50.0 %)",
        "doom: optimal",
    ]
    found = storylines.table(told)
    assert found is not None
    assert list(found["change"])[:2] == [72.0, -36.0]
    assert found["title"].iloc[0] == "The story of gloom"


def shares() -> CoursePlaces:
    found = CoursePlaces(np.array([10.0, 20.0, 0.0, 30.0]))
    for places in ([10, 25, 10, 30], [10, 20, 10, 10], [10, 0, 0, 20], [10, 15, 0, 20]):
        found.add(np.array(places, dtype=float))
    return found


def test_the_most_fragile_course_stands_first(grid: Results) -> None:
    found = courses.table(replace(grid, places=shares()))
    assert found is not None
    codes = list(grid.instance.courses["course"])
    assert list(found["course"]) == [codes[k] for k in (1, 3, 2, 0)]
    np.testing.assert_allclose(found[["more", "same", "less", "none"]].sum(axis=1), 1.0)
    said = courses.say(replace(grid, places=shares()))
    assert said[1] == "1 of 4 courses keeps its places in 95 % of them, 1 in all"
    assert said[2].startswith("1 loses all its places in some; 1 gains")


def test_reasons_that_differ_in_numbers_are_one(grid: Results) -> None:
    found = failures.table(grid)
    assert found is not None
    assert len(found) == 1
    assert found["scenarios"].iloc[0] == 2
    assert found["reason"].iloc[0] == "no plan within … of the budget"
    assert found["share"].iloc[0] == pytest.approx(2 / 30)
    assert failures.plain("courses.csv row 7:\n 1.5e-3 and 2028") == "courses.csv row 7: … and 2028"


@pytest.mark.slow
@pytest.mark.parametrize("part", [tornado, heat_map, lines, storylines, courses])
def test_charts_are_drawn(part: object, grid: Results, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    full = with_storylines(replace(grid, places=shares()), {"gloom": 144.0, "bloom": 36.0})
    part.draw(full, tmp_path)  # type: ignore[attr-defined]
    files = sorted(path.suffix for path in tmp_path.iterdir())
    assert files == [".png"] * (len(files) // 2) + [".svg"] * (len(files) // 2)
    assert len(files) == (6 if part is heat_map else 2)
    assert all(path.stat().st_size > 1000 for path in tmp_path.iterdir())


def test_charts_are_the_same_each_time(grid: Results, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        tornado.draw(grid, tmp_path / name)
    for suffix in ("png", "svg"):
        one, two = ((tmp_path / n / f"tornado.{suffix}").read_bytes() for n in ("a", "b"))
        assert one == two
