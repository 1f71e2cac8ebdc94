from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import minimize_scalar

from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram, lagrangian_bound
from commission_opt.solvers.highs import solve_linear
from commission_opt.solvers.staircase import filled, staircase
from commission_opt.solvers.status import Limits, Status, Watch
from random_programs import random_program

SEEDS = range(12)


def own_columns(program: LinearProgram) -> Floats:
    _, kept = staircase(program)
    return np.setdiff1d(np.arange(len(program.cost)), kept)


def dual_of_row(program: LinearProgram, row: int, y: float) -> float:
    """What a row and its own columns add to the Lagrangian, from its definition."""
    own = own_columns(program)
    alpha = program.matrix.toarray()[row, own]
    own, alpha = own[alpha != 0], alpha[alpha != 0]
    reduced = program.cost[own] - alpha * y
    columns = np.minimum(reduced * program.lower[own], reduced * program.upper[own]).sum()
    limit = program.row_lower[row] if y > 0 else program.row_upper[row]
    return float(columns + (y * limit if y else 0.0))


def test_only_columns_in_one_row_are_taken() -> None:
    program = random_program(0)
    in_one = np.flatnonzero((program.matrix.toarray() != 0).sum(axis=0) == 1)
    assert len(in_one) > 5
    assert np.array_equal(own_columns(program), in_one)


def test_a_row_with_many_own_columns_keeps_them() -> None:
    program = random_program(0)
    matrix = np.zeros(program.matrix.shape)
    matrix[0] = 1.0
    program = replace(program, matrix=sparse.csc_array(matrix))
    assert not len(own_columns(program))


@pytest.mark.each(4)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_proximal_step_is_the_best_of_all(seed: int) -> None:
    program = random_program(seed)
    rng = np.random.default_rng(seed)
    stairs, _ = staircase(program)
    rows = len(program.row_lower)
    y, activity, step = 3 * rng.normal(size=rows), 4 * rng.normal(size=rows), rng.uniform(0.1, 2)
    found = stairs.proximal(y, activity, step)
    for row in range(rows):

        def cost(at: float, row: int = row) -> float:
            bow = (at - y[row]) ** 2 / (2 * step)
            value = at * activity[row] + bow - dual_of_row(program, row, at)
            return value if np.isfinite(value) else 1e12

        least = -60.0 if np.isfinite(program.row_upper[row]) else 0.0
        most = 60.0 if np.isfinite(program.row_lower[row]) else 0.0
        best = minimize_scalar(
            cost, bounds=(least, most), method="bounded", options={"xatol": 1e-9}
        )
        assert cost(found[row]) <= best.fun + 1e-7
        assert cost(found[row]) <= cost(0.0) + 1e-9


@pytest.mark.parametrize("seed", SEEDS)
def test_scaled_rows_step_to_the_same_multipliers(seed: int) -> None:
    program = random_program(seed)
    rng = np.random.default_rng(seed)
    stairs, _ = staircase(program)
    rows = len(program.row_lower)
    y, activity = rng.normal(size=rows), rng.normal(size=rows)
    for factor in (0.25, 8.0):
        factors = np.full(rows, factor)
        scaled = stairs.scaled(factors).proximal(y / factor, activity * factor, 0.7 / factor**2)
        assert np.allclose(scaled * factor, stairs.proximal(y, activity, 0.7))


@pytest.mark.parametrize("seed", SEEDS)
def test_own_columns_are_filled_at_least_cost(seed: int) -> None:
    program = random_program(seed)
    stairs, kept = staircase(program)
    solved = solve_linear(program, Limits(), Watch())
    assert solved.status == Status.OPTIMAL
    assert solved.x is not None
    forgotten = solved.x.copy()
    forgotten[own_columns(program)] = np.nan
    point = filled(program, stairs, forgotten)
    assert np.array_equal(point[kept], solved.x[kept])
    assert program.largest_violation(point) < 1e-7
    assert program.value(point) == pytest.approx(program.value(solved.x), abs=1e-7)


def test_what_cannot_be_filled_comes_as_near_as_it_can() -> None:
    nothing = np.zeros(1)
    program = LinearProgram(
        sparse.csc_array(np.array([[1.0, 1.0, 0.0, 0.0], [1.0, 0.0, -2.0, 0.0]])),
        np.array([0.0, 1.0, 1.0, 0.0]),
        np.zeros(4),
        np.array([1.0, 2.0, 2.0, 1.0]),
        np.array([9.0, -np.inf]),
        np.array([np.inf, -7.0]),
        0.0,
        {},
        {},
    )
    stairs, _ = staircase(program)
    point = filled(program, stairs, np.array([0.5, 0.0, 0.0, *nothing]))
    assert point.tolist() == [0.5, 2.0, 2.0, 0.0]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_slope_is_that_of_the_lagrangian_bound(seed: int) -> None:
    """At the fixed point of the step, the activity is a slope of D at y."""
    program = random_program(seed)
    stairs, kept = staircase(program)
    alone = replace(program, matrix=program.matrix.copy())
    rng = np.random.default_rng(seed)
    y = stairs.proximal(rng.normal(size=len(program.row_lower)), np.zeros(9), 1.0)
    terms = sum(dual_of_row(program, row, y[row]) for row in range(9))
    reduced = (program.cost - alone.matrix.T @ y)[kept]
    rest = np.minimum(reduced * program.lower[kept], reduced * program.upper[kept]).sum()
    assert lagrangian_bound(program, y) == pytest.approx(terms + rest + program.offset, abs=1e-9)
