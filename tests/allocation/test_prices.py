"""Multipliers of an approximate relaxation made the best; small programs counted as large."""

import numpy as np
import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.prices import tightened
from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.core.linear_program import lagrangian_bound
from commission_opt.solvers import linear
from commission_opt.solvers.highs import solve_linear
from commission_opt.solvers.linear import Algorithm
from commission_opt.solvers.status import Limits, Result, Status, Watch
from fake_solver import answering
from samples import model, policy, sample, written


@pytest.fixture(autouse=True)
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear, "_LARGE", 0)


@pytest.mark.each(2)
@pytest.mark.parametrize("seed", range(4))
def test_the_bound_becomes_that_of_the_relaxation(seed: int) -> None:
    formulation = written(sample(6, 3, 2, seed).instance, model(2))
    watch = Watch()
    exact = solve_linear(formulation.program, Limits(), watch)
    assert exact.x is not None
    best = formulation.program.value(exact.x)
    near = solve_relaxation(formulation, Limits(gap=5e-3), watch)
    assert tightened(formulation, near, Limits(gap=1e-3), watch, 60.0) is near
    limits = Limits(gap=9e-4)
    found = tightened(formulation, near, limits, watch, 60.0)
    assert near.bound < best * (1 - 1e-6)
    assert found.bound == pytest.approx(best, rel=1e-7)
    assert found.bound == lagrangian_bound(formulation.program, found.multipliers)
    again = tightened(formulation, found, limits, watch, 60.0)
    assert again is found


@pytest.mark.parametrize("lie", ["nothing", "no prices", "no time"])
def test_what_proves_less_is_not_taken(lie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    formulation = written(sample(6, 3, 2, 0).instance, model(2))
    limits = Limits()
    near = solve_relaxation(formulation, limits, Watch())

    def answer(honest: Result, _: Algorithm) -> Result:
        if lie == "nothing":
            return Result(Status.ERROR)
        assert honest.multipliers is not None
        return Result(Status.OPTIMAL, honest.x, np.zeros_like(honest.multipliers))

    if lie == "no time":
        assert tightened(formulation, near, limits, Watch(), 0.0) is near
        return
    answering(monkeypatch, answer)
    assert tightened(formulation, near, limits, Watch(), 60.0) is near


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_small_gap_is_asked_of_the_best_multipliers(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = answering(monkeypatch, lambda result, _: result)
    instance = sample(6, 3, 2, seed).instance
    for gap, tried in ((1e-2, False), (1e-6, True)):
        used.clear()
        found = allocate(instance, policy(model(2)), Limits(gap=gap, work=3.0))
        assert found.certificate.valid
        assert (Algorithm.INTERIOR_POINT in used) == tried
