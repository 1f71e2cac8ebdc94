"""Programs of few decisions and many rows are solved by their dual, not believed either."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from commission_opt.core.linear_program import LinearProgram, lagrangian_bound
from commission_opt.solvers import by_dual
from commission_opt.solvers.believed import believed, from_nothing
from commission_opt.solvers.by_dual import has_few, solve_by_dual
from commission_opt.solvers.highs import solve_linear
from commission_opt.solvers.linear import Algorithm
from commission_opt.solvers.status import Limits, Status, Watch
from random_programs import LP, random_program


def few(seed: int) -> LinearProgram:
    return random_program(seed, shared=3, rows=40, own=90)


@pytest.fixture(autouse=True)
def _any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_dual, "_MANY", 0)


def check(program: LinearProgram) -> None:
    """Solve a program both ways: point and multipliers of the dual's are those of its optimum."""
    exact = solve_linear(program, Limits(), Watch())
    assert exact.x is not None
    best = pytest.approx(program.value(exact.x), rel=1e-9, abs=1e-9)
    found = solve_by_dual(program, Limits(), Watch(), 30.0)
    assert found.status is Status.OPTIMAL
    assert found.x is not None
    assert found.multipliers is not None
    assert program.largest_violation(found.x) <= 1e-7
    assert program.value(found.x) == best
    assert lagrangian_bound(program, found.multipliers) == best


@pytest.mark.parametrize("seed", range(30))
def test_point_and_multipliers_are_those_of_the_program(seed: int) -> None:
    check(random_program(seed))
    check(few(seed))


@pytest.mark.parametrize("seed", range(5))
def test_columns_that_are_fixed_or_free_of_cost_are_like_all_others(seed: int) -> None:
    program = random_program(seed)
    each = np.arange(len(program.cost))
    check(
        replace(
            program,
            upper=np.where(each % 5 == 0, program.lower, program.upper),
            row_lower=np.full_like(program.row_lower, -math.inf),
            row_upper=np.maximum(program.row_upper, program.matrix @ program.lower),
            cost=np.where(each % 3 == 0, 0.0, program.cost),
        )
    )


@pytest.mark.parametrize("column", [0, 1])
def test_a_column_without_an_upper_end_is_kept(column: int) -> None:
    upper = LP.upper.copy()
    upper[column] = math.inf
    check(replace(LP, upper=upper))
    check(replace(LP, upper=upper, cost=-LP.cost))


def test_what_is_missing_whatever_is_decided_is_no_column(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of at most 4 places for 10 FTE, each missing at 5, 6 are missing in any case."""
    program = LinearProgram(
        sparse.csc_array(np.array([[1.0, 1.0], [1.0, 0.0]])), np.array([2.0, 5.0]), np.zeros(2),
        np.array([4.0, 10.0]), np.array([10.0, -math.inf]), np.array([math.inf, 3.0]), 0.0, {}, {},
    )  # fmt: skip
    given: list[LinearProgram] = []

    def watched(dual: LinearProgram, *args: object, **options: object) -> object:
        given.append(dual)
        return solve_linear(dual, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(by_dual, "solve_linear", watched)
    found = solve_by_dual(program, Limits(), Watch(), 30.0)
    assert found.x == pytest.approx([3, 7])
    assert found.multipliers == pytest.approx([5, -3])
    assert given[0].matrix.shape == (1, 2)  # the end of the second row, and of the places


def first(program: LinearProgram, *, exact: bool) -> str:
    return next(iter(from_nothing(program, Limits(), Watch(), exact=exact))).name


def test_few_decisions_tied_to_many_rows_are_for_the_dual() -> None:
    assert first(few(1), exact=True) == Algorithm.DUAL
    assert first(few(1), exact=False) != Algorithm.DUAL
    assert first(random_program(1), exact=True) != Algorithm.DUAL


def test_small_programs_and_decisions_without_a_lower_end_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = few(1)
    assert has_few(program)
    assert not has_few(replace(program, lower=np.where(np.arange(93) == 0, -np.inf, program.lower)))
    monkeypatch.setattr(by_dual, "_MANY", program.matrix.nnz + 1)
    assert not has_few(program)


def test_that_there_is_no_point_is_left_to_the_ways_that_prove_it() -> None:
    program = few(1)
    row = int(np.argmax(np.isfinite(program.row_lower)))
    asked, upper = program.row_lower.copy(), program.row_upper.copy()
    asked[row], upper[row] = asked[row] + 1e4, np.inf
    program = replace(program, row_lower=asked, row_upper=upper)
    assert solve_by_dual(program, Limits(), Watch(), 30.0).status is Status.ERROR
    ways = from_nothing(program, Limits(), Watch(), exact=True)
    found = believed(ways, lambda result, _: result.ray, 30.0)
    assert found.proof is not None
    assert [name.split(":")[0] for name in found.tried] == [Algorithm.DUAL, Algorithm.SIMPLEX]


def test_the_end_of_the_time_is_not_taken_for_a_failure() -> None:
    assert solve_by_dual(few(1), Limits(), Watch(), 0.0).status is Status.LIMIT
