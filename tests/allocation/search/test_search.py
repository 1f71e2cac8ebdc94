"""The search as a whole: feasible, better step by step, and the same every time."""

from collections.abc import Iterator

import numpy as np
import pytest

from commission_opt.allocation.improve import broken, improved, mended
from commission_opt.allocation.methods import METHODS, Method, branch_and_bound, searched
from commission_opt.allocation.search.chains import ChainSize, within
from commission_opt.allocation.search.landscape import landscape
from commission_opt.allocation.search.rounding import rounded
from commission_opt.allocation.search.search import search, sweep
from commission_opt.allocation.search.state import State
from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram
from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.solvers.linear import Algorithm, solve_by
from commission_opt.solvers.status import Limits, Result, Status, Watch
from samples import model, problem_of, sample, task, written
from search_landscape import admissible, laid_out, numbers, stage, value, violation
from some import diagonal, some

SEEDS = some(range(12), 6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", some(SEEDS, 2))
@pytest.mark.parametrize("years", [1, 3])
def test_no_change_of_one_number_makes_its_plan_better(years: int, seed: int) -> None:
    formulation = stage(years, seed=seed)
    job = task(formulation)
    x = searched(job)
    assert x is not None
    assert admissible(formulation, x)
    assert violation(formulation, x) <= 1e-6
    found = value(formulation, x)
    assert job.relaxation.bound <= found + 1e-9
    for other in changed(formulation, x):
        if violation(formulation, other) <= 1e-7:
            assert value(formulation, other) >= found * (1 - 1e-6)


def changed(formulation: Formulation, x: Floats) -> Iterator[Floats]:
    """The places with one decision at any other admissible number."""
    for column, every in enumerate(numbers(formulation)):
        for number in every:
            if number != x[column]:
                other = x.copy()
                other[column] = number
                yield other


@pytest.mark.each(2)
@pytest.mark.parametrize("seed", some(range(12), 4))
def test_its_plan_is_less_than_half_a_cohort_step_from_the_best(seed: int) -> None:
    formulation = stage(1, seed=seed)
    x = searched(task(formulation))
    result, best = branch_and_bound(task(formulation, gap=0.0))
    assert x is not None
    assert best is not None
    assert result.status is Status.OPTIMAL
    found, least = value(formulation, x), value(formulation, best)
    # In so small a problem the dearest step is worth one or two per cent of the objective.
    step = max(
        abs(value(formulation, other) - found)
        for other in changed(formulation, x)
        if (np.abs(other - x) <= formulation.step).all()
    )
    assert least * (1 - 1e-9) <= found < least + step / 2


def test_what_it_does_is_the_same_every_time() -> None:
    formulation = stage(2, seed=1)
    one, two = searched(task(formulation)), searched(task(formulation))
    assert one is not None
    assert two is not None
    assert (one == two).all()


def test_it_never_gets_worse() -> None:
    formulation = stage(3, seed=2)
    land, x = laid_out(formulation)
    values: list[float] = []

    def report(state: State) -> bool:
        if state.violation == 0.0:
            values.append(state.value)
        return False

    def repair(_: np.ndarray) -> None:
        return None

    final = search(land, x, report, repair)
    assert min(values) == pytest.approx(final.value, rel=1e-3)
    assert final.value < values[0]


def test_a_sweep_refills_what_rounding_took() -> None:
    formulation = stage(1)
    land, x = laid_out(formulation)
    state = State(land, rounded(land, x))
    start = state.value
    assert sweep(state, 1.0, 1e-6) > 0
    assert state.value < start


def test_what_sweeps_leave_broken_is_left_to_chains_before_it_is_repaired() -> None:
    land, x = laid_out(written(sample(4, 3, 2, 5).instance, model(2)))
    state = State(land, rounded(land, x))
    for _ in range(3):
        sweep(state, 1.0, 1e-6)
    assert state.violation > 0.0
    asked: list[Floats] = []
    final = search(land, x, lambda _: False, asked.append)
    assert final.violation == 0.0
    assert not asked


def test_where_it_must_be_prompt_it_is_repaired_first() -> None:
    formulation = written(sample(4, 3, 2, 5).instance, model(2))
    land, x = laid_out(formulation)
    told: list[float] = []

    def repair(x: Floats) -> Floats | None:
        assert not told
        return mended(task(formulation), x)

    def report(state: State) -> bool:
        told.extend([state.value] * (state.violation == 0.0))
        return False

    def solve(program: LinearProgram) -> Result:
        return solve_by(Algorithm.SIMPLEX, program, Limits(), Watch(), 60.0)

    final = search(land, x, report, repair, solve=solve)
    assert final.violation == 0.0
    assert told[0] >= told[-1] >= final.value


def test_rows_are_followed_again_only_for_what_is_worth_it() -> None:
    land, x = laid_out(stage(3))
    asked: list[int] = []
    for enough in (0.0, 1.0):
        calls: list[State] = []

        def report(state: State, calls: list[State] = calls) -> bool:
            calls.append(state)
            return False

        search(land, x, report, lambda _: None, (1.0,), enough)
        asked.append(len(calls))
    assert asked[1] < asked[0]


def test_what_chains_leave_broken_is_repaired() -> None:
    formulation = written(sample(5, 5, 1, 30).instance, model(1))
    land, x = laid_out(formulation)
    assert search(land, x, lambda _: False, lambda _: None).violation > 0.0
    found = searched(task(formulation))
    assert found is not None
    assert violation(formulation, found) <= 1e-6


@pytest.mark.slow
def test_a_chain_within_a_block_finds_what_single_steps_cannot() -> None:
    gains = 0
    for seed in range(6):
        land, x = laid_out(stage(2, seed=seed))
        state = State(land, rounded(land, x))
        while sweep(state, 0.0, 1e-9):
            pass
        for block in range(len(land.steps.blocks)):
            before = state.value
            if within(state, block, 0.0, ChainSize(width=24, depth=4), 1e-9):
                gains += 1
                assert state.value < before
    assert gains > 0


def test_it_stops_when_told_to() -> None:
    land, x = laid_out(stage(2))
    calls = 0

    def stop(_: State) -> bool:
        nonlocal calls
        calls += 1
        return True

    search(land, x, stop, lambda _: None)
    assert calls <= 3


def test_only_sums_of_hinges_are_searched() -> None:
    problem = problem_of(sample(4, 3, 2, 0).instance, model(2, stages=(("worst_region", 0.0),)))
    (worst,) = aims(problem)
    assert landscape(formulate(problem, worst), np.zeros(10_000)) is None


@pytest.mark.each(2)
@pytest.mark.parametrize("seed", some(range(4), 2))
def test_broken_rows_are_mended(seed: int) -> None:
    formulation = stage(2, seed=seed)
    job = task(formulation)
    x = searched(job)
    assert x is not None
    assert not len(broken(formulation, x))
    # Raise one course as far as it goes, again and again, until something breaks.
    rng = np.random.default_rng(seed)
    n = len(x)
    top = formulation.program.upper[:n]
    while not len(broken(formulation, x)):
        column = int(rng.integers(n))
        x = x.copy()
        x[column] = top[column]
    found = mended(job, x)
    assert found is not None
    assert admissible(formulation, found)
    assert not len(broken(formulation, found))


@pytest.mark.each(3)
@pytest.mark.parametrize("name", ["shortfall", "worst_region", "cost", "change", "surplus"])
def test_improving_keeps_every_row_and_gains(name: str) -> None:
    formulation = stage(1, name=name)
    job = task(formulation)
    start = searched(task(stage(1)))
    assert start is not None
    found = improved(job, start)
    assert admissible(formulation, found)
    assert not len(broken(formulation, found))
    assert value(formulation, found) <= value(formulation, start)
    if name != "shortfall":
        assert value(formulation, found) < value(formulation, start)


@pytest.mark.each(2)
@pytest.mark.parametrize(("method", "seed"), diagonal(Method, range(3), every=3))
def test_every_method_finds_a_plan(method: Method, seed: int) -> None:
    formulation = written(sample(4, 3, 2, seed).instance, model(2))
    _, x = METHODS[method].find(task(formulation, seconds=5.0))
    assert x is not None
    assert admissible(formulation, x)
    assert violation(formulation, x) <= 1e-6
