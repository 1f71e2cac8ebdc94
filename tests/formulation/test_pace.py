import math

import pytest

from commission_opt.formulation.cohorts import cohorts
from commission_opt.formulation.decisions import decisions
from commission_opt.formulation.pace import first_year_bounds, pace_rows
from commission_opt.formulation.parts import PLACES, Part
from commission_opt.policy import PaceOfChange
from handworked import TABLES, hand
from samples import model, policy

PACE = PaceOfChange(max_increase=0.25, max_decrease=0.15, allowance=5)


def bounds_of_a(numbers: str, pace: PaceOfChange | None = PACE) -> tuple[float, float]:
    """Bounds of course A, whose last intake, capacity, minimum and step are given."""
    instance = hand(courses=TABLES["courses"].replace("20,40,10,5", numbers))
    lower, upper = first_year_bounds(instance, pace, cohorts(instance, policy(model())))
    return float(lower[0]), float(upper[0])


def test_first_year() -> None:
    # 20 · 0.85 − 5 = 12; 20 · 1.25 + max(5, 10) = 35.
    assert bounds_of_a("20,40,10,5") == pytest.approx((12, 35))
    # The allowance is more than the smallest cohort: 20 · 1.25 + 5 = 30.
    assert bounds_of_a("20,40,0,1") == pytest.approx((12, 30))


def test_first_year_stays_within_0_and_the_capacity() -> None:
    assert bounds_of_a("4,40,0,1") == pytest.approx((0, 10))  # 4 · 0.85 − 5 is below 0
    assert bounds_of_a("36,40,0,1") == pytest.approx((25.6, 40))


def test_a_closed_course_can_open_at_its_smallest_cohort() -> None:
    assert bounds_of_a("0,40,12,5") == pytest.approx((0, 15))


def test_a_course_above_its_capacity_can_fall_to_its_largest_admissible_number() -> None:
    # 60 · 0.85 − 5 = 46, but 42 is the capacity and 40 the largest multiple of 5 within it.
    assert bounds_of_a("60,42,10,5") == pytest.approx((40, 42))
    # No positive number is admissible: it must be able to close.
    assert bounds_of_a("60,4,0,5") == pytest.approx((0, 4))


def test_without_a_pace_only_the_capacity_binds() -> None:
    assert bounds_of_a("20,40,10,5", None) == (0, 40)


def part(years: int, *, level: bool = False) -> Part:
    instance, chosen = hand(), policy(model(years, level=level))
    return pace_rows(instance, PACE, cohorts(instance, chosen), decisions(instance, chosen))


def test_later_years_are_bound_to_the_year_before() -> None:
    up, down = part(2).rows
    # Columns: A 2026, A 2027, B 2026, B 2027, C 2026, C 2027.
    assert up.coefficients[PLACES].toarray().tolist() == [
        [-1.25, 1, 0, 0, 0, 0],
        [0, 0, -1.25, 1, 0, 0],
        [0, 0, 0, 0, -1.25, 1],
    ]
    assert up.upper.tolist() == [10, 5, 5]  # max(5, smallest cohort)
    assert up.lower.tolist() == [-math.inf] * 3
    assert down.coefficients[PLACES].toarray()[1].tolist() == [0, 0, -0.85, 1, 0, 0]
    assert down.lower.tolist() == [-5, -5, -5]
    assert down.upper.tolist() == [math.inf] * 3


def test_rows_name_course_and_year() -> None:
    up, down = part(3).rows
    assert [up.label(i) for i in range(3)] == [
        "pace of change upwards of course 'A' into 2027",
        "pace of change upwards of course 'A' into 2028",
        "pace of change upwards of course 'B' into 2027",
    ]
    assert down.label(5) == "pace of change downwards of course 'C' into 2028"


def test_no_rows_for_one_year_a_level_intake_or_no_pace() -> None:
    assert part(1) == Part()
    assert part(3, level=True) == Part()
    instance, chosen = hand(), policy(model(3))
    layout = decisions(instance, chosen)
    assert pace_rows(instance, None, cohorts(instance, chosen), layout) == Part()
