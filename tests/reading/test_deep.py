"""What courses cost, use and can meet, seen across the tables."""

from pathlib import Path

import pytest

from builders import Edit, Tiny, add, all_of, cell, drop
from command_line import Run
from refusals import case, check_accepted, check_refused
from some import some

# What the pipeline of the tiny instance costs and needs, worked out by hand: of those who start,
# completion^((study year − 1) / 3) are still on a course of three years. In 2026 adult-north has
# 35 starters in study year 3 and 38 in year 2, adult-coast 19 in year 2, child-south 15 in year 2
# and gp-south 9 in year 2 of 2.
ADULT_2, ADULT_3 = 0.85 ** (1 / 3), 0.85 ** (2 / 3)
CHILD_2, CHILD_3, GP_2 = 0.9 ** (1 / 3), 0.9 ** (2 / 3), 0.95 ** (1 / 2)
LAND_2026 = 9_000 * (35 * ADULT_3 + 38 * ADULT_2 + 15 * CHILD_2) + 40_000 * 9 * GP_2
TUITION_2026 = LAND_2026 + 9_000 * 19 * ADULT_2
TUITION_2027 = 9_000 * (38 * ADULT_3 + 19 * ADULT_3 + 15 * CHILD_3)
COAST_2027 = 9_000 * 19 * ADULT_3
PLACEMENT_2026 = 2_000 * (35 * ADULT_3 + 57 * ADULT_2 + 15 * CHILD_2 + 9 * GP_2)
NORTH_2026 = 20 * 35 * ADULT_3 + 25 * 38 * ADULT_2  # weeks; 25 in study year 2
NORTH_2027 = 20 * 38 * ADULT_3
MORE_GP = 40_000 * 241 * GP_2  # 250 starters instead of 9


def budget(line: int, amount: float) -> Edit:
    return cell("budgets", line, "amount", f"{amount:.2f}")


def over_budget(line: int, amount: float, spend: float, what: str) -> str:
    return (
        f"budgets.csv row {line}, amount: £{amount:,.0f} is less than the £{spend:,.0f} that "
        f"students already on course cost {what}"
    )


def over_capacity(line: int, weeks: str, need: float, where: str) -> str:
    return (
        f"placements.csv row {line}, capacity: {weeks} weeks are less than the {need:,.6g} that "
        f"students already on course need of 'ward' in {where}"
    )


PIPELINE = [
    case("national budget", budget(2, TUITION_2026 - 10),
        over_budget(2, TUITION_2026 - 10, TUITION_2026, "'tuition' in 2026")),
    case("budget of another fund", budget(8, 0),
        over_budget(8, 0, PLACEMENT_2026, "'placement' in 2026")),
    case("budget of another year", budget(3, TUITION_2027 - 10),
        over_budget(3, TUITION_2027 - 10, TUITION_2027, "'tuition' in 2027")),
    case("parent budget", budget(14, LAND_2026 - 10),
        over_budget(14, LAND_2026 - 10, LAND_2026, "'tuition' in 'land' in 2026")),
    case("leaf budget", budget(15, COAST_2027 - 10),
        over_budget(15, COAST_2027 - 10, COAST_2027, "'tuition' in 'coast' in 2027")),
    case("all three", all_of(budget(2, 1), budget(14, 1), budget(15, 1)),
        over_budget(2, 1, TUITION_2026, "'tuition' in 2026"),
        over_budget(14, 1, LAND_2026, "'tuition' in 'land' in 2026"),
        over_budget(15, 1, COAST_2027, "'tuition' in 'coast' in 2027")),
    case("cohort too large", cell("pipeline", 6, "started", "250"),
        over_budget(2, 9e6, TUITION_2026 + MORE_GP, "'tuition' in 2026"),
        over_budget(14, 8e6, LAND_2026 + MORE_GP, "'tuition' in 'land' in 2026")),
    case("pool in every year", cell("placements", 2, "capacity", "1500"),
        over_capacity(2, "1,500", NORTH_2026, "'north' in 2026")),
    case("pool in one year", cell("placements", 3, "capacity", "600"),
        over_capacity(3, "600", NORTH_2027, "'north' in 2027")),
]  # fmt: skip

COMMITMENTS = [
    case("more than the courses take", cell("commitments", 2, "min_places", "86"),
        "commitments.csv row 2, min_places: 86 places cannot be met: the courses take 85 at "
        "most"),
    case("no such course", cell("commitments", 2, "provider", "uni-b"),
        "commitments.csv row 2, min_places: no course matches the filters, so no course can meet "
        "it"),
]  # fmt: skip

WARNINGS = [
    case("graduates too late", all_of(cell("courses", 2, "duration_years", "6"),
        add("pipeline", *(f"adult-north,{year},0" for year in (2020, 2021, 2022)))),
        "courses.csv row 2, duration_years: the first graduates arrive in 2032, after the "
        "horizon ends in 2031; places on this course buy nothing"),
    case("free course", all_of(drop("costs", 4, 5), drop("budgets", *range(8, 14))),
        "courses.csv row 5: course 'gp-south' costs nothing in any fund"),
    case("costs of nought", all_of(cell("costs", 4, "cost", "0"), cell("costs", 5, "cost", "0"),
        drop("budgets", *range(8, 14))),
        "courses.csv row 5: course 'gp-south' costs nothing in any fund"),
    case("no budget in a year", drop("budgets", 4),
        "budgets.csv, fund: fund 'tuition' has costs but no budget in 2028, so that nothing "
        "limits what it spends then"),
    case("no budget at all", drop("budgets", *range(8, 14)),
        "budgets.csv, fund: fund 'placement' has costs but no budget in any year, so that "
        "nothing limits what it spends then"),
    case("no capacity in some years", cell("placements", 5, "year", "2030"),
        "placements.csv, pool: pool 'ward' is used in 'south' but has no capacity row for 2026, "
        "2027, 2028, 2029, 2031, so that nothing limits its use then"),
    case("no capacity", drop("placements", 5),
        "placements.csv, pool: pool 'ward' is used in 'south' but has no capacity row for any "
        "year, so that nothing limits its use then"),
    case("idle fund", add("budgets", "travel,*,2026,5", "travel,*,2027,5"),
        "budgets.csv row 16, fund: nothing uses this budget: no course or measure costs "
        "fund 'travel'"),
    case("idle region",
        all_of(drop("courses", 3), drop("pipeline", 4, 8, 9), drop("commitments", 3)),
        "budgets.csv row 15, fund: nothing uses this budget: no course or measure costs "
        "fund 'tuition' in 'coast'"),
]  # fmt: skip

FITS = [
    pytest.param(budget(2, TUITION_2026 + 1), id="national budget"),
    pytest.param(
        all_of(*(budget(line, 3_000_000) for line in (2, 4, 5, 6, 7)), budget(3, TUITION_2027 + 1)),
        id="budget of another year",
    ),
    pytest.param(budget(14, LAND_2026 + 1), id="parent budget"),
    pytest.param(budget(15, COAST_2027 + 1), id="leaf budget"),
    pytest.param(cell("placements", 2, "capacity", f"{NORTH_2026 + 0.1}"), id="pool"),
    pytest.param(cell("placements", 3, "capacity", f"{NORTH_2027 + 0.1}"), id="pool in a year"),
    pytest.param(cell("commitments", 2, "min_places", "85"), id="all that the courses take"),
    pytest.param(
        all_of(
            cell("courses", 2, "duration_years", "5"),
            add("pipeline", "adult-north,2021,0", "adult-north,2022,0"),
        ),
        id="graduates in the last year",
    ),
]


@pytest.mark.parametrize(("edit", "errors"), some([*PIPELINE, *COMMITMENTS], 3))
def test_what_cannot_be_kept_is_refused(
    run: Run, tmp_path: Path, edit: Edit, errors: tuple[str, ...]
) -> None:
    check_refused(run, tmp_path, edit, errors)


@pytest.mark.parametrize("edit", some(FITS, 3))
def test_what_just_fits_is_accepted(run: Run, tmp_path: Path, edit: Edit) -> None:
    check_accepted(run, tmp_path, edit)


@pytest.mark.parametrize(("edit", "warnings"), some(WARNINGS, 3))
def test_a_warning_is_given(
    run: Run, tmp_path: Path, edit: Edit, warnings: tuple[str, ...]
) -> None:
    check_accepted(run, tmp_path, edit, warnings)


def test_a_short_horizon_is_warned_of_with_the_model(run: Run, tmp_path: Path) -> None:
    folder = Tiny().write(tmp_path / "tiny")
    (said,) = run("check", folder, "--model", "annual").problems
    assert "'keep-nursing' for 2026–2028 is in force in 2026 only" in said
    assert run("check", folder, "--model", "five-year").problems == [
        "warning: instance.toml, horizon: 5 commissioning years and a course of 3 years reach "
        "beyond the horizon of 6 years: places whose graduates arrive after it buy nothing"
    ]


# What would only follow from a row that was left out for its error must not be said.
LEFT_OUT = [
    case("costs", all_of(cell("costs", 4, "cost", "?"), cell("costs", 5, "cost", "?")),
        # Without them gp-south would cost nothing and nothing would use the placement fund.
        "costs.csv row 4, cost: '?' is not a number",
        "costs.csv row 5, cost: '?' is not a number"),
    case("budget", cell("budgets", 4, "amount", "-1"),  # tuition would have none in 2028
        "budgets.csv row 4, amount: -1 is negative"),
    case("capacity", cell("placements", 5, "capacity", "-1"),  # there would be none in the south
        "placements.csv row 5, capacity: -1 is negative"),
    case("course", cell("courses", 3, "fill_rate", "2"),  # nothing would use the coast's budget
        "courses.csv row 3, fill_rate: 2 is not between 0 and 1"),
    case("longest course", all_of(cell("courses", 5, "duration_years", "2.5"),
        cell("costs", 4, "study_year", "2")),  # would be beyond the course
        "courses.csv row 5, duration_years: 2.5 is not a whole number"),
    case("parent", cell("regions", 2, "weight", "-1"),  # the commitment would match no course
        "regions.csv row 2, weight: -1 is negative"),
]  # fmt: skip


@pytest.mark.each(2)
@pytest.mark.parametrize(("edit", "errors"), LEFT_OUT)
def test_a_row_with_an_error_is_not_missed_elsewhere(
    run: Run, tmp_path: Path, edit: Edit, errors: tuple[str, ...]
) -> None:
    tiny = Tiny()
    edit(tiny)
    answer = run("check", tiny.write(tmp_path / "tiny"))
    assert answer.problems == [f"error: {error}" for error in errors]
