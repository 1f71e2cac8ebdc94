"""Relaxations too large for the simplex method: what is near enough counts, all else does not.

The programs here are small; the limit from which a program is large is set to nothing.
"""

from dataclasses import replace

import numpy as np
import pytest

from commission_opt.allocation import relaxation as module
from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.errors import InfeasibleError, StoppedError
from commission_opt.linear_program import LinearProgram
from commission_opt.solvers.highs import Algorithm, solve_linear
from commission_opt.solvers.status import Limits, Result, Status, Watch
from handworked import hand
from samples import model, policy, sample, written

COMMITMENTS = "commitment,profession,first_year,last_year,min_places,max_places,owner,reason\n"


@pytest.fixture(autouse=True)
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SMALL", 0)


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> list[Algorithm]:
    """The algorithms that were tried, in order."""
    tried: list[Algorithm] = []

    def solve(
        program: LinearProgram,
        limits: Limits,
        watch: Watch,
        *,
        seconds: float | None,
        algorithm: Algorithm,
    ) -> Result:
        tried.append(algorithm)
        return solve_linear(program, limits, watch, seconds=seconds, algorithm=algorithm)

    monkeypatch.setattr(module, "solve_linear", solve)
    return tried


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


def test_an_impossible_problem_is_proved_by_the_simplex_method(used: list[Algorithm]) -> None:
    instance = hand(
        budgets="fund,region,year,amount\ntuition,*,2026,14900\n",
        commitments=COMMITMENTS + "more nurses,nurse,2026,2026,30,,Board,Because\n",
    )
    with pytest.raises(InfeasibleError, match="more nurses"):
        solve_relaxation(written(instance, model()), Limits(), Watch())
    assert used[-1] is Algorithm.SIMPLEX


@pytest.mark.parametrize("wrong", ["duals", "nothing", "no number"])
def test_an_answer_that_proves_little_is_not_taken(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    formulation = written(sample(6, 3, 2, 0).instance, model(2))
    tried: list[Algorithm] = []

    def liar(
        program: LinearProgram,
        limits: Limits,
        watch: Watch,
        *,
        seconds: float | None,
        algorithm: Algorithm,
    ) -> Result:
        tried.append(algorithm)
        honest = solve_linear(program, limits, watch, seconds=seconds)
        if algorithm is Algorithm.SIMPLEX:
            return honest
        assert honest.multipliers is not None
        duals = {
            "duals": honest.multipliers * 3.0,
            "nothing": None,
            "no number": np.full_like(honest.multipliers, np.nan),
        }[wrong]
        return replace(honest, multipliers=duals)

    monkeypatch.setattr(module, "solve_linear", liar)
    found = solve_relaxation(formulation, Limits(), Watch())
    assert set(tried) == set(Algorithm)
    assert tried[-1] is Algorithm.SIMPLEX
    exact = solve_linear(formulation.program, Limits(), Watch())
    assert exact.x is not None
    assert found.bound == pytest.approx(formulation.program.value(exact.x), rel=1e-9)


def test_a_stop_is_heeded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    formulation = written(sample(4, 3, 2, 0).instance, model(2))
    tried: list[object] = []

    def stopped(*_: object, **options: object) -> Result:
        tried.append(options["algorithm"])
        return Result(Status.STOPPED)

    monkeypatch.setattr(module, "solve_linear", stopped)
    with pytest.raises(StoppedError):
        solve_relaxation(formulation, Limits(), Watch())
    assert len(tried) == 1
