import numpy as np
import pytest

from commission_opt.formulation.violations import of_line, worst
from handworked import hand


def where(at: tuple[int, ...]) -> str:
    return f"at {at}"


def test_the_worst_is_relative_to_its_limit() -> None:
    found = worst(np.array([[5.0, 20.0], [3.0, 0.0]]), np.array([[10.0, 100.0], [2.0, 1.0]]), where)
    assert (found.size, found.where) == (1.5, "at (1, 0)")


def test_a_limit_below_one_counts_as_one() -> None:
    assert worst(np.array([0.5]), np.array([0.1]), where).size == 0.5
    assert worst(np.array([0.5]), 0.0, where).size == 0.5


def test_a_limit_below_zero_counts_by_its_size() -> None:
    assert worst(np.array([5.0]), np.array([-10.0]), where).size == 0.5


@pytest.mark.parametrize("excess", [[], [0.0], [-3.0, -0.1]])
def test_nothing_is_broken(excess: list[float]) -> None:
    found = worst(np.array(excess), np.ones(len(excess)), where)
    assert (found.size, found.where) == (0, "")


def test_courses_and_years_are_named() -> None:
    assert of_line(hand(), "pace")((1, 2)) == "pace of course 'B' in 2028"
