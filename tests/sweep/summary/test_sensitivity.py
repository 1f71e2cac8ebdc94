import math
from collections.abc import Mapping

import numpy as np
import pytest

from commission_opt.scenario.axis import Axis, make_axis
from commission_opt.sweep.design import MORRIS, SOBOL, sample
from commission_opt.sweep.summary.sensitivity import Indices, analyse, indices, say, table
from sweep_results import results

pytest.importorskip("SALib")

# Ishigami and Homma's function, whose indices are known: a = 7, b = 0.1.
A, B = 7.0, 0.1
VARIANCE = A**2 / 8 + B * math.pi**4 / 5 + B**2 * math.pi**8 / 18 + 0.5
FIRST = np.array([0.5 * (1 + B * math.pi**4 / 5) ** 2, A**2 / 8, 0.0]) / VARIANCE
THIRD = 8 * B**2 * math.pi**8 / 225 / VARIANCE
TOTAL = FIRST + np.array([THIRD, 0.0, THIRD])


def ishigami(x: np.ndarray) -> np.ndarray:
    value: np.ndarray = (
        np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])
    )
    return value


def axes(low: float = -math.pi, high: float = math.pi) -> tuple[Axis, ...]:
    fields = ("demand", "budget", "cost")
    return tuple(make_axis(field, "+=", (low, high), name=field) for field in fields)


def column(found: Indices, name: str) -> np.ndarray:
    """A column of indices, in the order of the axes."""
    return found.frame.set_index("axis")[name][["demand", "budget", "cost"]].to_numpy()


def test_sobol_indices_of_a_known_function_lie_in_their_intervals() -> None:
    rows = sample(SOBOL, axes(), 2048, 0)
    found = analyse(SOBOL, axes(), rows, ishigami(rows), 0)
    assert found is not None
    assert sorted(found.frame["axis"]) == ["budget", "cost", "demand"]
    assert found.dropped == 0
    for name, known in (("first", FIRST), ("total", TOTAL)):
        half = column(found, f"{name}_conf")
        assert np.all(half < 0.1)
        assert np.all(np.abs(column(found, name) - known) <= 1.5 * half + 0.005)


def test_samples_with_a_failure_are_left_out_whole() -> None:
    rows = sample(SOBOL, axes(), 2048, 0)
    values = ishigami(rows)
    size = len(axes()) + 2
    values[3] = values[size + 1] = values[size + 2] = np.nan
    found = analyse(SOBOL, axes(), rows, values, 0)
    assert found is not None
    assert (found.dropped, found.blocks) == (2, 2048)
    assert np.all(np.abs(column(found, "total") - TOTAL) < 0.1)


def test_too_few_samples_give_no_indices() -> None:
    rows = sample(SOBOL, axes(), 8, 0)
    values = ishigami(rows)
    values[: 5 * 5] = np.nan
    assert analyse(SOBOL, axes(), rows, values, 0) is None


def test_a_measure_that_never_moves_has_no_influence() -> None:
    rows = sample(SOBOL, axes(), 16, 0)
    found = analyse(SOBOL, axes(), rows, np.full(len(rows), 5.0), 0)
    assert found is not None
    assert not column(found, "total").any()


def test_morris_effects_of_a_straight_function_are_its_slopes() -> None:
    low, high = 0.0, 2.0
    rows = sample(MORRIS, axes(low, high), 10, 1)
    values = 3.0 * rows[:, 0] - 5.0 * rows[:, 1]
    found = analyse(MORRIS, axes(low, high), rows, values, 1)
    assert found is not None
    span = high - low
    np.testing.assert_allclose(column(found, "mu_star"), [3 * span, 5 * span, 0], atol=1e-6)
    np.testing.assert_allclose(column(found, "mu"), [3 * span, -5 * span, 0], atol=1e-6)
    np.testing.assert_allclose(column(found, "sigma"), 0, atol=1e-6)


@pytest.mark.parametrize("seed", [0, 7])
@pytest.mark.parametrize(("design", "samples"), [(SOBOL, 16), (MORRIS, 10)])
def test_the_same_seed_gives_the_same_intervals(design: str, samples: int, seed: int) -> None:
    rows = sample(design, axes(), samples, 1)
    one, two = (analyse(design, axes(), rows, ishigami(rows), seed) for _ in range(2))
    assert one is not None
    assert two is not None
    assert one.frame.equals(two.frame)


@pytest.mark.parametrize(("design", "samples"), [(SOBOL, 64), (MORRIS, 10)])
def test_indices_of_a_sweep_find_its_scenarios(design: str, samples: int) -> None:
    def value(at: Mapping[str, float]) -> float:
        if not at:
            return 0.0
        return 10.0 * at["demand"] + at["budgets"] if at["demand"] < 1.19 else math.nan

    swept = results(
        design, [("demand*=0.8:1.2", "demand"), ("budget*=0.8:1.2", "budgets")], value, samples
    )
    found = indices(swept)
    assert found is not None
    assert 0 < found.dropped < found.blocks
    told = table(swept)
    assert told is not None
    assert list(told["axis"]) == ["demand", "budgets"]
    assert "left out" in say(swept)[-1]


def test_other_designs_have_no_indices() -> None:
    swept = results("grid", [("demand*=0.8,1.2", "demand")], lambda _: 1.0)
    assert indices(swept) is None
    assert table(swept) is None
    assert say(swept) == []
