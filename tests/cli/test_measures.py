"""Commands on a plan that buys units of measures besides places, against the plan's tables."""

import json
import shutil
from pathlib import Path

import pytest

import bought_besides
from command_line import Answer, Run
from commission_opt.files.shipped import find_instance
from commission_opt.plan.read import read_plan
from commission_opt.plan.replay import replay
from plan_tables import PlanTables, total

MODEL = find_instance("two-by-two") / "model.toml"
BEFORE = ("without new places;", "last year's places,", "No new places count", "(whole places)")


@pytest.fixture
def solved(tmp_path: Path, run: Run) -> tuple[Answer, Path]:
    instance = bought_besides.write(tmp_path / "instance")
    return run("solve", instance, "--model", MODEL, "--out", tmp_path / "plan"), tmp_path / "plan"


def test_the_screen_says_what_is_bought_besides_places(solved: tuple[Answer, Path]) -> None:
    ran, folder = solved
    said, plan = " ".join(ran.err.split()), PlanTables(folder)
    units, places = plan.rows("measures"), plan.rows("allocation")
    assert f"{total(places, 'places'):,.0f} places in 2026/27" in said
    assert f"{total(units, 'units'):,.0f} units in 2026/27" in said
    brought = {"abroad": 0.72 * (1 + 0.8 + 0.64), "back": 1 + 0.9 + 0.81 + 0.729}
    cost = {"abroad": 10000, "back": 3000}
    for row, title in zip(units, ("Nurses from abroad", "Return to practice"), strict=True):
        n, code = float(row["units"]), row["measure"]
        line = (
            f"{title} {row['last_amount']} {n:.0f} {float(row['change']):+.0f} "
            f"{n * cost[code] / 1e6:.3f} {n * brought[code]:.0f} {cost[code] / brought[code]:,.0f}"
        )
        assert line in said
    for text in BEFORE:
        assert text not in said
    assert "; of 2 measures, 2 are at the most" in said


def test_many_measures_are_added_up_over_regions(tmp_path: Path, run: Run) -> None:
    rows = [
        f'm{i}-{region},recruit,nurse,{region},"Route {i}, {region}",0,{1 + i / 100},,,,,1,1,,'
        for i in range(21)
        for region in ("north", "south")
    ]
    instance = bought_besides.write(tmp_path / "instance", *rows, costs="m0-north,,*,tuition,10\n")
    ran = run("solve", instance, "--model", MODEL, "--out", tmp_path / "plan")
    said = " ".join(ran.err.split())
    units = PlanTables(tmp_path / "plan").rows("measures")
    both = [row for row in units if row["measure"].startswith("m20-")]
    assert f"Route 20 2 {total(both, 'units'):.0f}" in said
    assert "Route 20, north" not in said
    assert f"all units 42 {total(units, 'units'):.0f}" in said
    assert "places beside them" in said
    assert "Measures that do the same in several regions are added up" in said


def test_years_that_do_not_fit_are_left_out(tmp_path: Path, run: Run) -> None:
    instance = bought_besides.write(tmp_path / "instance")
    model = tmp_path / "four.toml"
    text = MODEL.read_text("utf-8").replace("commissioning_years = 1", "commissioning_years = 4")
    model.write_text(text, "utf-8")
    said = " ".join(
        run("solve", instance, "--model", model, "--out", tmp_path / "plan").err.split()
    )
    heads = said.split("Units bought besides places")[1].split("£m")[0]
    assert heads.split() == ["measure", "last", "year", "2026/27", "2029/30", "change"]
    assert "Years in between: see measures.csv." in said
    units = PlanTables(tmp_path / "plan").rows("measures")
    shown = [f"{float(row['units']):,.0f}" for row in units if row["year"] in ("2026", "2029")]
    assert f"Nurses from abroad 5 {shown[0]} {shown[1]} " in said
    assert f"Return to practice 0 {shown[2]} {shown[3]} " in said


def test_without_measures_nothing_is_said_of_units(tmp_path: Path, run: Run) -> None:
    ran = run("solve", "two-by-two", "--model", MODEL, "--out", tmp_path / "plan")
    assert "unit" not in ran.err
    for text in BEFORE:
        assert text in " ".join(ran.err.split())


def test_a_changed_unit_is_found_and_a_replay_counts_units(
    solved: tuple[Answer, Path], run: Run
) -> None:
    _, folder = solved
    shutil.copytree(folder, changed := folder.parent / "changed")
    path = changed / "measures.csv"
    text = path.read_text("utf-8")
    assert ",2026,60,5,55" in text
    path.write_text(text.replace(",2026,60,5,55", ",2026,55,5,50"), "utf-8")
    found = run("verify", changed)
    assert found.code == 5
    assert "follows from the places and units" in found.err
    assert "measures.csv: was changed" in found.err
    held = run("verify", folder)
    assert held.code == 0
    assert "(whole places and units)" in held.err
    again = run("replay", folder, "--json")
    assert json.loads(again.out)["units_moved"] == 0.0
    assert "every place and unit is as it was" in again.err
    moved = replay(read_plan(changed, judged=False))
    assert (moved.moved, moved.units_moved) == (0.0, 5.0)


def test_a_measure_is_asked_about_like_a_course(solved: tuple[Answer, Path], run: Run) -> None:
    _, folder = solved
    asked = run("explain", folder, "--measure", "abroad", "--format", "json")
    assert asked.code == 0
    (answer,) = json.loads(asked.out)
    (row,) = (r for r in PlanTables(folder).rows("measures") if r["measure"] == "abroad")
    assert answer["title"] == f"Why abroad has {row['units']} units in 2026"
    brought = {each["year"]: each["fte"] for each in answer["tables"]["brings"]}
    expected = {2026 + k: 0.72 * 0.8 ** (k - 1) for k in (1, 2, 3)}
    assert brought == pytest.approx(expected)
    assert sum(each["amount"] for each in answer["tables"]["takes"]) == pytest.approx(10000)
    (ranges,) = json.loads(run("room", folder, "--measure", "abroad", "--format", "json").out)
    assert [each["measure"] for each in ranges["tables"]["measures"]] == ["abroad"]


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--measure", "abroad", "--course", "nurse-north"), "give one of --change, --course, "),
        (("--year", "2026"), "--year goes with --course, --measure or --posts"),
        (("--measure", "abraod"), "there is no measure 'abraod'"),
    ],
)
def test_wrong_questions_about_measures_are_refused(
    solved: tuple[Answer, Path], run: Run, options: tuple[str, ...], message: str
) -> None:
    answer = run("explain", solved[1], *options)
    assert answer.code == 2
    assert message in " ".join(answer.err.split())
