import math
from collections.abc import Iterator

import numpy as np
import pytest

import independent
from commission_opt.effects import effects
from commission_opt.feasibility import violations
from commission_opt.instance.instance import Instance
from commission_opt.outcome import outcome
from handworked import TABLES, hand
from samples import as_places, model, policy, sample, variants

# Two years of the last intake: every rule is kept, and the budget of 2026 is spent in full.
KEPT = {"A": [20.0, 20.0], "B": [8.0, 8.0], "C": [3.0, 3.0]}
LIMITS = {
    # 20 · 500 for A and 8 · 500 for B.
    "budgets": "fund,region,year,amount\ntuition,*,2026,14000\ngrant,south,2028,90000\n",
    "placements": "pool,region,year,capacity\nward,south,2027,80\n",
    "placement_use": "profession,study_year,pool,weeks\nnurse,*,ward,10\n",
    "commitments": "commitment,profession,first_year,last_year,min_places,max_places,owner,reason\n"
    "nurses,nurse,2027,2029,25,30,Board,Because\n",
}


def broken(text: str, instance: Instance | None = None, **changed: list[float]) -> dict[str, float]:
    """What is broken and by how much when some courses take in other numbers."""
    instance = instance or hand(LIMITS)
    places, chosen = np.array(list({**KEPT, **changed}.values())), policy(text)
    result = outcome(instance, chosen, effects(instance), places)
    return {v.where: v.size for v in violations(instance, chosen, result) if v.size > 0}


def test_nothing_is_broken() -> None:
    assert broken(model(2)) == {}
    assert broken(model(2, level=True)) == {}
    assert broken(model(2, integer=False)) == {}


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


def test_pace_of_change_upwards() -> None:
    text = model(2, budgets=False)
    # 20 · 1.25 + max(5, 10) = 35.
    first = broken(text, hand(), A=[40, 40])
    assert first == pytest.approx({"pace of change upwards of course 'A' in 2026": 5 / 35})
    later = broken(text, hand(), A=[20, 40])
    assert later == pytest.approx({"pace of change upwards of course 'A' in 2027": 5 / 35})
    assert broken(model(2, budgets=False, pace="false"), hand(), A=[40, 0]) == {}


def test_pace_of_change_downwards() -> None:
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


def test_level_intake() -> None:
    found = broken(model(2, level=True), hand(), A=[20, 25])
    assert found == pytest.approx({"level intake of course 'A' in 2027": 5 / 20})


def test_commitments() -> None:
    below = broken(model(2), A=[20, 15])  # 15 + 8 < 25
    assert below == pytest.approx({"commitment 'nurses' in 2027": 2 / 25})
    above = broken(model(2), A=[20, 25])  # 25 + 8 > 30
    assert above == pytest.approx({"commitment 'nurses' in 2027": 3 / 30})
    assert broken(model(2), A=[15, 20]) == {}  # no commitment in 2026


def test_budgets_name_their_row() -> None:
    found = broken(model(2), B=[9, 8])
    assert found == pytest.approx({"budgets.csv row 2": 500 / 14_000})
    assert broken(model(2, budgets=False), B=[9, 8]) == {}
    # Three cohorts of C in 2028, the last of them continued: 3 + 4 + 4 students at 10,000.
    found = broken(model(2), C=[3, 4])
    assert found == pytest.approx({"budgets.csv row 3": 20_000 / 90_000})
    assert broken(model(2, continuation="none"), C=[3, 4]) == {}


def test_placements_name_pool_region_and_year() -> None:
    found = broken(model(2), B=[8, 10])
    assert found == pytest.approx({"pool 'ward' in 'south' in 2027": 20 / 80})
    assert broken(model(2, placements=False), B=[8, 10]) == {}


def test_the_pipeline_counts() -> None:
    instance = hand(LIMITS, pipeline="course,start_year,started\nA,2025,1\n")
    # One student in the second year: 0.8 · 3,000.
    assert broken(model(2), instance) == pytest.approx({"budgets.csv row 2": 2400 / 14_000})


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
@pytest.mark.filterwarnings("ignore:invalid value")
def test_places_must_be_finite_numbers(wrong: float) -> None:
    assert broken(model(2), A=[20, wrong]) == {"places that are no finite number": math.inf}


@pytest.mark.parametrize("seed", range(3))
def test_sizes_agree_with_the_independent_model(seed: int) -> None:
    known = sample(4, 3, 2, seed)
    instance, effect = known.instance, effects(known.instance)
    last = instance.courses["last_intake"].to_numpy(float)[:, None]
    rng = np.random.default_rng(seed)
    for text in variants(2, integer=False):
        chosen = policy(text)
        places = last + rng.normal(0, 4, (len(last), 2))
        result = outcome(instance, chosen, effect, places)
        size = max(v.size for v in violations(instance, chosen, result))
        expected = independent.violations(
            known.case, independent.load_policy(text), as_places(instance, places)
        )
        assert expected
        assert size == pytest.approx(max(size for _, size in expected), rel=1e-9)


def test_verdicts_on_whole_places_agree_with_the_independent_model() -> None:
    verdicts = {
        (kept, again) for seed in range(4) for kept, again in verdicts_near_the_last_intake(seed)
    }
    assert verdicts == {(True, True), (False, False)}


def verdicts_near_the_last_intake(seed: int) -> Iterator[tuple[bool, bool]]:
    """Whether both models find that places near the last intake keep every rule."""
    known = sample(3, 2, 2, seed)
    instance, effect = known.instance, effects(known.instance)
    last = instance.courses["last_intake"].to_numpy(float)[:, None]
    step = instance.courses["cohort_step"].to_numpy(float)[:, None]
    rng = np.random.default_rng(seed)
    for text in variants(2, integer=True):
        chosen, again = policy(text), independent.load_policy(text)
        for _ in range(4):
            moves = rng.choice([0.0, 0.0, 0.0, -1.0, 1.0], (len(last), 1))
            unit = step if rng.integers(2) else 1.0
            places = np.repeat(np.round(last / step) * step + moves * unit, 2, axis=1)
            result = outcome(instance, chosen, effect, places)
            kept = all(v.size <= 1e-6 for v in violations(instance, chosen, result))
            found = independent.violations(known.case, again, as_places(instance, places))
            yield kept, not found
