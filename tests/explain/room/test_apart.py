from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram
from commission_opt.explain.room.apart import apart, distance, signs_at, single, starts
from commission_opt.formulation.parts import PLACES
from commission_opt.solvers.highs import solve_linear
from commission_opt.solvers.status import Limits, Watch
from samples import few

N = 4


def box(row: Floats, most: float) -> LinearProgram:
    """A box of places from 0 to 10 with one more column, and one row over all."""
    matrix = sparse.csc_array(np.append(row, 1.0)[None, :])
    return LinearProgram(
        matrix, np.ones(N + 1), np.zeros(N + 1), np.full(N + 1, 10.0), np.array([-np.inf]),
        np.array([most]), 0.0, {PLACES: slice(0, N)}, {},
    )  # fmt: skip


def farthest(program: LinearProgram, earlier: list[Floats], signs: Floats) -> tuple[Floats, float]:
    """The point that a program of signs leads to, and its t."""
    posed = apart(program, earlier, signs)
    result = solve_linear(posed, Limits(), Watch())
    assert result.x is not None
    assert posed.value(result.x) == pytest.approx(-result.x[-1], abs=1e-9)
    return result.x[:N], float(result.x[-1])


points = st.lists(st.floats(0, 10), min_size=N, max_size=N).map(np.array)


@few
@given(x=points, earlier=st.lists(points, min_size=1, max_size=3), row=points)
def test_no_round_loses(x: Floats, earlier: list[Floats], row: Floats) -> None:
    program = box(row, float(row @ x) + 1.0)
    signs = signs_at(x, earlier, np.ones(N))
    for _ in range(3):
        found, t = farthest(program, earlier, signs)
        assert distance(x, earlier) - 1e-6 <= t <= distance(found, earlier) + 1e-6
        x, signs = found, signs_at(found, earlier, signs)


@few
@given(earlier=points, row=points)
def test_some_signs_lead_to_the_farthest_point(earlier: Floats, row: Floats) -> None:
    program = box(row, 20.0)
    most = max(
        farthest(program, [earlier], np.array([signs]))[1]
        for signs in product([-1.0, 1.0], repeat=N)
    )
    rng = np.random.default_rng(0)
    for _ in range(50):
        x = rng.uniform(0, 10, N) * rng.integers(0, 2, N)
        if row @ x <= 20.0:
            assert distance(x, [earlier]) <= most + 1e-6


def test_two_plans_leave_a_third_halfway_between_them() -> None:
    one, other = np.array([0.0, 10.0, 5.0, 5.0]), np.array([10.0, 0.0, 5.0, 5.0])
    segment = replace(
        box(np.ones(N), 20.0), row_lower=np.array([20.0]),
        lower=np.array([0, 0, 5, 5, 0.0]), upper=np.array([10, 10, 5, 5, 0.0]),
    )  # fmt: skip
    found = [
        farthest(segment, [one, other], signs) for signs in starts(segment, [one, other], 0, 0)
    ]
    assert max(distance(x, [one, other]) for x, _ in found) == pytest.approx(10.0)


def test_columns_are_pushed_where_proofs_leave_them_room() -> None:
    program = replace(box(np.ones(N), 40.0), cost=np.array([1.0, 0.0, -1.0, 5.0, 0.0]))
    # From its best point, −10, the first and third may move by 2 within −8, the fourth by 0.4.
    best = np.array([0.0, 3.0, 10.0, 0.0])
    pushed = [
        [*map(int, signs[0])] for signs in single(program, [best], -8.0, np.zeros(1), least=1.0)
    ]
    assert pushed == [[0, 1, 0, 0], [0, -1, 0, 0], [0, 0, -1, 0], [1, 0, 0, 0]]
