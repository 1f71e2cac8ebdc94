from dataclasses import replace

import numpy as np
import pytest

from commission_opt.core.linear_program import LinearProgram, lagrangian_bound
from commission_opt.solvers.first_order import solve_first_order
from commission_opt.solvers.highs import solve_linear
from commission_opt.solvers.status import Limits, Result, Status, Watch
from random_programs import random_program

SEEDS = range(12)
GAP = 1e-5


def solved(program: LinearProgram, **options: object) -> Result:
    asked = {"gap": GAP, "seconds": 60.0, **options}
    return solve_first_order(program, Watch(), **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", SEEDS)
def test_it_comes_as_near_the_optimum_as_asked(seed: int) -> None:
    program = random_program(seed)
    exact = solve_linear(program, Limits(), Watch())
    assert exact.x is not None
    best = program.value(exact.x)
    result = solved(program)
    assert result.status == Status.APPROXIMATE
    assert result.x is not None
    assert result.multipliers is not None
    bound = lagrangian_bound(program, result.multipliers)
    near = GAP * max(1.0, abs(best)) + 1e-9
    assert best - near <= bound <= best + 1e-9
    assert program.value(result.x) <= best + near
    assert program.largest_violation(result.x) < 1e-2


def test_a_box_is_never_left() -> None:
    program = random_program(3)
    result = solved(program, iterations=40)
    assert result.x is not None
    assert (result.x >= program.lower).all()
    assert (result.x <= program.upper).all()


def test_the_same_twice() -> None:
    first, second = solved(random_program(1)), solved(random_program(1))
    assert first.x is not None
    assert second.x is not None
    assert np.array_equal(first.x, second.x)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_impossible_program_is_told_or_left_open(seed: int) -> None:
    program = random_program(seed)
    worse = replace(program, row_lower=program.row_lower + 1e3, row_upper=program.row_upper + 1e3)
    assert solve_linear(worse, Limits(), Watch()).status == Status.INFEASIBLE
    assert solved(worse).status == Status.INFEASIBLE
    hardly = replace(program, row_lower=np.where(np.arange(9) == 3, 30.0, program.row_lower))
    hardly = replace(hardly, row_upper=np.maximum(hardly.row_lower, hardly.row_upper))
    if solve_linear(hardly, Limits(), Watch()).status == Status.INFEASIBLE:
        assert solved(hardly, iterations=2000).status in (Status.INFEASIBLE, Status.ERROR)


def test_a_stopped_watch_and_no_time_end_it_with_what_there_is() -> None:
    program, watch = random_program(4), Watch()
    watch.stop()
    stopped = solve_first_order(program, watch, gap=0.0, seconds=60.0)
    late = solve_first_order(program, Watch(), gap=0.0, seconds=0.0)
    for result, status in ((stopped, Status.STOPPED), (late, Status.LIMIT)):
        assert result.status == status
        assert result.multipliers is not None
        assert np.isfinite(lagrangian_bound(program, result.multipliers))


@pytest.mark.slow
def test_a_program_without_shared_columns_or_rows() -> None:
    program = random_program(0, shared=0)
    exact = solve_linear(program, Limits(), Watch())
    assert exact.x is not None
    result = solved(program)
    assert result.x is not None
    assert program.value(result.x) == pytest.approx(program.value(exact.x), rel=1e-4)
    empty = replace(
        program, matrix=program.matrix[:0], row_lower=np.zeros(0), row_upper=np.zeros(0)
    )
    alone = solved(empty)
    assert alone.x is not None
    cheapest = np.where(program.cost > 0, program.lower, program.upper)
    assert empty.value(alone.x) == pytest.approx(empty.value(cheapest))
