import sys
from importlib import import_module
from typing import Any

import pytest

from commission_opt.scenario.axis import parse_axis
from commission_opt.sweep.design import scenarios as planned
from samples import made, policy, sample
from some import some

SIZE = (4, 2, 1)
AXES = ["budget*=1:1.2:0.1", "demand*=0.9,1,1.1", "leavers*=0.9,1.1"]


def case(*axes: str) -> Any:
    model = policy(made(*SIZE, 0).model)
    grid = planned("grid", [parse_axis(text) for text in axes])
    scenarios = [scenario for scenario in grid if scenario.settings]
    return import_module("sweep_loops").Case(sample(*SIZE, 0).instance, model, scenarios)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("peer", "axes"), some([("highs_loop", AXES[:2]), ("pyomo_loop", AXES)], 2)
)
def test_the_loops_find_what_the_sweep_finds(peer: str, axes: list[str]) -> None:
    sweeps, loops = import_module("sweeps"), import_module("sweep_loops")
    known = case(*axes)
    sides, apart = sweeps.compare(known, getattr(loops, peer), "loop", 4, 1)
    assert apart <= sweeps.AGREED
    assert [len(side.found) for side in sides] == [len(known.scenarios)] * 2 + [4, 4]
    assert all(0 < value < float("inf") for value in sides[-1].found.values())
    table = sweeps.rows(sides)
    assert [len(row) for row in table] == [len(sweeps.HEADER)] * 4
    assert table[0][-2] == table[1][-1] == "1.0"


def test_an_objective_that_differs_is_seen() -> None:
    loops = import_module("sweep_loops")
    one = loops.Side("one", found={"a": 100.0, "b": float("inf"), "c": 3.0})
    other = loops.Side("other", found={"a": 100.0 + 1e-3, "b": float("inf")})
    assert loops.furthest_apart([one, other]) == pytest.approx(1e-5, rel=1e-3)
    other.found["b"] = 1.0
    assert loops.furthest_apart([one, other]) == float("inf")


def test_an_axis_of_rates_is_not_for_the_loop_that_changes_right_hand_sides() -> None:
    known = case("leavers*=0.9,1.1")
    solve = import_module("sweep_loops").highs_loop(known)
    side = import_module("sweep_loops").Side("loop")
    solve(known.scenarios[0], side)
    with pytest.raises(ValueError, match="right-hand sides"):
        solve(known.scenarios[1], side)


def test_the_sample_is_spread_along_the_path() -> None:
    loops, known = import_module("sweep_loops"), case(*AXES)
    path = [scenario for chunk in loops.chunks(known.scenarios, 20) for _, scenario in chunk]
    assert loops.spread(known.scenarios, 3) == [path[0], path[8], path[-1]]
    assert loops.spread(known.scenarios, 99) == path


def test_the_frontier_says_how_many_solves_it_took(capsys: pytest.CaptureFixture[str]) -> None:
    sweeps = import_module("sweeps")
    sweeps.frontier(SIZE, 0.01)
    header, _, row = capsys.readouterr().out.splitlines()[:3]
    assert "solves" in header
    assert 1 <= int(row.split("|")[2]) <= 30


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_is_looked_at_early_and_at_the_end() -> None:
    found = import_module("sweep_memory").measure(SIZE, 200)
    assert {100, 200} <= set(found)
    assert all(mib > 10 for mib in found.values())
