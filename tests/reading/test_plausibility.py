"""Figures that are valid and probably not meant are named at a row, once a kind, worst first."""

import json
from pathlib import Path

import pandas as pd
import pytest

from builders import Edit, Tiny, all_of, cell, without
from command_line import Run
from commission_opt.errors import Problem
from commission_opt.files.shipped import find_instance, find_model, model_names
from commission_opt.reading.plausibility.files import doubts_about_model
from commission_opt.reading.plausibility.peers import _medians_of_others, rates_of_courses
from commission_opt.reading.plausibility.saying import number, summed, times
from commission_opt.reading.read import check_instance
from samples import both, made
from some import some


def doubts(tmp_path: Path, *edits: Edit) -> list[Problem]:
    tiny = Tiny()
    for edit in edits:
        edit(tiny)
    reading = check_instance(tiny.write(tmp_path / "tiny"))
    assert reading.instance is not None, [str(p) for p in reading.problems]
    found = [p for p in reading.problems if p.doubtful]
    assert found == list(reading.problems[: len(found)])  # before other warnings
    return found


def all_cells(table: str, column: str, value: str) -> Edit:
    def edit(tiny: Tiny) -> None:
        for row in tiny.tables[table]:
            row[column] = value

    return edit


def scaled(table: str, column: str, factor: float, lines: range | None = None) -> Edit:
    def edit(tiny: Tiny) -> None:
        for line, row in enumerate(tiny.tables[table], start=2):
            if row[column] and (lines is None or line in lines):
                row[column] = f"{float(row[column]) * factor:g}"

    return edit


CASES = {
    "no pipeline": (without("pipeline"), "pipeline.csv", None, "nobody is on course, though 4"),
    "a cohort missing": (
        lambda tiny: tiny.drop("pipeline", 3), "pipeline.csv", 2,
        "course 'adult-north' of 3 years has no cohort of 2025"),
    "a course without cohorts": (
        lambda tiny: tiny.tables.update(pipeline=[
            row for row in tiny.tables["pipeline"] if row["course"] != "gp-south"]),
        "courses.csv", 5, "course 'gp-south' took 10 places last year, but nobody is on it"),
    "a percentage of a post": (
        cell("courses", 2, "fte_per_joiner", "92"), "courses.csv", 2,
        "one joiner would work 92 FTE: if it is a percentage, write 0.92"),
    "a tenth of staff": (
        cell("workforce", 2, "fte", "30"), "workforce.csv", 2,
        "30 FTE in post are a 10th of the 300 FTE needed in 2026 of 'adult' in 'north'"),
    "ten times staff": (
        scaled("workforce", "fte", 10), "workforce.csv", 2,
        "3,000 FTE in post are 10 times the 300 FTE"),
    "a hundredth of a cost": (
        cell("costs", 3, "cost", "90"), "costs.csv", 3, "£90 is a 100th of £9,000, the median of"),
    "below last year": (
        cell("courses", 3, "max_intake", "10"), "courses.csv", 3,
        "10 is below last_intake, 20: is one of them wrong?"),
    "weights of people": (
        lambda tiny: [tiny.cell("regions", n, "weight", w)
                      for n, w in ((3, "500000"), (4, "400000"), (5, "100000"))],
        "regions.csv", 3, "500,000 is large for the weight of 'north'"),
    "another intake": (
        cell("courses", 2, "last_intake", "4"), "courses.csv", 2,
        "4 places with a fill rate of 0.95 do not fit the 38 students of 'adult-north'"),
    "a budget in thousands": (
        scaled("budgets", "amount", 0.001, range(5, 8)), "budgets.csv", 5,
        "£9,000 is a 288th of the £2,589,841 that pay, students"),
    "a digit too many": (
        cell("budgets", 4, "amount", "900000000"), "budgets.csv", 4,
        "£900,000,000 is 100 times £9,000,000, the median of the years of 'tuition'"),
    "nobody trains them": (
        lambda tiny: (
            tiny.drop("courses", 5), tiny.drop("costs", 4), tiny.tables.pop("joiners"),
            tiny.tables.pop("pathways"), tiny.tables.pop("eligible"),
            tiny.tables.update(pipeline=[
                row for row in tiny.tables["pipeline"] if row["course"] != "gp-south"])),
        "professions.csv", 4, "'gp' is needed, but has no course and no joiners"),
    "a rate far off": (
        cell("courses", 3, "completion_rate", "0.085"), "courses.csv", 3,
        "0.085 is far from 0.85, the median of its peers"),
    "a rate of nothing": (
        cell("courses", 3, "join_rate", "0"), "courses.csv", 3, "0: no place on this course"),
    "leavers far off": (
        cell("workforce", 3, "leaver_rate", "0.008"), "workforce.csv", 3,
        "0.008 is far from 0.08, the median of group 'nursing'"),
    "negative staff": (
        cell("joiners", 2, "fte", "-400"), "joiners.csv", 2,
        "-400 FTE take the staff of 'adult' in 'north' below zero: -100 in 2026"),
    "days for weeks": (
        all_of(cell("placement_use", 3, "weeks", "125"),
               all_cells("placements", "capacity", "9e4")),
        "placement_use.csv", 3, "125 weeks in a study year are more than it has"),
    "placements for weeks": (
        cell("placements", 2, "capacity", "60"), "placements.csv", 2, "60 weeks are a "),
    "a floor in per cent": (
        cell("floors", 2, "min_demand_share", "80"), "floors.csv", 2,
        "asks for 8,000 % of the demand for 'nursing': for 80 % write 0.8"),
    "a floor in per cent, divided twice": (
        cell("floors", 2, "min_demand_share", "0.009"), "floors.csv", 2,
        "asks for 0.9 % of the demand for 'nursing': for 90 % write 0.9"),
    "a mix in per cent": (
        cell("floors", 4, "min_mix_share", "65"), "floors.csv", 4,
        "asks for 65 FTE of 'adult' to each of 'child': for 65 % write 0.65"),
    "a floor of several regions in one": (
        cell("floors", 3, "min_fte", "600"), "floors.csv", 3,
        "600 FTE are 6.7 times the 90 needed of 'gp' in 'coast' in 2028"),
    "a ratio in per cent": (
        cell("substitution", 2, "ratio", "50"), "substitution.csv", 2,
        "one FTE of 'child' would do the work of 50 FTE of 'adult': for 50 % write 0.5"),
    "a ratio of next to nothing": (
        cell("substitution", 2, "ratio", "0.02"), "substitution.csv", 2,
        "one FTE of 'child' would do the work of 0.02 FTE of 'adult': is a digit missing?"),
    "pay of an hour": (
        cell("pay", 3, "pay", "10"), "pay.csv", 3,
        "£10 a year for one FTE of 'nursing': is it in £ thousand"),
    "pay of all staff": (
        cell("pay", 3, "pay", "10000000"), "pay.csv", 3,
        "£10,000,000 a year for one FTE of 'nursing': is there a digit too many?"),
}  # fmt: skip


def test_the_tiny_instance_leaves_no_doubt(tmp_path: Path) -> None:
    assert doubts(tmp_path) == []


@pytest.mark.each(3)
@pytest.mark.parametrize("name", some(CASES, 2))
def test_a_doubt_is_named_at_its_row(tmp_path: Path, name: str) -> None:
    edit, file, row, message = CASES[name]
    if name == "placements for weeks":  # which the pipeline alone would break
        edit = all_of(edit, without("pipeline"))
    found = doubts(tmp_path, edit)
    fitting = [p for p in found if (p.file, p.row) == (file, row) and p.message.startswith(message)]
    assert len(fitting) == 1, [str(p) for p in found]
    assert all(p.severity == "warning" for p in found)
    assert len(found) <= 3, [str(p) for p in found]


@pytest.mark.each(3)
@pytest.mark.parametrize("name", ["england-2026", "two-by-two", "dutch-gp-2009"])
def test_the_shipped_instances_leave_few_doubts(name: str) -> None:
    found = [p for p in check_instance(find_instance(name)).problems if p.doubtful]
    expected = {
        "england-2026": [],
        "two-by-two": ["nobody is on course"],
        "dutch-gp-2009": ["course 'gp-base' of 3 years has no cohort of 2008"],
    }
    assert len(found) == len(expected[name])
    assert all(p.message.startswith(e) for p, e in zip(found, expected[name], strict=True))


@pytest.mark.parametrize(
    ("line", "key", "said"),
    [
        ("pace_of_change = { max_increase = 20, max_decrease = 0.1, allowance = 5 }",
         "max_increase", "20 is a share, so a course may grow to 21 times what it took; for 20 %"),
        ("fair_share = { max_deviation = 10, basis = 'demand' }", "max_deviation", "10 is a share"),
    ],
)  # fmt: skip
def test_a_percentage_in_a_model_is_named_by_line(line: str, key: str, said: str) -> None:
    text = f"name = 'm'\ndiscount_rate = 0.035\n[rules]\n{line}\n"
    [found] = doubts_about_model(text.encode(), "m.toml")
    assert (found.file, found.row, found.column, found.severity) == ("m.toml", 4, key, "warning")
    assert found.message.startswith(said)


def test_the_shipped_models_leave_no_doubt() -> None:
    for name in model_names():
        assert list(doubts_about_model(find_model(name).read_bytes(), name)) == []


def test_strict_makes_warnings_errors(run: Run, tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.cell("courses", 2, "fte_per_joiner", "92")
    folder = tiny.write(tmp_path / "tiny")
    assert run("check", folder).code == 0
    strict = run("check", folder, "--strict", "--json")
    assert strict.code == 1
    record = json.loads(strict.out)
    assert not record["valid"]
    assert [p["severity"] for p in record["problems"]] == ["error"]
    assert record["problems"][0]["doubtful"]
    assert run("check", Tiny().write(tmp_path / "sound"), "--strict").code == 0


def test_many_of_a_kind_are_said_once() -> None:
    many = pd.DataFrame({"off": [-abs(row - 7) for row in range(2, 12)]}, index=range(2, 12))
    [said] = summed("costs", "cost", many, many["off"], lambda row: f"row {row.Index}")
    assert (said.row, said.message) == (7, "row 7; the same in rows 2, 3, 4 and 6 more")
    assert list(summed("costs", "cost", many[:0], many["off"][:0], str)) == []
    assert [number(x) for x in (0.25, 94.9, 1_345_000.0, -123_456.7)] == [
        "0.25", "94.9", "1,345,000", "-123,457",
    ]  # fmt: skip
    assert [times(1 / n) for n in (84, 842, 11_000, 110)] == [
        "an 84th of", "an 842nd of", "an 11,000th of", "a 110th of",
    ]  # fmt: skip
    assert [times(x) for x in (0.01, 0.5, 1 / 3, 1 / 11, 2.5, 100)] == [
        "a 100th of", "a 2nd of", "a 3rd of", "an 11th of", "2.5 times", "100 times",
    ]  # fmt: skip


def test_medians_of_others() -> None:
    values = pd.Series([3.0, 1.0, 2.0, 10.0, 2.0])
    expected = [values.drop(i).median() for i in values.index]
    assert list(_medians_of_others(values)) == expected


def test_a_whole_profession_at_a_hundredth_is_far_off() -> None:
    synthetic = made(4, 3, 1, 0)
    courses = synthetic.tables["courses"].copy()
    own = courses["profession"] == courses["profession"].iloc[0]
    assert own.sum() == 3
    for factor, odd in ((1.0, False), (0.7, False), (0.01, True)):
        rates = courses["join_rate"].astype(float)
        changed = courses.assign(join_rate=rates.where(~own, rates * factor))
        instance = both(synthetic.settings, {**synthetic.tables, "courses": changed}).instance
        found = [p for p in rates_of_courses(instance) if p.column == "join_rate"]
        assert bool(found) == odd, factor
        if odd:
            assert "the same in rows" in found[0].message


def test_who_goes_on_to_another_course_need_not_join() -> None:
    synthetic = made(4, 3, 1, 0)
    courses = synthetic.tables["courses"].copy()
    courses["join_rate"] = courses["join_rate"].astype(float).where(courses.index > 0, 0.0)
    feed = {"pool": "p", "course": courses["course"][0], "role": "feeds", "share": 1.0}
    pools = {
        "pathways": pd.DataFrame([feed]),
        "eligible": pd.DataFrame([{"pool": "p", "region": "*", "year": "*", "entrants": 0}]),
    }
    for others, odd in (({}, True), (pools, False)):
        tables = {**synthetic.tables, "courses": courses, **others}
        instance = both(synthetic.settings, tables).instance
        found = [p for p in rates_of_courses(instance) if p.column == "join_rate"]
        assert bool(found) == odd


@pytest.mark.slow
@pytest.mark.parametrize(("cost", "odd"), [(450_000, False), (900_000, True), (90, True)])
def test_doctors_may_cost_fifty_times_what_nurses_do(
    cost: float, odd: bool, tmp_path: Path
) -> None:
    found = doubts(tmp_path, cell("costs", 4, "cost", f"{cost}"), scaled("budgets", "amount", 1000))
    assert [p.row for p in found if p.file == "costs.csv"] == [4] * odd
