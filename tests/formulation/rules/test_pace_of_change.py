import math

import numpy as np
import pytest

from breaking import broken
from commission_opt.formulation.parts import PLACES, Part
from commission_opt.formulation.rules.pace_of_change import rows
from handworked import TABLES, hand
from samples import PACE, model, problem_of, sample, written
from some import some


def bounds_of_a(numbers: str, pace: str = PACE) -> tuple[float, float]:
    """Bounds of course A, whose last intake, capacity, minimum and step are given."""
    instance = hand(courses=TABLES["courses"].replace("20,40,10,5", numbers))
    program = written(instance, model(integer=False, pace=pace)).program
    return float(program.lower[0]), float(program.upper[0])


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
    assert bounds_of_a("20,40,10,5", "false") == (0, 40)


def part(years: int, *, level: bool = False, pace: str = PACE) -> Part:
    return rows(problem_of(hand(), model(years, level=level, pace=pace)))


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


def test_relaxed_later_years_have_no_box() -> None:
    box = rows(problem_of(hand(), model(2, integer=False))).box
    assert box is not None
    assert box[0].reshape(3, 2)[:, 1].tolist() == [0] * 3
    assert box[1].reshape(3, 2)[:, 1].tolist() == [math.inf] * 3


def test_whole_places_carry_their_bounds_into_later_years() -> None:
    box = part(2).box
    assert box is not None
    # A runs with 15 to 35 in steps of 5: 15 · 0.85 − 5 and 35 · 1.25 + 10.
    # B with 2 to 12: below 0, and 12 · 1.25 + 5.
    assert box[0].reshape(3, 2)[:2, 1] == pytest.approx([7.75, 0])
    assert box[1].reshape(3, 2)[:2, 1] == pytest.approx([53.75, 20])


def test_a_course_that_cannot_fall_below_its_smallest_cohort_stays_open() -> None:
    courses = TABLES["courses"].replace("20,40,10,5", "20,40,10,1")
    program = written(hand(courses=courses), model(6)).program
    # 12, then 5.2 at least, so 10, and from 10 it can only fall to 3.5, so 10 again.
    assert program.lower[:6].tolist() == [12, 10, 10, 10, 10, 10]


@pytest.mark.each(2)
@pytest.mark.parametrize("seed", some(range(8), 2))
def test_no_step_that_pace_allows_leaves_the_box(seed: int) -> None:
    known = sample(3, 2, 4, seed)
    found = written(known.instance, model(4))
    program, cohort = found.program, found.problem.cohorts
    rng = np.random.default_rng(seed)
    for course in range(len(cohort.step)):
        own = slice(course * 4, course * 4 + 4)
        low, high = program.lower[own], program.upper[own]
        numbers = np.arange(0.0, cohort.largest[course] + 1, cohort.step[course])
        numbers = numbers[(numbers == 0) | (numbers >= cohort.smallest[course])]
        for _ in range(20):
            now = float(rng.choice(numbers[(numbers >= low[0]) & (numbers <= high[0])]))
            for year in range(1, 4):
                falls, grows = now * 0.85 - 5, now * 1.25 + max(5.0, cohort.smallest[course])
                now = float(rng.choice(numbers[(numbers >= falls) & (numbers <= grows)]))
                assert low[year] <= now <= high[year]


def test_rows_name_course_and_year() -> None:
    up, down = part(3).rows
    assert [up.label(i) for i in range(3)] == [
        "pace of change upwards of course 'A' into 2027",
        "pace of change upwards of course 'A' into 2028",
        "pace of change upwards of course 'B' into 2027",
    ]
    assert down.label(5) == "pace of change downwards of course 'C' into 2028"


def test_no_rows_for_one_year_a_level_intake_or_no_pace() -> None:
    assert part(1).rows == ()
    assert part(3, level=True).rows == ()
    off = part(3, pace="false")
    assert (off.columns, off.rows, off.box) == ((), (), None)


def test_broken_upwards() -> None:
    text = model(2, budgets=False)
    # 20 · 1.25 + max(5, 10) = 35.
    first = broken(text, hand(), A=[40, 40])
    assert first == pytest.approx({"pace of change upwards of course 'A' in 2026": 5 / 35})
    later = broken(text, hand(), A=[20, 40])
    assert later == pytest.approx({"pace of change upwards of course 'A' in 2027": 5 / 35})
    assert broken(model(2, budgets=False, pace="false"), hand(), A=[40, 0]) == {}


def test_broken_downwards() -> None:
    # 20 · 0.85 − 5 = 12.
    text = model(2)
    first = broken(text, hand(), A=[10, 10])
    assert first == pytest.approx({"pace of change downwards of course 'A' in 2026": 2 / 12})
    later = broken(text, hand(), A=[20, 10])
    assert later == pytest.approx({"pace of change downwards of course 'A' in 2027": 2 / 12})


def test_a_course_above_its_capacity_may_fall_to_it_in_the_first_year_only() -> None:
    courses = TABLES["courses"].replace("20,40,10,5", "80,42,10,5")
    text = model(2)
    assert broken(text, hand(courses=courses), A=[40, 30]) == {}
    found = broken(text, hand(courses=courses), A=[35, 35])
    assert found == pytest.approx({"pace of change downwards of course 'A' in 2026": 5 / 40})


def test_in_later_years_a_course_above_its_largest_number_may_not_fall_to_it() -> None:
    # Relaxed, 42 places are in the box; 40 is the largest multiple of 5.
    text = model(2, integer=False, pace="{ max_increase = 0, max_decrease = 0, allowance = 0 }")
    instance = hand(courses=TABLES["courses"].replace("20,40,10,5", "60,42,10,5"))
    assert broken(text, instance, A=[42, 42]) == {}
    found = broken(text, instance, A=[42, 40])
    assert found == pytest.approx({"pace of change downwards of course 'A' in 2027": 2 / 42})
