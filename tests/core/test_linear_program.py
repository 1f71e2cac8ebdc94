import itertools
import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linprog

from commission_opt.arrays import Floats
from commission_opt.core.linear_program import (
    LinearProgram,
    activity_range,
    lagrangian_bound,
    proves_infeasible,
)
from rational import exactly
from samples import many


def program(
    matrix: list[list[float]],
    cost: list[float],
    box: list[tuple[float, float]],
    rows: list[tuple[float, float]],
    offset: float = 0.0,
) -> LinearProgram:
    lower, upper = np.array(box, dtype=float).T
    row_lower, row_upper = np.array(rows, dtype=float).reshape(-1, 2).T
    array = sparse.csc_array(np.array(matrix, dtype=float).reshape(len(rows), len(cost)))
    costs = np.array(cost, dtype=float)
    return LinearProgram(array, costs, lower, upper, row_lower, row_upper, offset, {}, {})


# min 2x + 3y + 1 with x + y ≥ 4, x − y ≤ 2 in [0, 3] × [0, 5]: x = 3, y = 1, value 10; the
# first row is worth 2.5 and the second −0.5 at x = 3 = (4 + 2) / 2.
LP = program([[1, 1], [1, -1]], [2, 3], [(0, 3), (0, 5)], [(4, math.inf), (-math.inf, 2)], 1)


def test_rows_reach_their_ends_in_corners_of_the_box() -> None:
    box = ((-1.0, 3.0), (0.0, 5.0), (2.0, 2.5))
    matrix = np.array([[1.0, -2.0, 0.0], [0.0, 3.0, -4.0], [0.0, 0.0, 0.0]])
    corners = np.array(list(itertools.product(*box)))
    least, most = activity_range(sparse.csr_array(matrix), *np.array(box).T)
    assert least.tolist() == (corners @ matrix.T).min(axis=0).tolist()
    assert most.tolist() == (corners @ matrix.T).max(axis=0).tolist()
    _, endless = activity_range(sparse.csr_array(matrix), np.zeros(3), np.array([1, np.inf, 1]))
    assert endless.tolist() == [1.0, math.inf, 0.0]


def test_bound_at_the_optimal_duals_is_the_optimum() -> None:
    assert lagrangian_bound(LP, np.array([2.5, -0.5])) == pytest.approx(10)


def test_bound_without_multipliers_is_the_least_cost_in_the_box() -> None:
    assert lagrangian_bound(LP, np.zeros(2)) == 1
    raised = replace(LP, lower=np.array([1.0, 2.0]), cost=np.array([2.0, -3.0]))
    assert lagrangian_bound(raised, np.zeros(2)) == pytest.approx(2 * 1 - 3 * 5 + 1, rel=1e-15)


def test_a_multiplier_that_leans_on_a_missing_limit_is_dropped() -> None:
    assert lagrangian_bound(LP, np.array([2.5, 7.0])) == lagrangian_bound(LP, np.array([2.5, 0]))
    assert lagrangian_bound(LP, np.array([-9.0, -0.5])) == lagrangian_bound(LP, np.array([0, -0.5]))


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_a_multiplier_that_is_no_number_is_dropped(wrong: float) -> None:
    assert lagrangian_bound(LP, np.array([2.5, wrong])) == lagrangian_bound(LP, np.array([2.5, 0]))


def test_bound_is_minus_infinity_where_a_column_may_fall_for_ever() -> None:
    free = replace(LP, lower=np.array([-math.inf, 0.0]))
    assert lagrangian_bound(free, np.zeros(2)) == -math.inf
    assert lagrangian_bound(free, np.array([2.0, 0.0])) == pytest.approx(2 * 4 + 0 + 1, rel=1e-15)


def test_value_and_violation() -> None:
    assert LP.value(np.array([3.0, 1.0])) == 10
    assert LP.largest_violation(np.array([3.0, 1.0])) == 0
    assert LP.largest_violation(np.array([3.5, 1.0])) == pytest.approx(0.5 / 2)  # x − y ≤ 2
    assert LP.largest_violation(np.array([3.0, 0.0])) == pytest.approx(1 / 2)
    assert LP.largest_violation(np.array([0.0, 2.0])) == pytest.approx(2 / 4)  # x + y ≥ 4
    assert LP.largest_violation(np.array([-0.5, 5.0])) == 0.5  # below 0, relative to 1
    assert LP.largest_violation(np.array([0.0, 5.5])) == pytest.approx(0.5 / 5)
    assert math.isnan(LP.largest_violation(np.array([0.0, math.nan])))


@st.composite
def programs(draw: st.DrawFn) -> LinearProgram:
    """Random small programs in a finite box; rows may miss one limit or both."""
    n, m = draw(st.integers(1, 4)), draw(st.integers(0, 4))
    whole = st.integers(-5, 5).map(float)
    size = st.integers(0, 6).map(float)

    def limits(low: float, high: float) -> tuple[float, float]:
        kind = draw(st.sampled_from(["both", "lower", "upper", "none"]))
        return (
            low if kind in ("both", "lower") else -math.inf,
            high if kind in ("both", "upper") else math.inf,
        )

    matrix = [[draw(whole) for _ in range(n)] for _ in range(m)]
    box = [(low, low + draw(size)) for low in (draw(whole) for _ in range(n))]
    ends = [(low, low + draw(size)) for low in (draw(whole) * 2 for _ in range(m))]
    rows = [limits(*pair) for pair in ends]
    return program(matrix, [draw(whole) for _ in range(n)], box, rows, draw(whole))


def solved(lp: LinearProgram) -> tuple[float, Floats] | None:
    """Optimum and row duals by scipy; None where the program is infeasible."""
    above, below = np.isfinite(lp.row_lower), np.isfinite(lp.row_upper)
    matrix = lp.matrix.toarray()
    if not (above | below).any():
        return lagrangian_bound(lp, np.zeros(len(lp.row_lower))), np.zeros(len(lp.row_lower))
    answer = linprog(
        lp.cost,
        A_ub=np.vstack([-matrix[above], matrix[below]]),
        b_ub=np.concatenate([-lp.row_lower[above], lp.row_upper[below]]),
        bounds=list(zip(lp.lower.tolist(), lp.upper.tolist(), strict=True)),
    )
    if answer.status == 2:
        return None
    assert answer.status == 0
    assert answer.fun is not None
    duals = np.zeros(len(lp.row_lower))
    duals[above] -= answer.ineqlin.marginals[: above.sum()]
    duals[below] += answer.ineqlin.marginals[above.sum() :]
    return answer.fun + lp.offset, duals


def multipliers(lp: LinearProgram, draw: st.DataObject) -> Floats:
    count = len(lp.row_lower)
    numbers = st.one_of(
        st.floats(-100, 100), st.sampled_from([0.0, 1e6, -1e6, math.nan, math.inf, -math.inf])
    )
    return np.array(draw.draw(st.lists(numbers, min_size=count, max_size=count)), dtype=float)


@given(programs(), st.data())
@many
def test_no_multipliers_give_a_bound_above_the_optimum(
    lp: LinearProgram, data: st.DataObject
) -> None:
    answer = solved(lp)
    assume(answer is not None)
    assert answer is not None
    y = multipliers(lp, data)
    assert lagrangian_bound(lp, y) <= answer[0] + 1e-9 * (1 + abs(answer[0]))


def hostile(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Numbers of every size, many of them close together or far apart."""
    size = 10.0 ** rng.choice([0, 1, 5, 9, 16, 30, -9, -30, 150, -160, 300], shape)
    return rng.choice([0.0, 1.0, -1.0, 1 / 3, 0.1, 2.0, -0.7], shape) * np.where(
        rng.random(shape) < 0.5, 1.0, size
    )


@pytest.mark.each(8)
@pytest.mark.parametrize("seed", range(400))
def test_the_float_is_never_above_the_exact_value(seed: int) -> None:
    rng = np.random.default_rng(seed)
    m, n = rng.integers(1, 6, 2)
    tame = seed % 2 == 0
    matrix = rng.choice([0.0, 1.0, -1.0, 0.1, 1 / 3], (m, n)) if tame else hostile(rng, (m, n))
    lower = -np.abs(rng.normal(size=n)) if tame else -np.abs(hostile(rng, (n,)))
    lp = LinearProgram(
        sparse.csc_array(matrix),
        rng.choice([0.0, 0.1, 1.0, 0.7], n) if tame else hostile(rng, (n,)),
        lower,
        lower + (np.abs(rng.normal(size=n)) if tame else np.abs(hostile(rng, (n,)))),
        rng.choice([-np.inf, 0.1, 1.0], m),
        rng.choice([np.inf, 1.1, 1.0], m),
        0.1,
        {},
        {},
    )
    for y in (hostile(rng, (m,)), rng.normal(size=m)):
        bound = lagrangian_bound(lp, y)
        assert bound == -math.inf or Fraction(bound) <= exactly(lp, y)
        if tame and np.abs(y).max() < 10:
            assert bound == pytest.approx(float(exactly(lp, y)), rel=1e-13, abs=1e-13)


def test_a_price_too_large_for_its_neighbours_proves_nothing_more() -> None:
    """x + y ≥ 1 at least cost x + y; 2e16 on the row x − x' = 0 of fixed columns is worth 0."""
    lp = program(
        [[1.0, 1.0, 0.0], [0.1, 0.0, 1.0]],
        [1.0, 1.0, 0.0],
        [(3.0, 3.0), (0.0, 1.0), (0.0, 0.0)],
        [(1.0, math.inf), (0.1 * 3.0, 0.1 * 3.0)],
    )
    for size in (2e16, -2e16, 1e17, 1e300):
        y = np.array([1.0, size])
        assert Fraction(max(lagrangian_bound(lp, y), -1e308)) <= exactly(lp, y)


def test_a_column_without_an_end_counts_only_if_its_reduced_cost_is_exactly_right() -> None:
    lp = program([[0.1], [0.2]], [0.3], [(0.0, math.inf)], [(0.0, math.inf), (0.0, math.inf)])
    exact = Fraction(0.3) - Fraction(0.1) - Fraction(0.2)
    assert exact < 0
    assert lagrangian_bound(lp, np.ones(2)) == -math.inf
    whole = program([[1.0], [2.0]], [3.0], [(0.0, math.inf)], [(4.0, 9.0), (0.0, 9.0)])
    assert lagrangian_bound(whole, np.ones(2)) == pytest.approx(4.0, rel=1e-15)


@given(programs())
@many
def test_optimal_duals_give_the_optimum(lp: LinearProgram) -> None:
    answer = solved(lp)
    assume(answer is not None)
    assert answer is not None
    assert lagrangian_bound(lp, answer[1]) == pytest.approx(answer[0], abs=1e-7)


@given(programs(), st.data())
@many
def test_nothing_proves_a_program_infeasible_that_has_a_point(
    lp: LinearProgram, data: st.DataObject
) -> None:
    assume(solved(lp) is not None)
    assert not proves_infeasible(lp, multipliers(lp, data))


def test_a_farkas_ray_proves_infeasibility_in_either_direction() -> None:
    # x + y ≥ 4 and x + y ≤ 3 within the box.
    lp = program(
        [[1, 1], [1, 1]], [0, 0], [(0, 9), (0, 9)], [(4, math.inf), (-math.inf, 3)], offset=-50
    )
    assert proves_infeasible(lp, np.array([1.0, -1.0]))
    assert proves_infeasible(lp, np.array([-1.0, 1.0]))
    assert proves_infeasible(lp, np.array([1e9, -1e9]))
    assert not proves_infeasible(lp, np.array([1.0, 1.0]))
    assert not proves_infeasible(lp, np.zeros(2))
    assert not proves_infeasible(lp, np.array([math.inf, -1.0]))


def test_the_box_can_be_what_makes_a_row_impossible() -> None:
    lp = program([[1, 1]], [0, 0], [(0, 2), (0, 1)], [(4, math.inf)])
    assert proves_infeasible(lp, np.array([1.0]))
    assert not proves_infeasible(replace(lp, upper=np.array([3.0, 1.0])), np.array([1.0]))


@pytest.mark.parametrize("unit", [1.0, 1e-2, 1e-6, 1e-9, 1e6])
def test_a_proof_is_judged_alike_in_any_unit(unit: float) -> None:
    """Ends that miss each other by half, and by less than a billionth, in units of a row."""
    matrix, box = [[1.0, 1.0], [1.0, 1.0]], [(0.0, 9.0 * unit), (0.0, 9.0 * unit)]
    apart = program(matrix, [0, 0], box, [(4 * unit, math.inf), (-math.inf, 2 * unit)])
    near = [(4 * unit, math.inf), (-math.inf, 4 * unit * (1 - 1e-10))]
    assert proves_infeasible(apart, np.array([1.0, -1.0]))
    assert not proves_infeasible(program(matrix, [0, 0], box, near), np.array([1.0, -1.0]))
    beyond = program([[1.0]], [0], [(0.0, 3.0 * unit)], [(4 * unit, math.inf)])
    assert proves_infeasible(beyond, np.array([1.0]))
