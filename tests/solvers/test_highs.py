import math
import time

import numpy as np
import pytest
from scipy import sparse

from commission_opt.allocation.whole import WholeProgram, whole_formulation
from commission_opt.core.linear_program import LinearProgram, lagrangian_bound, proves_infeasible
from commission_opt.solvers.highs import solve_integer, solve_linear
from commission_opt.solvers.status import Limits, Status, Watch
from random_programs import LP, WHOLE
from samples import model, sample, written


def with_rows(matrix: list[list[float]], upper: list[float]) -> LinearProgram:
    array = sparse.csc_array(np.array(matrix))
    none = np.full(len(upper), -math.inf)
    return LinearProgram(array, LP.cost, LP.lower, LP.upper, none, np.array(upper), 0.0, {}, {})


IMPOSSIBLE = with_rows([[1, 1], [-1, -1]], [2, -3])  # x + y ≤ 2 and x + y ≥ 3


def hard() -> WholeProgram:
    """A program that keeps branch and bound busy for longer than a test may take."""
    instance = sample(8, 7, 4, 1).instance
    return whole_formulation(written(instance, model(4)))


def test_linear_optimum_with_its_duals() -> None:
    result = solve_linear(LP, Limits(), Watch())
    assert result.status == Status.OPTIMAL
    assert result.x == pytest.approx([2, 2.5])
    assert result.multipliers == pytest.approx([-1, -1])
    assert result.multipliers is not None
    assert lagrangian_bound(LP, result.multipliers) == pytest.approx(-7)
    assert result.ray is None


def test_whole_numbers() -> None:
    result = solve_integer(LP, WHOLE, Limits(gap=0), Watch())
    assert result.status == Status.OPTIMAL
    assert result.x == pytest.approx([2, 2])
    assert result.multipliers is None
    half = solve_integer(LP, np.array([True, False]), Limits(gap=0), Watch())
    assert half.x == pytest.approx([2, 2.5])


def test_infeasible_with_a_ray_that_proves_it() -> None:
    result = solve_linear(IMPOSSIBLE, Limits(), Watch())
    assert result.status == Status.INFEASIBLE
    assert result.x is None
    assert result.ray is not None
    assert proves_infeasible(IMPOSSIBLE, result.ray)


def test_infeasible_in_whole_numbers_only() -> None:
    narrow = with_rows([[1, 0], [-1, 0]], [0.7, -0.3])
    assert solve_linear(narrow, Limits(), Watch()).status == Status.OPTIMAL
    result = solve_integer(narrow, WHOLE, Limits(), Watch())
    assert (result.status, result.x) == (Status.INFEASIBLE, None)


def test_an_empty_program() -> None:
    none = np.zeros(0)
    matrix = sparse.csc_array((0, 0))
    nothing = LinearProgram(matrix, none, none, none, none, none, 3.0, {}, {})
    assert solve_linear(nothing, Limits(), Watch()).status == Status.OPTIMAL


def test_a_start_is_used() -> None:
    watch = Watch()
    result = solve_integer(LP, WHOLE, Limits(gap=0), watch, start=np.array([2.0, 2.0]))
    assert result.x == pytest.approx([2, 2])


def test_no_time_at_all() -> None:
    whole = hard()
    linear = solve_linear(whole.program, Limits(seconds=0), Watch())
    assert linear.status == Status.LIMIT
    result = solve_integer(whole.program, whole.integer, Limits(), Watch(), seconds=0)
    assert (result.status, result.x) == (Status.LIMIT, None)
    late = solve_integer(whole.program, whole.integer, Limits(), Watch(), seconds=-5)
    assert late.status == Status.LIMIT


@pytest.mark.slow
def test_time_limit_keeps_the_best_point() -> None:
    whole, watch = hard(), Watch()
    started = time.monotonic()
    result = solve_integer(whole.program, whole.integer, Limits(gap=0), watch, seconds=2)
    assert time.monotonic() - started < 10
    assert result.status == Status.LIMIT
    assert result.x is not None
    assert whole.program.largest_violation(result.x) < 1e-5
    assert whole.program.value(result.x) == pytest.approx(watch.best)
    assert watch.bound <= watch.best


def test_a_stop_asked_for_beforehand() -> None:
    whole, watch = hard(), Watch()
    watch.stop()
    linear = solve_linear(whole.program, Limits(), watch)
    assert linear.status == Status.STOPPED
    result = solve_integer(whole.program, whole.integer, Limits(), watch)
    assert result.status == Status.STOPPED


class StopsAtTheFirstPoint(Watch):
    """Asks for the end as soon as a point is found."""

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name == "best" and isinstance(value, float) and value < math.inf:
            self.stop()


def test_a_stop_on_the_way_keeps_the_best_point() -> None:
    whole, watch = hard(), StopsAtTheFirstPoint()
    result = solve_integer(whole.program, whole.integer, Limits(gap=0), watch)
    assert result.status == Status.STOPPED
    assert result.x is not None
    assert whole.program.largest_violation(result.x) < 1e-5


def test_the_target_ends_the_search() -> None:
    whole, watch = hard(), Watch()
    relaxed = solve_linear(whole.program, Limits(), Watch())
    assert relaxed.multipliers is not None
    bound = lagrangian_bound(whole.program, relaxed.multipliers)
    watch.target = bound * 1.1
    result = solve_integer(whole.program, whole.integer, Limits(gap=0, seconds=60), watch)
    assert result.status == Status.LIMIT  # nobody asked for the end
    assert not watch.stopped
    assert result.x is not None
    assert whole.program.value(result.x) <= watch.target
    assert watch.seconds < 60


def test_same_seed_same_point() -> None:
    whole = whole_formulation(written(sample(4, 3, 2, 3).instance, model(2)))
    runs = [
        solve_integer(whole.program, whole.integer, Limits(gap=0.01, seed=7), Watch()).x
        for _ in range(2)
    ]
    assert runs[0] is not None
    assert runs[0].tolist() == (runs[1].tolist() if runs[1] is not None else None)


def test_an_option_that_the_solver_does_not_take() -> None:
    with pytest.raises(ValueError, match="does not take -3 for its option random_seed"):
        solve_linear(LP, Limits(options={"random_seed": -3}), Watch())


def test_a_program_that_the_solver_refuses() -> None:
    broken = with_rows([[1, math.inf]], [2])
    with pytest.raises(RuntimeError, match="refused"):
        solve_linear(broken, Limits(), Watch())
