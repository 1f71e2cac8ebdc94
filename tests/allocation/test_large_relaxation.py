"""Relaxations too large for the simplex method: what is near enough counts, all else does not.

The programs here are small; the limit from which a program is large is set to nothing.
"""

from dataclasses import replace

import numpy as np
import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.errors import InfeasibleError, StoppedError
from commission_opt.solvers import linear
from commission_opt.solvers.highs import solve_linear
from commission_opt.solvers.linear import Algorithm
from commission_opt.solvers.status import Limits, Result, Status, Watch
from fake_solver import answering
from handworked import COMMITMENTS, hand
from samples import model, policy, sample, written


@pytest.fixture(autouse=True)
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear, "_LARGE", 0)


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> list[Algorithm]:
    """The algorithms that were tried, in order."""
    return answering(monkeypatch, lambda result, _: result)


@pytest.mark.each(2)
@pytest.mark.parametrize("seed", range(4))
def test_whole_places_need_only_a_bound_that_is_near(seed: int, used: list[Algorithm]) -> None:
    formulation = written(sample(6, 3, 2, seed).instance, model(2))
    exact = solve_linear(formulation.program, Limits(), Watch())
    assert exact.x is not None
    best = formulation.program.value(exact.x)
    found = solve_relaxation(formulation, Limits(), Watch())
    assert used[0] is Algorithm.FIRST_ORDER
    assert best * (1 - 1e-2) <= found.bound <= best * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_fractions_are_solved_exactly(seed: int, used: list[Algorithm]) -> None:
    text = model(2, integer=False)
    found = allocate(sample(6, 3, 2, seed).instance, policy(text))
    assert used[0] is Algorithm.INTERIOR_POINT
    assert found.certificate.valid
    assert found.certificate.gap <= 1e-5


@pytest.mark.parametrize("budget", [14900, 9000])
def test_an_impossible_problem_is_proved_by_the_simplex_method(
    budget: int, used: list[Algorithm]
) -> None:
    """The greater budget is too small by less than the first-order method can see."""
    instance = hand(
        budgets=f"fund,region,year,amount\ntuition,*,2026,{budget}\n",
        commitments=COMMITMENTS + "more nurses,nurse,2026,2026,30,,Board,Because\n",
    )
    with pytest.raises(InfeasibleError, match="more nurses"):
        allocate(instance, policy(model()))
    assert used[0] is Algorithm.FIRST_ORDER
    assert used[-1] is Algorithm.SIMPLEX


@pytest.mark.parametrize("wrong", ["duals", "nothing", "no number"])
def test_an_answer_that_proves_little_is_not_taken(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    formulation = written(sample(6, 3, 2, 0).instance, model(2))

    def lie(honest: Result, algorithm: Algorithm) -> Result:
        if algorithm is Algorithm.SIMPLEX:
            return honest
        assert honest.multipliers is not None
        duals = {
            "duals": honest.multipliers * 3.0,
            "nothing": None,
            "no number": np.full_like(honest.multipliers, np.nan),
        }[wrong]
        return replace(honest, multipliers=duals)

    tried = answering(monkeypatch, lie)
    found = solve_relaxation(formulation, Limits(), Watch())
    assert set(tried) == set(Algorithm) - {Algorithm.DUAL}  # which is for fractions
    assert tried[-1] is Algorithm.SIMPLEX
    exact = solve_linear(formulation.program, Limits(), Watch())
    assert exact.x is not None
    assert found.bound == pytest.approx(formulation.program.value(exact.x), rel=1e-9)


def test_a_stop_is_heeded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    formulation = written(sample(4, 3, 2, 0).instance, model(2))
    tried = answering(monkeypatch, lambda *_: Result(Status.STOPPED))
    with pytest.raises(StoppedError):
        solve_relaxation(formulation, Limits(), Watch())
    assert len(tried) == 1
