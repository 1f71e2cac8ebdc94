"""Relaxations one after the other: what proves itself counts, infeasible or not."""

from dataclasses import replace

import numpy as np
import pytest

from commission_opt.accounts.effects import effects
from commission_opt.allocation.relaxation import HotRelaxations, solve_relaxation
from commission_opt.arrays import Floats
from commission_opt.errors import InfeasibleError
from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.formulation.problem import planning
from commission_opt.instance.instance import Instance
from commission_opt.solvers.linear import Algorithm
from commission_opt.solvers.persistent import PersistentProgram
from commission_opt.solvers.status import Limits, Status, Watch
from fake_solver import answering
from samples import model, policy, sample

LIMITS = Limits(seconds=60.0)
TEXT = model(2, integer=False)


def known() -> Instance:
    return sample(3, 2, 2, 0).instance


def at(scale: float) -> Formulation:
    """The relaxation with all budgets multiplied by a number."""
    instance = known()
    effect = effects(instance)
    spend = replace(effect.spend, upper=scale * effect.spend.upper)
    problem = planning(instance, policy(TEXT), replace(effect, spend=spend), steady=True)
    return formulate(problem, aims(problem)[0])


def solve(hot: HotRelaxations, scale: float) -> float:
    return hot(at(scale), LIMITS, Watch(), 60.0).bound


def reason(hot: HotRelaxations, formulation: Formulation) -> str:
    with pytest.raises(InfeasibleError) as caught:
        hot(formulation, LIMITS, Watch(), 60.0)
    return str(caught.value)


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> list[Algorithm]:
    """The algorithms by which relaxations are solved from nothing, in order."""
    return answering(monkeypatch, lambda result, _: result)


def test_a_proof_from_a_hot_start_is_the_reason_and_the_next_goes_on(cold: list[Algorithm]) -> None:
    hot = HotRelaxations()
    solve(hot, 1.0)
    assert "these cannot all hold together" in reason(hot, at(0.01))
    after = solve(hot, 1.05)
    assert hot.counts == {"cold: first program": 1, "hot (infeasible)": 1, "hot": 1}
    assert not cold
    assert after == pytest.approx(solve_relaxation(at(1.05), LIMITS, Watch()).bound, rel=1e-9)


def test_the_first_program_may_be_infeasible(cold: list[Algorithm]) -> None:
    hot = HotRelaxations()
    assert "these cannot all hold together" in reason(hot, at(0.01))
    solve(hot, 1.0)
    assert hot.counts == {"cold: first program (infeasible)": 1, "hot": 1}
    assert not cold


@pytest.mark.parametrize("ray", ["none", "zero", "wrong"])
def test_what_proves_nothing_is_repeated_cold(
    ray: str, cold: list[Algorithm], monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = PersistentProgram.solve

    def lie(self: PersistentProgram, *words: object) -> object:
        result = honest(self, *words)  # type: ignore[arg-type]
        if result.status != Status.INFEASIBLE:
            return result
        assert result.ray is not None
        told: dict[str, Floats | None] = {
            "none": None,
            "zero": 0.0 * result.ray,
            "wrong": np.roll(result.ray, 7),
        }
        return replace(result, ray=told[ray])

    monkeypatch.setattr(PersistentProgram, "solve", lie)
    hot = HotRelaxations()
    solve(hot, 1.0)
    assert "these cannot all hold together" in reason(hot, at(0.01))
    assert hot.counts == {"cold: first program": 1, "repeated cold": 1}
    assert cold == [Algorithm.SIMPLEX]


def test_a_box_with_nothing_in_it_is_named() -> None:
    formulation = at(1.0)
    upper = formulation.program.upper.copy()
    upper[0] = formulation.program.lower[0] - 1.0
    program = replace(formulation.program, upper=upper)
    hot = HotRelaxations()
    solve(hot, 1.0)
    said = reason(hot, replace(formulation, program=program))
    assert "no admissible number of places" in said
    assert hot.counts == {"cold: first program": 1}
