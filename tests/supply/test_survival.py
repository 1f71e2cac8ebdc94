import numpy as np
import pytest

from commission_opt.supply import survival
from handworked import TABLES, hand
from samples import sample


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
