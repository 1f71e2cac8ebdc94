import numpy as np
import pytest

import independent
from commission_opt.supply import baseline, survival
from handworked import TABLES, hand
from samples import by_cell, model, sample

NORTH, SOUTH = 0, 1


def test_early_rate_holds_for_the_early_years_then_the_leaver_rate() -> None:
    # North: half leave in each of the first two years, then a tenth a year.
    shares = survival(hand())[0, 0]
    assert shares == pytest.approx([1, 0.5, 0.25, 0.225, 0.2025])


def test_without_an_early_rate_the_leaver_rate_holds_throughout() -> None:
    # South: a fifth leave every year.
    assert survival(hand())[0, 1] == pytest.approx([1, 0.8, 0.64, 0.512, 0.4096])


def test_nobody_leaves_at_rate_zero() -> None:
    assert survival(hand())[1].tolist() == [[1.0] * 5, [1.0] * 5]


@pytest.mark.parametrize(
    ("early_years", "expected"),
    [
        (0, [1, 0.9, 0.81, 0.729, 0.6561]),  # the early rate never holds
        (1, [1, 0.5, 0.45, 0.405, 0.3645]),
        (9, [1, 0.5, 0.25, 0.125, 0.0625]),  # beyond the horizon
    ],
)
def test_early_years(early_years: int, expected: list[float]) -> None:
    workforce = TABLES["workforce"].replace("0.5,2", f"0.5,{early_years}")
    assert survival(hand(workforce=workforce))[0, 0] == pytest.approx(expected)


def test_all_may_leave_at_once() -> None:
    workforce = TABLES["workforce"].replace("0.2,,", "1,,")
    assert survival(hand(workforce=workforce))[0, 1].tolist() == [1, 0, 0, 0, 0]


def test_a_horizon_of_one_year() -> None:
    assert survival(hand(horizon=1)).tolist() == [[[1.0], [1.0]], [[1.0], [1.0]]]


@pytest.mark.parametrize("seed", range(3))
def test_on_generated_instances_it_starts_at_one_and_never_rises(seed: int) -> None:
    instance = sample(4, 3, 2, seed).instance
    shares = survival(instance)
    assert shares.shape == instance.shape
    assert (shares[..., 0] == 1).all()
    assert (np.diff(shares, axis=-1) <= 0).all()
    assert (shares >= 0).all()


def test_staff_in_post_leave_after_the_first_year() -> None:
    base = baseline(hand())
    # 100 nurses in the north less a tenth a year, 50 in the south less a fifth.
    assert base[0, NORTH] == pytest.approx([100, 90, 81, 72.9, 65.61])
    assert base[0, SOUTH] == pytest.approx([50, 40, 32, 25.6, 20.48])
    assert base[1].tolist() == [[0.0] * 5, [10.0] * 5]


def test_joiners_count_at_once_and_then_leave_at_the_leaver_rate() -> None:
    joiners = "profession,region,year,fte\nnurse,south,2026,5\nnurse,south,2028,-3\n"
    added = baseline(hand(joiners=joiners)) - baseline(hand())
    # 5 · 0.8^k from 2026, less 3 · 0.8^k from 2028.
    assert added[0, SOUTH] == pytest.approx([5, 4, 3.2 - 3, 2.56 - 2.4, 2.048 - 1.92])
    assert not np.delete(added.reshape(4, 5), SOUTH, axis=0).any()


def test_pipeline_enters_where_it_goes_and_leaves_at_the_early_rate() -> None:
    # 50 students started course A in 2025 (2 years): no fill rate, so 50 · 0.64 · 0.5 · 0.5 = 8
    # FTE enter in 2027: 4 in the north and 2 in the south.
    added = baseline(hand(pipeline="course,start_year,started\nA,2025,50\n")) - baseline(hand())
    assert added[0, NORTH] == pytest.approx([0, 4, 2, 1, 0.9])  # half, half, then a tenth leave
    assert added[0, SOUTH] == pytest.approx([0, 2, 1.6, 1.28, 1.024])


def test_a_cohort_that_enters_in_the_first_year_counts_and_an_earlier_one_does_not() -> None:
    added = baseline(
        hand(pipeline="course,start_year,started\nB,2025,10\nA,2023,100\n")
    ) - baseline(hand())
    # B (1 year, all stay): 10 · 0.5 = 5 FTE in 2026. A of 2023 entered in 2025: in post already.
    assert added[0, SOUTH] == pytest.approx([5, 4, 3.2, 2.56, 2.048])
    assert added[0, NORTH] == pytest.approx(np.zeros(5))


def test_cohorts_of_one_course_and_of_two_courses_add_up() -> None:
    pipeline = "course,start_year,started\nC,2024,2\nC,2025,3\nB,2025,4\n"
    added = baseline(hand(pipeline=pipeline)) - baseline(hand())
    assert added[1, SOUTH] == pytest.approx([0, 2, 5, 5, 5])  # C takes three years, none leave
    assert added[0, SOUTH] == pytest.approx([2, 1.6, 1.28, 1.024, 0.8192])


def test_a_cohort_that_enters_after_the_horizon_adds_nothing() -> None:
    courses = TABLES["courses"].replace("beta,3,3", "beta,7,3")
    plain = hand(courses=courses)
    later = hand(courses=courses, pipeline="course,start_year,started\nC,2025,9\n")
    assert (baseline(later) == baseline(plain)).all()


@pytest.mark.parametrize("seed", range(6))
def test_agrees_with_the_independent_model(seed: int) -> None:
    known = sample(4, 3, 2, seed)
    policy = independent.load_policy(model(2, continuation="none"))
    expected = independent.simulate(known.case, policy, {}).base_supply
    assert len(known.instance.pipeline)
    assert by_cell(known.instance, baseline(known.instance)) == pytest.approx(expected, rel=1e-12)
