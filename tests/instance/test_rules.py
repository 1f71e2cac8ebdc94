"""Cells that are right by themselves and wrong, or strange, together."""

from pathlib import Path

import pytest

from builders import Edit, Tiny, add, all_of, cell, line_of_demand
from command_line import Run
from refusals import case, check_accepted, check_refused
from some import some

LAST = line_of_demand("child", "north", 2031)  # 125 FTE, after 120 the year before

ERRORS = [
    case("neither limit", cell("commitments", 2, "min_places", ""),
        "commitments.csv row 2, min_places: give min_places, max_places or both"),
    case("limits crossed", cell("commitments", 2, "max_places", "39"),
        "commitments.csv row 2, min_places: 40 is more than max_places, 39"),
    case("years crossed", cell("commitments", 2, "last_year", "2025"),
        "commitments.csv row 2, last_year: 2025 is before first_year, 2026"),
    case("min_cohort above max_intake", cell("courses", 2, "min_cohort", "61"),
        "courses.csv row 2, min_cohort: 61 is more than max_intake, 60; course 'adult-north' "
        "cannot run"),
    case("early rate without years", cell("workforce", 2, "early_years", ""),
        "workforce.csv row 2, early_years: is empty; the early rate needs its years"),
    case("early years without rate", cell("workforce", 2, "early_leaver_rate", ""),
        "workforce.csv row 2, early_leaver_rate: is empty, but early_years is not"),
    case("unreadable early rate", cell("workforce", 2, "early_leaver_rate", "10%"),
        "workforce.csv row 2, early_leaver_rate: '10%' is a percentage; write it as a share, "
        "0.1"),
    case("cohort of the first year", cell("pipeline", 2, "start_year", "2026"),
        "pipeline.csv row 2, start_year: 2026 is not before the first year of the plan, 2026"),
]  # fmt: skip

WARNINGS = [
    case("no cohort fits", all_of(cell("courses", 2, "cohort_step", "40"),
        cell("courses", 2, "min_cohort", "45"), cell("commitments", 2, "min_places", "0")),
        "courses.csv row 2, cohort_step: no multiple of 40 lies between min_cohort, 45, and "
        "max_intake, 60; course 'adult-north' will get no places"),
    case("already entered", all_of(cell("pipeline", 2, "start_year", "2022"),
        add("pipeline", "adult-north,2024,0")),
        "pipeline.csv row 2, start_year: the cohort of 2022 entered in 2025, before 2026; it is "
        "already in the workforce and is ignored"),
    case("demand of another year", add("demand", "gp,coast,2032,115"),
        "demand.csv row 56, year: 2032 is outside the horizon 2026–2031; the row is ignored"),
    case("joiners of other years",
        add("joiners", "gp,coast,2025,1", "gp,coast,2032,1", "gp,north,2033,1"),
        "joiners.csv row 5, year: 2025 is outside the horizon 2026–2031; the row is ignored, "
        "like 2 more outside it"),
    case("budget of another year", add("budgets", "tuition,*,2032,0"),
        "budgets.csv row 16, year: 2032 is outside the horizon 2026–2031; the row is ignored"),
    case("capacity of another year", add("placements", "ward,coast,2025,0"),
        "placements.csv row 6, year: 2025 is outside the horizon 2026–2031; the row is ignored"),
    case("leavers", cell("workforce", 2, "leaver_rate", "0.51"),
        "workforce.csv row 2, leaver_rate: 0.51 is above 0.5: more than half leave each year"),
    case("early leavers", cell("workforce", 2, "early_leaver_rate", "0.51"),
        "workforce.csv row 2, early_leaver_rate: 0.51 is above 0.5: more than half leave each "
        "year"),
    case("demand jumps up", cell("demand", LAST, "fte", "180.1"),
        f"demand.csv row {LAST}, fte: demand jumps from 120 to 180.1 FTE in one year, more than "
        "50 %"),
    case("demand jumps down", cell("demand", LAST, "fte", "59.9"),
        f"demand.csv row {LAST}, fte: demand jumps from 120 to 59.9 FTE in one year, more than "
        "50 %"),
    case("red assumption", cell("assumptions", 2, "quality", "red"),
        "assumptions.csv row 2: 'attrition' is rated red for both quality and impact"),
    case("assumption about no column", cell("assumptions", 2, "column", "rate"),
        "assumptions.csv row 2, column: there is no column 'rate' in a table 'courses'"),
    case("assumption about no table", cell("assumptions", 2, "table", "rates"),
        "assumptions.csv row 2, table: there is no column 'completion_rate' in a table 'rates'"),
]  # fmt: skip

QUIET = [
    pytest.param(lambda _: None, id="the tiny instance itself"),
    pytest.param(cell("courses", 2, "min_cohort", "60"), id="one cohort fills the course"),
    pytest.param(cell("courses", 5, "max_intake", "0"), id="a closed course"),
    pytest.param(
        all_of(
            cell("pipeline", 2, "start_year", "2023"), cell("pipeline", 7, "start_year", "2024")
        ),
        id="enters in the first year",
    ),
    pytest.param(cell("workforce", 2, "leaver_rate", "0.5"), id="half leave"),
    pytest.param(cell("demand", LAST, "fte", "180"), id="half as much again"),
    pytest.param(cell("demand", LAST, "fte", "60"), id="half as much"),
    pytest.param(cell("joiners", 2, "fte", "-6"), id="negative joiners"),
    pytest.param(cell("commitments", 2, "max_places", "40"), id="as many as it must be"),
]


@pytest.mark.parametrize(("edit", "errors"), some(ERRORS, 2))
def test_a_contradiction_is_refused(
    run: Run, tmp_path: Path, edit: Edit, errors: tuple[str, ...]
) -> None:
    check_refused(run, tmp_path, edit, errors)


@pytest.mark.each(2)
@pytest.mark.parametrize(("edit", "warnings"), some(WARNINGS, 2))
def test_a_warning_is_given(
    run: Run, tmp_path: Path, edit: Edit, warnings: tuple[str, ...]
) -> None:
    check_accepted(run, tmp_path, edit, warnings)


@pytest.mark.parametrize("edit", some(QUIET, 3))
def test_nothing_is_said(run: Run, tmp_path: Path, edit: Edit) -> None:
    check_accepted(run, tmp_path, edit)


def test_solving_goes_on_in_spite_of_warnings(run: Run, tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.cell("workforce", 2, "leaver_rate", "0.6")
    answer = run("solve", tiny.write(tmp_path / "tiny"), "--out", tmp_path / "plan")
    assert answer.code == 0
    assert "0 errors, 2 warnings" in answer.err
    assert (tmp_path / "plan" / "plan.json").is_file()
