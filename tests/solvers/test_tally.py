import math
import time

import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.policy_file import parse_policy
from commission_opt.solvers.first_order import solve_first_order
from commission_opt.solvers.highs import solve_integer, solve_linear
from commission_opt.solvers.status import Limits, Watch
from commission_opt.solvers.tally import Tally
from random_programs import LP, WHOLE
from samples import model, sample


def test_runs_of_one_kind_and_options_are_added_up() -> None:
    tally = Tally()
    tally.add("hot", {}, (2, 3, 4), {"simplex": 5}, -1, 0.5)
    tally.add("hot", {}, (3, 1, 1), {"simplex": 2}, 7, 0.25)
    tally.add("hot", {"presolve": "off"}, (1, 1, 1), {}, 0, 1.0)
    first, second = tally.runs.values()
    assert (first.count, first.rows, first.columns, first.nonzeros) == (2, 3, 3, 4)
    assert (first.iterations, first.nodes, first.seconds) == ({"simplex": 7}, 7, 0.75)
    assert (second.count, second.options) == (1, {"presolve": "off"})


def test_a_linear_run_is_counted_with_its_options() -> None:
    watch = Watch()
    limits = Limits(seed=3, options={"presolve": "off"})
    solve_linear(LP, limits, watch, interior_point=True)
    (runs,) = watch.tally.runs.values()
    assert (runs.kind, runs.rows, runs.columns, runs.nonzeros) == ("relaxation", 2, 2, 3)
    assert runs.iterations["ipm"] > 0
    expected = {"presolve": "off", "random_seed": 3, "solver": "ipx", "run_crossover": "off"}
    assert expected.items() <= runs.options.items()
    assert "time_limit" not in runs.options
    assert watch.tally.pass_seconds > 0
    assert not watch.tally.cut_short


def test_a_first_order_run_is_counted_too() -> None:
    watch = Watch()
    solve_first_order(LP, watch.inner(), gap=1e-3, seconds=10.0)
    (runs,) = watch.tally.runs.values()
    assert (runs.kind, runs.rows, runs.columns, runs.nonzeros) == ("first order", 2, 2, 3)
    assert runs.iterations["first order"] > 0
    assert not watch.tally.cut_short
    solve_first_order(LP, watch, gap=-1.0, seconds=0.0)
    assert watch.tally.cut_short
    assert watch.trace[-1].bound == pytest.approx(-7, rel=1e-2)


def test_an_integer_run_leaves_a_trace() -> None:
    watch = Watch(phase="whole")
    solve_integer(LP, WHOLE, Limits(gap=0), watch)
    assert [runs.kind for runs in watch.tally.runs.values()] == ["integer"]
    assert watch.trace[-1].best == pytest.approx(-6)
    assert {moment.phase for moment in watch.trace} == {"whole"}


def test_the_clock_is_remembered() -> None:
    watch = Watch()
    assert not watch.late(time.perf_counter() + 100)
    assert not watch.tally.cut_short
    assert watch.inner().late(0.0)
    assert watch.tally.cut_short
    watch = Watch()
    solve_linear(LP, Limits(seconds=0), watch)
    assert watch.tally.cut_short


def test_only_better_plans_and_bounds_are_noted() -> None:
    watch = Watch()
    watch.found(5.0)
    watch.found(6.0)
    watch.proved(1.0)
    watch.proved(-math.inf)
    assert [(m.best, m.bound) for m in watch.trace] == [(5.0, -math.inf), (5.0, 1.0)]


def test_a_whole_allocation_is_not_cut_short_and_repeats() -> None:
    instance = sample(3, 3, 2, 1).instance
    counts = []
    for _ in range(2):
        watch = Watch()
        allocate(instance, parse_policy(model(1).encode()), Limits(seconds=600), watch)
        assert not watch.tally.cut_short
        counts.append([(r.kind, r.count, r.iterations, r.nodes) for r in watch.tally.runs.values()])
    assert counts[0] == counts[1]
    assert {kind for kind, *_ in counts[0]} >= {"relaxation"}
