from collections.abc import Sequence

import numpy as np
import pytest

from commission_opt.bench.ratios import Floats, interval


def middle(drawn: Sequence[Floats]) -> Floats:
    return np.asarray(np.median(drawn[0], axis=1))


def test_the_interval_holds_the_statistic_and_repeats() -> None:
    sample = np.random.default_rng(1).lognormal(size=30)
    low, high = interval([sample], middle, 0.95)
    assert low <= np.median(sample) <= high
    assert sample.min() <= low < high <= sample.max()
    assert interval([sample], middle, 0.95) == (low, high)


def test_more_confidence_is_wider_and_more_runs_are_narrower() -> None:
    rng = np.random.default_rng(2)
    many, few = rng.normal(size=400), rng.normal(size=10)
    width = {c: np.diff(interval([few], middle, c))[0] for c in (0.5, 0.9, 0.99)}
    assert width[0.5] < width[0.9] < width[0.99]
    assert np.diff(interval([many], middle, 0.9))[0] < width[0.9]


def test_equal_runs_have_an_interval_of_one_point() -> None:
    assert interval([np.full(4, 2.5)], middle, 0.99) == (2.5, 2.5)


def test_samples_are_drawn_on_their_own() -> None:
    def ratio(drawn: Sequence[Floats]) -> Floats:
        assert [side.shape[1] for side in drawn] == [3, 5]
        return np.asarray(drawn[1].mean(axis=1) / drawn[0].mean(axis=1))

    low, high = interval([np.array([1.0, 1.1, 0.9]), np.linspace(1.8, 2.2, 5)], ratio, 0.95)
    assert low < 2.0 < high


def test_coverage_of_the_median() -> None:
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(200):
        low, high = interval([rng.normal(size=21)], middle, 0.9)
        held += low <= 0.0 <= high
    assert held / 200 == pytest.approx(0.9, abs=0.07)
