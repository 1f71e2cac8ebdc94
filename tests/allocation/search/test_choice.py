"""One step of every block at once: no row broken, no plan worse, and steps that need each other."""

import numpy as np
import pytest

from commission_opt.allocation.improve import mended
from commission_opt.allocation.search.choice import fill
from commission_opt.allocation.search.rounding import rounded
from commission_opt.allocation.search.state import State
from commission_opt.allocation.search.tabu import Choice, settle
from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram
from commission_opt.solvers.linear import Algorithm, solve_by
from commission_opt.solvers.status import Limits, Result, Watch
from samples import model, sample, task, written
from search_landscape import admissible, laid_out, value, violation


def solved(program: LinearProgram) -> Result:
    return solve_by(Algorithm.SIMPLEX, program, Limits(), Watch(), 60.0)


@pytest.mark.each(2)
@pytest.mark.parametrize("seed", [3, 5, 8, 9])
def test_a_plan_keeps_every_row_and_gets_no_worse(seed: int) -> None:
    formulation = written(sample(4, 3, 2, seed).instance, model(2))
    land, x = laid_out(formulation)
    plan = mended(task(formulation), rounded(land, x))
    assert plan is not None
    state, told = State(land, plan), list[float]()

    def report(state: State) -> bool:
        told.append(state.value)
        return False

    fill(state, solved, report)
    assert state.violation == 0.0
    assert told == sorted(told, reverse=True)
    assert admissible(formulation, state.x)
    assert violation(formulation, state.x) <= 1e-6
    assert value(formulation, state.x) <= value(formulation, plan)
    assert value(formulation, state.x) == pytest.approx(state.value)


def test_a_search_ends_with_the_round_after_which_that_is_asked_for() -> None:
    formulation = written(sample(4, 3, 2, 3).instance, model(2))
    land, x = laid_out(formulation)
    plan = mended(task(formulation), rounded(land, x))
    assert plan is not None
    values, told = list[tuple[float, float]](), list[float]()

    def enough(before: float, value: float) -> bool:
        values.append((before, value))
        return False

    def report(state: State) -> bool:
        told.append(state.value)
        return False

    start = State(land, plan).value
    fill(State(land, plan), solved, report, enough=enough)
    assert values == [(start, told[0])]
    fill(State(land, plan), solved, report)
    assert len(told) > 2  # without being asked it goes on, at least to pairs


def of(block: list[int], gain: list[float], draws: list[list[float]], most: list[float]) -> Choice:
    table = np.array(draws)
    step, row = np.nonzero(table)
    ends = np.array(most)
    return Choice(
        np.array(block), np.array(gain), step, row, table[step, row],
        np.full(len(ends), -np.inf), ends, max(block) + 1,
    )  # fmt: skip


def chosen(choice: Choice, part: Floats | None = None) -> list[int]:
    found = solved(choice.relaxed())
    assert found.x is not None
    assert found.multipliers is not None
    part = found.x if part is None else part
    prices = np.abs(found.multipliers[: len(choice.least)])
    return [int(step) for step in settle(choice, part, prices, 0)[0]]


def test_one_block_makes_room_for_another() -> None:
    pair = of([0, 1], [-2.0, 1.0], [[1.0], [-1.0]], [0.0])
    assert sorted(chosen(pair)) == [0, 1]
    assert sorted(chosen(pair, np.zeros(2))) == [0, 1]


def test_what_costs_more_than_it_makes_room_for_stays() -> None:
    assert chosen(of([0, 1], [-2.0, 3.0], [[1.0], [-1.0]], [0.0])) == []


@pytest.mark.each(4)
@pytest.mark.parametrize("seed", range(8))
def test_a_choice_has_one_step_of_a_block_and_fits(seed: int) -> None:
    rng = np.random.default_rng(seed)
    block = np.repeat(np.arange(6), 5)
    draws = rng.integers(-3, 4, size=(30, 4)).astype(float)
    choice = of(block.tolist(), rng.normal(size=30).tolist(), draws.tolist(), [1.0] * 4)
    some = chosen(choice)
    assert len(set(block[some])) == len(some)
    assert (draws[some].sum(axis=0) <= 1.0 + 1e-9).all()
    alone = [g for g, own in zip(choice.gain, draws, strict=True) if (own <= 1.0).all()]
    assert choice.gain[some].sum() <= min(0.0, *alone)
    assert choice.gain[some].sum() >= solved_value(choice) - 1e-9


def solved_value(choice: Choice) -> float:
    found = solved(choice.relaxed())
    assert found.x is not None
    return float(choice.gain @ found.x)
