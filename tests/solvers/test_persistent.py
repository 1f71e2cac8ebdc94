from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from commission_opt.core.linear_program import LinearProgram, lagrangian_bound
from commission_opt.solvers import linear
from commission_opt.solvers import persistent as module
from commission_opt.solvers.highs import solve_linear
from commission_opt.solvers.persistent import PersistentProgram
from commission_opt.solvers.status import Limits, Status, Watch
from random_programs import random_program

Edit = Callable[[LinearProgram, np.random.Generator], LinearProgram]


def costs(program: LinearProgram, rng: np.random.Generator) -> LinearProgram:
    return replace(program, cost=program.cost + rng.normal(size=len(program.cost)), offset=7.0)


def bounds(program: LinearProgram, rng: np.random.Generator) -> LinearProgram:
    wider = rng.uniform(0.0, 1.0, len(program.lower))
    return replace(program, lower=program.lower - wider, upper=program.upper + wider)


def ends(program: LinearProgram, rng: np.random.Generator) -> LinearProgram:
    wider = rng.uniform(0.0, 1.0, len(program.row_lower))
    return replace(
        program, row_lower=program.row_lower - wider, row_upper=program.row_upper + wider
    )


def coefficients(program: LinearProgram, rng: np.random.Generator) -> LinearProgram:
    matrix = program.matrix.copy()
    some = rng.random(matrix.nnz) < 0.2
    matrix.data[some] *= rng.uniform(0.99, 1.01, int(some.sum()))
    return ends(replace(program, matrix=matrix), rng)


def pattern(program: LinearProgram, rng: np.random.Generator) -> LinearProgram:
    dense = program.matrix.toarray()
    dense[rng.random(dense.shape) < 0.05] = 0.0
    return replace(
        program,
        matrix=sparse.csc_array(dense),
        row_lower=np.full(len(dense), -np.inf),
        row_upper=np.full(len(dense), np.inf),
    )


def fewer_rows(program: LinearProgram, _: np.random.Generator) -> LinearProgram:
    return replace(
        program,
        matrix=sparse.csc_array(program.matrix[:-2]),
        row_lower=program.row_lower[:-2],
        row_upper=program.row_upper[:-2],
    )


EDITS: list[tuple[Edit, str]] = [
    (costs, "hot"),
    (bounds, "hot"),
    (ends, "hot"),
    (coefficients, "hot"),
    (pattern, "rebuilt: coefficients come or go"),
    (fewer_rows, "cold: other rows or columns"),
]


def value(program: LinearProgram) -> float:
    cold = solve_linear(program, Limits(), Watch())
    assert cold.x is not None
    return program.value(cold.x)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("edit", "way"), EDITS)
def test_a_changed_program_is_solved_as_if_it_were_new(edit: Edit, way: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    program, held = random_program(seed), PersistentProgram(Limits())
    held.solve(program, 10.0)
    assert held.way == "cold: first program"
    for _ in range(3):
        program = edit(program, rng)
        result = held.solve(program, 10.0)
        assert held.way == way
        assert held.hot == (not way.startswith("cold"))
        assert result.status == Status.OPTIMAL
        assert result.x is not None
        assert result.multipliers is not None
        best = value(program)
        assert program.value(result.x) == pytest.approx(best, abs=1e-7)
        assert lagrangian_bound(program, result.multipliers) == pytest.approx(best, abs=1e-7)
        assert program.largest_violation(result.x) < 1e-7


def test_many_changed_coefficients_are_handed_over_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_COEFFICIENTS", 1)
    program, held = random_program(1), PersistentProgram(Limits())
    held.solve(program, 10.0)
    program = coefficients(program, np.random.default_rng(0))
    result = held.solve(program, 10.0)
    assert held.way == "rebuilt: many coefficients"
    assert result.x is not None
    assert program.value(result.x) == pytest.approx(value(program), abs=1e-7)


def test_a_large_program_starts_by_the_interior_point_method_and_goes_on_hot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(linear, "_LARGE", 0)
    program, held = random_program(2), PersistentProgram(Limits())
    for _ in range(2):
        result = held.solve(program, 10.0)
        assert result.x is not None
        assert program.value(result.x) == pytest.approx(value(program), abs=1e-6)
        program = costs(program, np.random.default_rng(3))


def test_infeasible_and_late_and_forgotten() -> None:
    program, held = random_program(3), PersistentProgram(Limits())
    held.solve(program, 10.0)
    worse = replace(program, row_lower=program.row_lower + 1e3, row_upper=program.row_upper + 1e3)
    assert held.solve(worse, 10.0).status == Status.INFEASIBLE
    assert held.solve(program, 10.0).status == Status.OPTIMAL
    held.forget()
    result = held.solve(program, 0.0)
    assert held.way == "cold: first program"
    assert result.status == Status.LIMIT


def test_runs_are_counted_by_whether_they_start_from_a_basis() -> None:
    program, held, watch = random_program(2), PersistentProgram(Limits(seed=3)), Watch()
    held.solve(program, 10.0, watch)
    for seed in range(3):
        held.solve(costs(program, np.random.default_rng(seed)), 10.0, watch.inner())
    cold, hot = watch.tally.runs.values()
    assert (cold.kind, cold.count) == ("relaxation", 1)
    assert (hot.kind, hot.count) == ("hot relaxation", 3)
    assert cold.iterations["simplex"] > 0
    assert hot.iterations["simplex"] > 0
    assert (hot.rows, hot.columns) == program.matrix.shape
    assert hot.options["random_seed"] == 3
    assert watch.tally.pass_seconds > 0
    assert not watch.tally.cut_short
    held.solve(costs(program, np.random.default_rng(9)), 0.0, watch)
    assert watch.tally.cut_short


@pytest.mark.parametrize("seed", range(6))
def test_a_start_at_multipliers_is_near_and_ends_at_the_same_optimum(seed: int) -> None:
    program = random_program(seed)
    cold, warm = PersistentProgram(Limits()), PersistentProgram(Limits())
    watches = Watch(), Watch()
    first = cold.solve(program, 60.0, watches[0])
    assert first.status is Status.OPTIMAL
    assert first.x is not None
    assert first.multipliers is not None
    warm.start_at(first.multipliers)
    again = warm.solve(program, 60.0, watches[1])
    assert again.x is not None
    assert program.value(again.x) == pytest.approx(program.value(first.x))
    assert warm.hot
    assert warm.way == "pointed: first program"
    assert len(list(warm.ways(program))) == 2  # and one anew, if that start was bad
    steps = [sum(run.iterations["simplex"] for run in w.tally.runs.values()) for w in watches]
    assert steps[1] <= max(2, steps[0] // 4)


@pytest.mark.parametrize("seed", range(6))
def test_a_start_at_any_multipliers_ends_at_the_optimum(seed: int) -> None:
    rng, program = np.random.default_rng(seed), random_program(seed)
    best = solve_linear(program, Limits(), Watch())
    hot = PersistentProgram(Limits())
    hot.start_at(rng.normal(size=len(program.row_lower)))
    found = hot.solve(program, 60.0)
    assert best.x is not None
    assert found.x is not None
    assert program.value(found.x) == pytest.approx(program.value(best.x))
