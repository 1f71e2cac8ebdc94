"""Keys of the pace of change: the larger of share and allowance, and courses that stay closed."""

import math

import numpy as np
import pytest

import independent
from breaking import broken
from commission_opt.allocation.algebraic import allocate_algebraically
from commission_opt.allocation.allocate import allocate
from commission_opt.formulation.rules.pace_of_change import ends, rows, words
from handworked import TABLES, hand
from samples import Sample, as_amounts, both, made, model, policy, problem_of, sample, written
from some import some

FREEZE = "{ max_increase = 0, max_decrease = 0, allowance = 0, open_closed = false }"
EITHER = '{ max_increase = 0.25, max_decrease = 0.15, allowance = 5, combine = "larger" }'
SHUT = "{ max_increase = 0.25, max_decrease = 0.15, allowance = 5, open_closed = false }"


def bounds_of_a(numbers: str, pace: str) -> tuple[float, float]:
    """Bounds of course A, whose last intake, capacity, minimum and step are given."""
    instance = hand(courses=TABLES["courses"].replace("20,40,10,5", numbers))
    program = written(instance, model(integer=False, pace=pace)).program
    return float(program.lower[0]), float(program.upper[0])


def uncommitted(professions: int, regions: int, years: int, seed: int) -> Sample:
    """A sample without commitments, which nothing that is frozen need keep."""
    about = made(professions, regions, years, seed)
    return both(about.settings, {k: v for k, v in about.tables.items() if k != "commitments"})


@pytest.mark.slow
def test_the_larger_of_share_and_allowance() -> None:
    # 100 · 0.25 and 100 · 0.15 are more than 5; of 12 the 5 are more; of 24 up by 6, down by 5.
    assert bounds_of_a("100,400,0,1", EITHER) == pytest.approx((85, 125))
    assert bounds_of_a("12,400,0,1", EITHER) == pytest.approx((7, 17))
    assert bounds_of_a("24,400,0,1", EITHER) == pytest.approx((19, 30))
    # The smallest cohort of 10 is more than 20 · 0.25; a closed course opens with it.
    assert bounds_of_a("20,400,10,5", EITHER) == pytest.approx((15, 30))
    assert bounds_of_a("0,400,10,5", EITHER) == pytest.approx((0, 10))


@pytest.mark.slow
def test_a_freeze_leaves_every_course_where_it_is() -> None:
    assert bounds_of_a("20,400,10,5", FREEZE) == pytest.approx((20, 20))
    assert bounds_of_a("0,400,10,5", FREEZE) == (0, 0)
    # What is no admissible number falls to the next that is, or to none.
    assert bounds_of_a("23,400,10,5", FREEZE) == pytest.approx((20, 23))
    assert bounds_of_a("7,400,10,5", FREEZE) == pytest.approx((0, 7))
    assert bounds_of_a("60,42,10,5", FREEZE) == pytest.approx((40, 42))


def test_closed_courses_stay_closed_whatever_the_allowance() -> None:
    assert bounds_of_a("0,400,0,1", SHUT) == (0, 0)
    assert bounds_of_a("20,400,10,5", SHUT) == pytest.approx((12, 30))  # 5 and not the cohort


@pytest.mark.parametrize("pace", [FREEZE, FREEZE.replace("allow", 'combine = "larger", allow')])
def test_a_frozen_plan_repeats_last_year(pace: str) -> None:
    known = uncommitted(3, 2, 3, 1)
    courses = known.instance.courses
    plan = allocate(known.instance, policy(model(3, pace=pace, budgets=False, placements=False,
                                                 cohorts=False)))  # fmt: skip
    last = courses["last_intake"].to_numpy(float)
    stays = (last <= courses["max_intake"]) & (last % courses["cohort_step"] == 0)
    assert stays.sum() >= 3
    assert (plan.places[stays] == last[stays, None]).all()
    assert (plan.places[last == 0] == 0).all()
    assert words(plan.policy) == (
        "no places more than the year before and none fewer; a course without places stays closed"
    )


@pytest.mark.each(2)
@pytest.mark.parametrize("pace", some([FREEZE, EITHER, SHUT], 2), ids=["freeze", "either", "shut"])
@pytest.mark.parametrize("integer", [True, False])
def test_the_independent_model_and_the_readable_one_agree(pace: str, integer: bool) -> None:
    known, text = uncommitted(2, 2, 3, 4), model(3, pace=pace, integer=integer, budgets=False)
    asked = policy(text)
    plan = allocate(known.instance, asked)
    assert plan.certificate.valid
    judge = independent.load_policy(text)
    assert independent.violations(known.case, judge, as_amounts(known.instance, plan.amounts)) == []
    value, _, bound = independent.solve(known.case, judge, 20.0)
    assert plan.certificate.bound <= value + 1e-6 * abs(value)
    assert plan.certificate.objective >= bound - 1e-6 * abs(bound)
    if not integer:
        again = allocate_algebraically(known.instance, asked)
        for found in (value, again.certificate.objective):
            assert plan.certificate.objective == pytest.approx(found, rel=1e-6)


def test_a_course_that_the_plan_closes_does_not_open_again() -> None:
    (up, down, opens) = rows(problem_of(hand(), model(2, pace=SHUT))).rows
    assert (up.name, down.name, opens.name) == ("pace_up", "pace_down", "pace_open")
    assert opens.upper.tolist() == [0, 0, 0]
    text = model(2, budgets=False, pace=SHUT)
    assert broken(text, C=[3, 5]) == broken(text, C=[3, 0]) == {}
    assert broken(model(2, budgets=False), C=[0, 4]) == {}
    assert list(broken(text, C=[0, 4])) == ["pace of change upwards of course 'C' in 2027"]


@pytest.mark.parametrize("pace", [FREEZE, EITHER, SHUT, "false"])
def test_ends_of_a_plan_are_those_that_its_check_keeps(pace: str) -> None:
    known = sample(3, 2, 3, 2)
    problem = problem_of(known.instance, model(3, pace=pace, integer=False))
    rng = np.random.default_rng(5)
    places = rng.uniform(0, 1.3, (len(known.instance.courses), 3))
    places *= known.instance.courses["last_intake"].to_numpy(float)[:, None] + 3
    low, high = ends(problem, places)
    own = independent.load_policy(model(3, pace=pace, integer=False)) if pace != "false" else None
    if own is None:
        assert (low == 0).all()
        assert np.isinf(high).all()
        return
    said = independent.violations(known.case, own, as_amounts(known.instance, places))
    named = {text.split(":")[0] for text, _ in said if text.startswith("pace of change")}
    off = (low - places > 1e-6 * np.maximum(1, low)) | (places - high > 1e-6 * np.maximum(1, high))
    codes, first = known.instance.courses["course"].tolist(), known.instance.first_year
    assert named == {f"pace of change, {codes[c]} {first + k}" for c, k in np.argwhere(off)}
    assert off.any()
    assert not math.isnan(low.sum())


@pytest.mark.parametrize(
    ("pace", "said"),
    [
        ("false", "none"),
        (
            "{ max_increase = 0.25, max_decrease = 0.15, allowance = 5 }",
            "at most 25 % and another 5 places more than the year before and at most 15 % and "
            "another 5 places fewer; upwards, a course's smallest cohort counts in place of the "
            "5 places where that is more",
        ),
        (
            EITHER,
            "at most the larger of 25 % and 5 places more than the year before and at most the "
            "larger of 15 % and 5 places fewer; upwards, a course's smallest cohort counts in "
            "place of the 5 places where that is more; which is the larger is settled for each "
            "course by its last intake",
        ),
        (FREEZE, "no places more than the year before and none fewer; a course without places "
                 "stays closed"),
    ],
)  # fmt: skip
def test_words_say_the_rule_as_it_is(pace: str, said: str) -> None:
    assert words(policy(model(pace=pace))) == said
