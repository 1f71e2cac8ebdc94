"""The vertex of a basis, and how far bounds can move before it is another."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from commission_opt.core.linear_program import LinearProgram, lagrangian_bound
from commission_opt.solvers.basis import BASIC, Basis, factorised
from commission_opt.solvers.persistent import PersistentProgram
from commission_opt.solvers.status import Limits, Status

SEEDS = range(8)


def drawn(seed: int) -> LinearProgram:
    """A packing program with a random bounded box: always feasible and bounded."""
    rng = np.random.default_rng(seed)
    m, n = 6, 12
    matrix = rng.uniform(0, 1, (m, n)) * (rng.random((m, n)) < 0.6)
    return LinearProgram(
        sparse.csc_array(matrix),
        -rng.uniform(0.1, 1, n),
        np.zeros(n),
        rng.uniform(0.5, 3, n),
        np.full(m, -np.inf),
        rng.uniform(0.5, 2.5, m),
        0.0,
        {},
        {},
    )


def solved(program: LinearProgram) -> Basis:
    hot = PersistentProgram(Limits())
    result = hot.solve(program, 10.0)
    assert result.status == Status.OPTIMAL
    basis = hot.basis()
    assert basis is not None
    return basis


def optimum(program: LinearProgram) -> float:
    result = PersistentProgram(Limits()).solve(program, 10.0)
    assert result.x is not None
    return program.value(result.x)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_vertex_is_the_optimum_and_its_multipliers_prove_it(seed: int) -> None:
    program = drawn(seed)
    x, y = solved(program).vertex(program)
    assert program.largest_violation(x) <= 1e-9
    assert program.value(x) == pytest.approx(optimum(program), abs=1e-9)
    assert lagrangian_bound(program, y) == pytest.approx(program.value(x), abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_vertex_moves_in_a_straight_line_up_to_the_reach_and_no_further(seed: int) -> None:
    program = drawn(seed)
    basis = solved(program)
    x, y = basis.vertex(program)
    row = int(np.argmin(y))
    upper = program.row_upper.copy()
    upper[row] += 1.0
    direction, up = basis.ranging(program, x, replace(program, row_upper=upper))
    assert up >= 0

    def at(t: float) -> LinearProgram:
        moved = program.row_upper.copy()
        moved[row] += t
        return replace(program, row_upper=moved)

    for t in (up / 2, up):
        if np.isfinite(t):
            moved = at(t)
            assert moved.largest_violation(x + t * direction) <= 1e-9
            value = program.value(x) + t * y[row]
            assert program.value(x + t * direction) == pytest.approx(value, abs=1e-9)
            assert optimum(moved) == pytest.approx(value, abs=1e-8)
    if np.isfinite(up):
        beyond = up + 0.5
        assert optimum(at(beyond)) > program.value(x) + beyond * y[row] + 1e-6


def test_bounds_of_columns_count_too() -> None:
    # x at its upper end, 1, and x + z at 3: raising x by t lowers z by t, down to its end, 0;
    # lowered, x ends at its own lower end, 0.
    program = LinearProgram(
        sparse.csc_array([[1.0, 1.0]]), np.array([-2.0, -1.0]), np.zeros(2), np.array([1.0, 5.0]),
        np.array([-np.inf]), np.array([3.0]), 0.0, {}, {},
    )  # fmt: skip
    basis = solved(program)
    x, _ = basis.vertex(program)
    assert x.tolist() == [1.0, 2.0]
    direction, up = basis.ranging(program, x, replace(program, upper=np.array([2.0, 5.0])))
    assert (direction.tolist(), up) == ([1.0, -1.0], 2.0)
    direction, up = basis.ranging(program, x, replace(program, upper=np.array([0.5, 5.0])))
    assert (direction.tolist(), up) == ([-0.5, 0.5], 2.0)


def test_what_is_singular_is_no_basis() -> None:
    program = LinearProgram(
        sparse.csc_array([[1.0, 1.0], [1.0, 1.0]]), np.ones(2), np.zeros(2), np.ones(2),
        np.zeros(2), np.ones(2), 0.0, {}, {},
    )  # fmt: skip
    both = np.array([BASIC, BASIC])
    assert factorised(program, both, np.array([0, 0])) is None
    assert factorised(program, both, np.array([BASIC, 0])) is None
