"""Sweeps and frontiers against the targets, and against the loops that users would write.

Run ``python benchmarks/sweeps.py [--sample N] [--processes N] [--only NAME]``. The loops run on a
sample of the scenarios, in turns with ours.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from measuring import markdown, percent, read_size, run_limited, size_name
from sweep_loops import (
    Case,
    Peer,
    Side,
    by_processes,
    furthest_apart,
    highs_loop,
    in_turns,
    pyomo_loop,
)

from commission_opt.files.shipped import find_instance, find_model
from commission_opt.frontier.curve import trace_frontier
from commission_opt.frontier.over import BUDGET
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.scenario.axis import Axis
from commission_opt.sweep.design import scenarios
from commission_opt.sweep.sweep_file import find_sweep, read_sweep

INSTANCE, SWEEP, MODEL = "england-2026", "budget-demand-leavers", "annual"
LOOPS, FRONTIER, MEMORY = "loops", "frontier", "memory"
HEADER = (
    "by",
    "scenarios",
    "seconds",
    "ms each",
    "CPU ms each",
    "times the sweep",
    "times a session",
)
FRONTIER_HEADER = ("instance", "solves", "repeated cold", "distance", "seconds")
AGREED = 1e-6
FINE = (40, 25)  # values of budgets and of demand: 1,000 scenarios
_NATIONAL, _SMALL = (129, 7, 5), ("4", "2", "1")
_PATIENCE = 3600.0  # seconds


def compare(
    case: Case, peer: Callable[[Case], Peer], name: str, sample: int, processes: int
) -> tuple[list[Side], float]:
    """Run our sweep before and after all others, which take turns.

    Returns
    -------
    sides : list of Side
        The sweep first, then the session.
    apart : float
        Largest difference of objectives, relative.
    """
    before = by_processes(case, processes)
    sides = in_turns(case, sample, {name: peer(case)})
    after = by_processes(case, processes)
    apart = furthest_apart([before, after, *sides])
    before.seconds = (before.seconds + after.seconds) / 2
    return [before, *sides], apart


def rows(sides: Sequence[Side]) -> list[list[str]]:
    """Return the rows of a table; the first side is the sweep, the second a session."""
    sweep, session = (side.per_scenario() for side in sides[:2])
    return [
        [
            side.name,
            f"{len(side.found):,}",
            f"{side.seconds:.1f}",
            f"{side.per_scenario():.1f}",
            "–" if side is sides[0] else f"{1e3 * side.cpu / len(side.found):.1f}",
            f"{side.per_scenario() / sweep:.1f}",
            f"{side.per_scenario() / session:.1f}",
        ]
        for side in sides
    ]


def loops(sample: int, processes: int) -> bool:
    """Compare with both loops; say whether all objectives agree."""
    folder = find_instance(INSTANCE)
    instance, policy = read_instance(folder), read_policy(find_model(MODEL))
    axes = read_sweep(find_sweep(SWEEP, folder)).axes
    agree = True
    cold = "highspy, right-hand sides changed, cold"
    for chosen, peer, name in (
        (axes, pyomo_loop, "Pyomo, built anew and solved"),
        (axes[:2], highs_loop, cold),
        (finer(axes[:2], FINE), highs_loop, cold),
    ):
        case = Case(instance, policy, scenarios("grid", chosen))
        sides, apart = compare(case, peer, name, sample, processes)
        agree &= _tell(chosen, sides, apart)
    return agree


def finer(axes: Sequence[Axis], counts: Sequence[int]) -> list[Axis]:
    """Return axes from end to end in so many even steps."""
    return [
        replace(axis, values=tuple(np.linspace(min(axis.values), max(axis.values), count).tolist()))
        for axis, count in zip(axes, counts, strict=True)
    ]


def _tell(axes: Sequence[Axis], sides: Sequence[Side], apart: float) -> bool:
    print(markdown(HEADER, rows(sides)))
    names, agree = " × ".join(axis.name for axis in axes), apart <= AGREED
    print(f"\n{INSTANCE}, relaxed, {names}: {len(sides[0].found):,} scenarios")
    verdict = "agree" if agree else "DO NOT AGREE"
    print(f"objectives of all sides {verdict}: at most {apart:.1e} apart, relative\n", flush=True)
    return agree


def frontier(size: tuple[int, int, int], distance: float = 1e-3) -> None:
    """Trace the frontier of budgets from 80 to 120 %, and print how many solves it took."""
    instance, policy = read_size(size)
    start = time.perf_counter()
    curve = trace_frontier(instance, policy, BUDGET.name, scales=(0.8, 1.2), distance=distance)
    row = [
        size_name(size), str(curve.frontier.solves), str(curve.cold),
        percent(curve.frontier.distance), f"{time.perf_counter() - start:.1f}",
    ]  # fmt: skip
    print(markdown(FRONTIER_HEADER, [row]))
    print(f"\nbudgets 80–120 %, certified distance of {percent(distance)} asked for\n", flush=True)


def memory() -> None:
    """Print the memory of a sweep of 10,000 scenarios, in a process of its own."""
    script = Path(__file__).with_name("sweep_memory.py")
    print(run_limited([sys.executable, str(script), *_SMALL], _PATIENCE))


def main(words: Sequence[str] | None = None) -> int:
    """Measure, print tables, and return 1 if objectives do not agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=30, help="scenarios that the loops solve")
    parser.add_argument("--processes", type=int, default=2, help="of the sweep")
    parser.add_argument("--only", choices=[LOOPS, FRONTIER, MEMORY], help="one part")
    asked = parser.parse_args(words)
    agree = True
    if asked.only in (None, LOOPS):
        agree = loops(asked.sample, asked.processes)
    if asked.only in (None, FRONTIER):
        frontier(_NATIONAL)
    if asked.only in (None, MEMORY):
        memory()
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
