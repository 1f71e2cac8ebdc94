import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import independent
from commission_opt.formulation.cohorts import Cohorts, cohorts, outermost
from handworked import TABLES, hand
from samples import many, model, policy, sample


def of_course_a(maximum: str, least: str, step: str, *, minimum: bool = True) -> list[float]:
    courses = TABLES["courses"].replace("20,40,10,5", f"20,{maximum},{least},{step}")
    found: Cohorts = cohorts(hand(courses=courses), policy(model(cohorts=minimum)))
    return [found.step[0], found.smallest[0], found.largest[0], found.capacity[0]]


@pytest.mark.each(3)
@pytest.mark.parametrize(
    ("maximum", "least", "step", "smallest", "largest"),
    [
        ("40", "10", "5", 10, 40),
        ("42", "10", "5", 10, 40),  # 42 is no multiple of 5
        ("42", "11", "5", 15, 40),  # nor is 11
        ("40", "0", "1", 1, 40),
        ("40", "0", "7", 7, 35),
        ("40", "40", "1", 40, 40),
        ("14", "11", "5", 0, 0),  # no multiple of 5 from 11 to 14: only 0 is admissible
        ("4", "0", "5", 0, 0),
        ("0", "0", "1", 0, 0),
    ],
)
def test_smallest_and_largest_admissible_number(
    maximum: str, least: str, step: str, smallest: float, largest: float
) -> None:
    expected = [float(step), smallest, largest, float(maximum)]
    assert of_course_a(maximum, least, step) == expected


def test_without_minimum_cohorts_the_steps_stay() -> None:
    assert of_course_a("42", "11", "5", minimum=False) == [5, 5, 40, 42]
    assert of_course_a("14", "11", "5", minimum=False) == [5, 5, 10, 14]


@pytest.mark.slow
@pytest.mark.parametrize("minimum", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_the_independent_model(seed: int, minimum: bool) -> None:
    known, text = sample(4, 3, 2, seed), model(2, cohorts=minimum)
    found = cohorts(known.instance, policy(text))
    expected = [
        independent.smallest_and_largest(course, independent.load_policy(text))
        for course in known.case.courses.values()
    ]
    assert list(zip(found.smallest, found.largest, strict=True)) == expected


@many
@given(
    step=st.integers(1, 12),
    first=st.integers(1, 4),
    count=st.integers(1, 8),
    quarters=st.tuples(st.integers(-40, 600), st.integers(0, 600)),
    off=st.sampled_from([0.0, 9e-7, -9e-7]),
)
def test_outermost_are_the_least_and_the_greatest_number_within_bounds(
    step: int, first: int, count: int, quarters: tuple[int, int], off: float
) -> None:
    """Also where rounding errors moved the bounds."""
    every = [0, *(step * k for k in range(first, first + count))]
    lower, upper = quarters[0] / 4, min(quarters[1] / 4, every[-1])
    within = [n for n in every if lower <= n <= upper]
    box = (lower - off, upper + off, float(step), float(step * first))
    least, greatest = (float(a[0]) for a in outermost(*(np.array([end]) for end in box)))
    if within:
        assert (least, greatest) == (within[0], within[-1])
    else:
        assert least > greatest


def test_outermost_of_bounds_without_end() -> None:
    ends = np.array([-np.inf]), np.array([np.inf])
    least, greatest = outermost(*ends, np.array([5.0]), np.array([10.0]))
    assert (least[0], greatest[0]) == (0.0, np.inf)
