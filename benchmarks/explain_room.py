"""Seconds for all near-optimal ranges of a generated instance, and how the ends were settled.

Run ``python benchmarks/explain_room.py 129 7 1 --jobs 2``: professions, regions, commissioning
years. Solving the plan does not count; reading it back, which each process does again, is.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from measuring import generated, markdown, percent, read_generated, size_name

from commission_opt.allocation.allocate import allocate
from commission_opt.explain.room.enclosure import HIGH, LOW
from commission_opt.explain.room.ranges import WITHIN, Ranges, ranges
from commission_opt.explain.room.room import tolerance
from commission_opt.plan.read import read_plan
from commission_opt.plan.write import write_plan
from commission_opt.solvers.status import Limits

HEADER = ("plan", "within", "ends", "proved and reached", "apart, mean", "width, mean")


def rows(name: str, found: Ranges) -> list[list[str]]:
    """Return a row of the table for each tolerance."""
    apart = np.concatenate(
        [found.reached[LOW] - found.proved[LOW], found.proved[HIGH] - found.reached[HIGH]]
    )
    width = found.proved[HIGH] - found.proved[LOW]
    return [
        [
            name,
            tolerance(share),
            f"{len(apart):,}",
            percent(float((apart[:, e] == 0).mean())),
            f"{apart[:, e].mean():.3f} places",
            f"{width[:, e].mean():.1f} places",
        ]
        for e, share in enumerate(found.near.within)
    ]


def measured(folder: Path, jobs: int, limit: float, *, relaxed: bool) -> tuple[float, Ranges]:
    """Solve a plan, then find its ranges; return their seconds and what was found."""
    instance, policy = read_generated(folder)
    policy = policy.relaxed() if relaxed else policy
    with tempfile.TemporaryDirectory() as name:
        write_plan(allocate(instance, policy, Limits(60.0)), Path(name) / "plan")
        start = time.perf_counter()
        found = ranges(read_plan(Path(name) / "plan"), WITHIN, seconds=limit, jobs=jobs)
        return time.perf_counter() - start, found


def main(words: Sequence[str] | None = None) -> None:
    """Measure a plan in whole places and one in fractions, and print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", type=int, nargs=3, metavar=("P", "R", "K"))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--time-limit", type=float, default=600.0)
    asked = parser.parse_args(words)
    size = (asked.size[0], asked.size[1], asked.size[2])
    table: list[list[str]] = []
    with generated(size, asked.seed) as folder:
        for name, relaxed in (("whole places", False), ("fractions", True)):
            seconds, found = measured(folder, asked.jobs, asked.time_limit, relaxed=relaxed)
            table += rows(name, found)
            print(
                f"{size_name(size)}, {name}: {seconds:.1f} s with {asked.jobs} processes; "
                f"{percent(found.done.mean())} of the ranges worked out"
            )
    print("\n" + markdown(HEADER, table))


if __name__ == "__main__":
    main()
