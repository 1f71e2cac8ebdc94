"""Equal problems in other units have equal answers: places, status and gap."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.allocation.conditioned import conditioned, rounded
from commission_opt.allocation.methods import Method
from commission_opt.core.linear_program import lagrangian_bound
from commission_opt.solvers.status import Limits
from other_units import (
    UNITS,
    in_fractions_of_people,
    in_mixed_units,
    in_units,
    with_units_of_each,
)
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
@given(money=POWERS, weights=POWERS, weeks=POWERS, fte=POWERS, integer=st.booleans())
def test_units_of_several_kinds_change_no_place(
    money: float, weights: float, weeks: float, fte: float, integer: bool
) -> None:
    text = model(integer=integer, stages=[("shortfall", 0.01), ("cost", 0.0)])
    powers = {"money": money, "weights of regions": weights, "weeks": weeks, "FTE": fte}
    other = in_mixed_units(1, {unit: 10.0**power for unit, power in powers.items()})
    usual, found = usual_plan(1, text), allocate(other, policy(text), LIMITS)
    assert found.certificate.valid
    assert found.status == usual.status
    assert found.places == pytest.approx(usual.places, abs=0 if integer else 1e-5)


STAGES = (
    [("shortfall", 0.0)],
    [("shortfall", 0.01), ("worst_region", 0.0)],
    [("change", 0.1), ("shortfall", 0.0)],
    [("shortfall", 0.02), ("surplus", 0.01), ("change", 0.0)],
)


def same(found: Allocation, usual: Allocation, size: float = 1.0) -> None:
    """Place for place, and as much proved; in fractions of places within rounding."""
    integer = usual.problem.policy.integer
    assert found.certificate.valid
    assert found.status == usual.status
    assert found.places / size == pytest.approx(usual.places, abs=0 if integer else 1e-5)
    gaps = [stage.gap for stage in found.certificate.stages]
    assert gaps == pytest.approx([s.gap for s in usual.certificate.stages], abs=1e-7)


@pytest.mark.parametrize(
    ("by", "stages", "integer"),
    some([(b, s, i) for b in ("fund", "pool") for s in STAGES for i in (True, False)], 4),
)
def test_each_fund_and_pool_may_have_a_unit_of_its_own(
    by: str, stages: list[tuple[str, float]], integer: bool
) -> None:
    text = model(integer=integer, stages=stages)
    other = with_units_of_each(2, by, (-6.0, 5.0, 0.3))
    same(allocate(other, policy(text), LIMITS), usual_plan(2, text))


@pytest.mark.slow
@few
@given(
    by=st.sampled_from(["fund", "pool"]),
    powers=st.lists(st.floats(-6.0, 6.0), min_size=2, max_size=4),
    stages=st.sampled_from(STAGES),
    integer=st.booleans(),
    seed=st.integers(0, 4),
)
def test_units_of_funds_and_pools_at_random(
    by: str, powers: list[float], stages: list[tuple[str, float]], integer: bool, seed: int
) -> None:
    text = model(integer=integer, stages=stages)
    other = with_units_of_each(seed, by, powers)
    same(allocate(other, policy(text), LIMITS), usual_plan(seed, text))


@pytest.mark.each(2)
@pytest.mark.parametrize("size", some([10, 1000, 10**6], 2))
@pytest.mark.parametrize("stages", some(STAGES, 2))
def test_people_may_be_counted_in_fractions(size: int, stages: list[tuple[str, float]]) -> None:
    other, pace = in_fractions_of_people(2, size, steps=True)
    usual = usual_plan(2, model(stages=stages))
    same(allocate(other, policy(model(stages=stages, pace=pace)), LIMITS), usual, size)


@pytest.mark.parametrize("method", [Method.AUTO, Method.FAST])
def test_cohorts_of_millions_of_steps_are_planned_within_the_work(method: Method) -> None:
    """One step at a time a search would never come to an end, whatever its limits."""
    other, pace = in_fractions_of_people(3, 10**6, steps=False, professions=6, regions=3)
    limits = Limits(seconds=1000.0, gap=1e-3, work=1.0)
    stages = [("shortfall", 0.01), ("surplus", 0.0)]
    found = allocate(other, policy(model(stages=stages, pace=pace)), limits, method=method)
    assert found.certificate.valid
    assert found.work <= 1.2
    assert found.certificate.gap <= 5e-3


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
