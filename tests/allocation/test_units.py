"""Equal problems in other units have equal answers: places, status and gap."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.allocation.conditioned import conditioned, rounded
from commission_opt.core.linear_program import lagrangian_bound
from commission_opt.solvers.status import Limits
from other_units import UNITS, in_mixed_units, in_units
from samples import few, model, policy, sample, written
from some import some

CONSTANTS = [(1e-6, 1e9), pytest.param((3.0, 123456.789), marks=pytest.mark.slow)]
LIMITS = Limits(seconds=60.0, gap=1e-3)


@cache
def usual_plan(seed: int, text: str) -> Allocation:
    return plan(seed, text)


def plan(seed: int, text: str, unit: str = "", constant: float = 1.0) -> Allocation:
    return allocate(in_units(seed, unit, constant), policy(text), LIMITS)


@pytest.mark.each(4)
@pytest.mark.parametrize("constants", CONSTANTS)
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(("seed", "integer"), some([(0, True), (2, False)], 2))
def test_another_unit_changes_no_place(
    unit: str, seed: int, integer: bool, constants: tuple[float, ...]
) -> None:
    text = model(integer=integer)
    usual = usual_plan(seed, text)
    assert usual.certificate.valid
    for constant in constants:
        other = plan(seed, text, unit, constant)
        assert other.certificate.valid, constant
        assert other.status == usual.status
        assert other.places == pytest.approx(usual.places, abs=0 if integer else 1e-6), constant
        assert other.certificate.gap == pytest.approx(usual.certificate.gap, abs=1e-9)


POWERS = st.floats(-6.0, 6.0)


@pytest.mark.slow
@few
@given(money=POWERS, weights=POWERS, weeks=POWERS, integer=st.booleans())
def test_units_of_several_kinds_change_no_place(
    money: float, weights: float, weeks: float, integer: bool
) -> None:
    text = model(integer=integer, stages=[("shortfall", 0.01), ("cost", 0.0)])
    powers = {"money": money, "weights of regions": weights, "weeks": weeks}
    other = in_mixed_units(1, {unit: 10.0**power for unit, power in powers.items()})
    usual, found = usual_plan(1, text), allocate(other, policy(text), LIMITS)
    assert found.certificate.valid
    assert found.status == usual.status
    assert found.places == pytest.approx(usual.places, abs=0 if integer else 1e-5)


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("unit", "constant"),
    some([("all weights", 1e-6), ("money", 1e-6), ("money", 1e9), ("weights of regions", 1e6)], 4),
)
def test_later_stages_do_not_hang_on_the_unit_either(unit: str, constant: float) -> None:
    text = model(stages=[("shortfall", 0.01), ("cost", 0.0)])
    usual = usual_plan(3, text)
    other = plan(3, text, unit, constant)
    assert other.certificate.valid
    assert other.places.tolist() == usual.places.tolist()
    gaps = [stage.gap for stage in other.certificate.stages]
    assert gaps == pytest.approx([s.gap for s in usual.certificate.stages], abs=1e-9)


def test_the_way_back_gives_the_same_bound() -> None:
    given = written(sample(3, 2, 2, 0).instance, model(2))
    own = conditioned(given)
    y = np.random.default_rng(0).normal(size=len(own.factors))
    y = np.where(
        np.isinf(own.program.row_upper), np.abs(y), y
    )  # an end that never binds is left out
    bound = lagrangian_bound(own.program, y) * own.unit
    assert lagrangian_bound(given.program, own.multipliers(y)) == pytest.approx(bound, rel=1e-8)
    point = given.point(np.full((len(given.problem.instance.courses), 2), 3.0))
    same = own.point(np.full((len(given.problem.instance.courses), 2), 3.0))
    assert own.program.value(same) * own.unit == pytest.approx(given.program.value(point))
    assert np.abs(own.program.matrix.data).max() <= 1.0
    assert np.abs(own.program.cost).max() == 1.0


def test_rounding_takes_away_what_a_change_of_units_leaves() -> None:
    numbers = np.random.default_rng(1).random(1000)
    other = (numbers * 1e7) / (numbers.max() * 1e7)
    assert (rounded(other) == rounded(numbers / numbers.max())).mean() > 0.99
    assert rounded(numbers) == pytest.approx(numbers, rel=2.0**-36)
    assert rounded(np.array([0.0, np.inf, -np.inf, 263.0])).tolist() == [
        0.0,
        np.inf,
        -np.inf,
        263.0,
    ]
