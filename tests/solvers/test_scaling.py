from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from commission_opt.core.linear_program import LinearProgram, lagrangian_bound
from commission_opt.solvers import highs, persistent
from commission_opt.solvers.persistent import PersistentProgram
from commission_opt.solvers.scaling import multiplied, odd_units, scales, without_idle_ends
from commission_opt.solvers.status import Limits, Status, Watch


@pytest.mark.parametrize("seed", range(5))
def test_the_scaled_matrix_has_a_norm_of_at_most_one(seed: int) -> None:
    """Dividing by the roots of the sums of rows and columns does so (Pock and Chambolle)."""
    rng = np.random.default_rng(seed)
    dense = 10 ** rng.uniform(-4, 4, (30, 20)) * (rng.random((30, 20)) < 0.3)
    rows, columns = scales(sparse.csr_array(dense))
    scaled = multiplied(sparse.csr_array(dense), rows, columns).toarray()
    assert np.allclose(scaled, rows[:, None] * dense * columns)
    assert np.linalg.norm(scaled, 2) <= 1.0 + 1e-9
    # Ruiz leaves a largest entry of 1, and no row or column sums to more than its length.
    least = 0.9 / np.sqrt(30 * 20)
    for axis in (0, 1):
        assert scaled.max(axis=axis)[dense.any(axis=axis)].min() >= least


def test_empty_rows_and_columns_keep_their_size() -> None:
    rows, columns = scales(sparse.csr_array(np.array([[4.0, 0.0], [0.0, 0.0]])))
    assert rows[1] == columns[1] == 1.0
    assert rows[0] * 4.0 * columns[0] == pytest.approx(1.0)
    assert [len(f) for f in scales(sparse.csr_array((3, 0)))] == [3, 0]


def program(money: float = 1.0, weight: float = 1.0, fte: float = 1.0) -> LinearProgram:
    """Two courses under one budget; what each does not bring is missed, at a weight."""
    matrix = np.array([[2.0 * money, 3.0 * money, 0.0, 0.0], [fte, 0, 1, 0], [0, fte, 0, 1.0]])
    gap = np.array([4.0, 5.0]) * fte
    return LinearProgram(
        matrix=sparse.csc_array(matrix),
        cost=np.array([0.0, 0.0, weight, 2.0 * weight]),
        lower=np.zeros(4),
        upper=np.array([10.0, 10.0, *gap]),
        row_lower=np.array([-np.inf, *gap]),
        row_upper=np.array([12.0 * money, np.inf, np.inf]),
        offset=0.0,
        columns={"places": slice(0, 2), "shortage": slice(2, 4)},
        rows={"budgets": slice(0, 1), "shortage": slice(1, 3)},
    )


def budget_of(most: float, courses: float = 10.0) -> LinearProgram:
    given = program()
    upper = np.append(np.full(2, courses), given.upper[2:])
    return replace(given, row_upper=np.append(most, given.row_upper[1:]), upper=upper)


@pytest.mark.parametrize("size", [1.0, 1e6])
def test_a_huge_limit_that_nothing_reaches_is_none(size: float) -> None:
    idle = budget_of(1e9 * size)
    assert np.isinf(without_idle_ends(idle).row_upper[0])
    assert idle.row_upper[0] == 1e9 * size  # what is proved stands on the limit as given
    # Either course alone could spend that much, or it is no more than others are.
    for binds in (
        budget_of(1e9 * size, 1e9 * size),
        budget_of(1e9 * size, np.inf),
        budget_of(12.0),
    ):
        assert without_idle_ends(binds).row_upper.tolist() == binds.row_upper.tolist()


def test_solvers_are_not_given_what_bounds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float] = []

    def load(given: LinearProgram, *more: Any) -> Any:
        ends = given.row_upper
        seen.append(float(np.max(ends, where=np.isfinite(ends), initial=0.0)))
        return loaded(given, *more)

    loaded = highs.load
    monkeypatch.setattr(highs, "load", load)
    monkeypatch.setattr(persistent, "load", load)
    idle = budget_of(1e15)
    usual = highs.solve_linear(program(), Limits(), Watch())
    assert usual.x is not None
    held = PersistentProgram(Limits())
    for found in (
        highs.solve_linear(idle, Limits(), Watch()),
        highs.solve_integer(idle, np.arange(4) < 2, Limits(), Watch()),
        held.solve(idle, 10.0),
    ):
        assert found.status is Status.OPTIMAL
        assert found.x is not None
        assert idle.value(found.x) <= program().value(usual.x)
    assert len(seen) == 4
    assert max(seen) < 100.0
    binding = held.solve(program(), 10.0)  # a limit that comes back is kept
    assert held.hot
    assert binding.x is not None
    assert program().value(binding.x) == pytest.approx(program().value(usual.x))


ODD = [(1e-12, 1.0, 1.0), (1e9, 1.0, 1.0), (1.0, 1e12, 1.0), (1.0, 1.0, 1e-9), (1e-12, 1e9, 1e-9)]


def test_ordinary_units_are_left_alone() -> None:
    assert odd_units(program()) is None
    assert odd_units(program(1e-3, 100.0, 1e-2)) is None


@pytest.mark.parametrize("units", ODD)
def test_scaling_and_back_changes_no_digit(units: tuple[float, float, float]) -> None:
    given = program(*units)
    found = odd_units(given)
    assert found is not None
    scaled = found.scaled(given)
    x, y = np.array([3.0, 1.7, 0.2, 0.9]), np.array([-0.3, 0.7, 1.1])
    assert scaled.value(x) * found.objective == given.value(found.point(x))
    bound = lagrangian_bound(given, found.multipliers(y))
    assert lagrangian_bound(scaled, y) * found.objective == pytest.approx(bound, rel=1e-12)


@pytest.mark.parametrize("units", ODD)
def test_the_same_problem_in_other_units_has_the_same_plan(
    units: tuple[float, float, float],
) -> None:
    _, weight, fte = units
    held = PersistentProgram(Limits())
    for budget in (1.0, 0.5):  # the second from the basis of the first
        one, other = (
            replace(p, row_upper=p.row_upper * np.array([budget, 1.0, 1.0]))
            for p in (program(), program(*units))
        )
        plain = PersistentProgram(Limits()).solve(one, 10.0)
        found = held.solve(other, 10.0)
        assert found.status == plain.status == Status.OPTIMAL
        assert found.x is not None
        assert plain.x is not None
        assert found.multipliers is not None
        np.testing.assert_allclose(found.x[:2], plain.x[:2], rtol=1e-9, atol=1e-9)
        bound = lagrangian_bound(other, found.multipliers)
        assert bound == pytest.approx(one.value(plain.x) * weight * fte, rel=1e-9)
        basis = held.basis()
        assert basis is not None
        np.testing.assert_allclose(basis.vertex(other)[0][:2], plain.x[:2], rtol=1e-9)


def test_a_ray_in_odd_units_is_one_of_the_program_given() -> None:
    given = program(1e-12)
    more = np.array([5.0, 5.0, 0.0, 0.0])
    asked = replace(given, lower=more)
    found = PersistentProgram(Limits()).solve(asked, 10.0)
    assert found.status == Status.INFEASIBLE
    assert found.ray is not None
    bounds = [lagrangian_bound(asked.without_cost(), way * found.ray) for way in (1.0, -1.0)]
    assert max(bounds) > 0.0  # by weak duality with nothing to minimise: no point keeps the rows
