import math

import numpy as np
import pytest

from breaking import broken
from commission_opt.formulation.rules.capacity import rows
from handworked import hand
from samples import model, problem_of


@pytest.mark.parametrize(("level", "per_course"), [(False, 2), (True, 1)])
def test_the_box_is_from_0_to_the_capacity(level: bool, per_course: int) -> None:
    found = rows(problem_of(hand(), model(2, level=level)))
    assert (found.columns, found.rows) == ((), ())
    assert found.box is not None
    assert found.box[0].tolist() == [0] * 3 * per_course
    assert found.box[1].tolist() == np.repeat([40, 12, 6], per_course).tolist()


def test_capacity() -> None:
    found = broken(model(2, budgets=False), C=[7, 7])
    assert found == pytest.approx({"max_intake of course 'C' in 2026": 1 / 6})


def test_places_below_zero() -> None:
    assert broken(model(2), C=[-1, 3]) == {"places of course 'C' in 2026": 1}


def test_whole_places() -> None:
    found = broken(model(2), C=[3, 2.75])
    fraction = {"whole places of course 'C' in 2027": 0.25}
    assert found == {**fraction, "admissible number of course 'C' in 2027": 0.25}
    assert broken(model(2, integer=False), C=[3, 2.75]) == {}


def test_cohort_minimum() -> None:
    text = model(2, pace="false")
    assert broken(text, A=[20, 20]) == {}
    found = broken(text, A=[5, 20])  # a multiple of 5, but 10 is the least
    assert found == {"admissible number of course 'A' in 2026": 5}
    assert broken(model(2, pace="false", cohorts=False), A=[5, 20]) == {}
    assert broken(model(2, pace="false", integer=False), A=[5, 20]) == {}
    assert broken(text, A=[0, 20]) == {}


def test_cohort_step() -> None:
    found = broken(model(2), A=[20, 17])
    assert found == {"admissible number of course 'A' in 2027": 2}
    steps = model(2, cohorts=False)
    assert broken(steps, A=[20, 17]) == {"admissible number of course 'A' in 2027": 2}


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
@pytest.mark.filterwarnings("ignore:invalid value")
def test_places_must_be_finite_numbers(wrong: float) -> None:
    found = broken(model(2), A=[20, wrong])
    assert found["places that are no finite number"] == math.inf
    assert not any("max_intake" in where for where in found)  # nothing else is said of them here
