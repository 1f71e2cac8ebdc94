"""Memory of a sweep after 100 scenarios and after 10,000, in one process that is never recycled.

Run ``python benchmarks/sweep_memory.py 4 2 1 --scenarios 10000``: professions, regions,
commissioning years of a generated instance. Linux only, as it reads what is resident from /proc.
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from measuring import markdown, read_size, size_name

from commission_opt.scenario.axis import parse_axis
from commission_opt.solvers.status import Limits, Watch
from commission_opt.sweep.design import scenarios as planned
from commission_opt.sweep.run import plan_sweep, work_out
from commission_opt.workers.executor import Executor

HEADER = ("scenarios", "resident MiB", "growth")
_CHUNK, _FIRST = 20, 100


def measure(size: tuple[int, int, int], scenarios: int) -> dict[int, float]:
    """Run a sweep of budgets and demand, and return MiB by number of scenarios done."""
    instance, policy = read_size(size)
    steps = scenarios // 100
    axes = [
        parse_axis(f"budget*={','.join(f'{1 + i / 500:g}' for i in range(100))}"),
        parse_axis(f"demand*={','.join(f'{1 + i / 10 / steps:g}' for i in range(steps))}"),
    ]
    sweep = plan_sweep(
        instance, policy, planned("grid", axes), Limits(), relaxed=True, chunk=_CHUNK
    )
    found: dict[int, float] = {}
    with TemporaryDirectory() as folder:
        work_out(
            sweep, Path(folder) / "sweep", _here(found, (_FIRST, sweep.size // 10, sweep.size))
        )
    return found


def _here(found: dict[int, float], at: Sequence[int]) -> Executor:
    """Work chunks in this process, and look at its memory at some numbers of scenarios."""

    def execute(
        function: Callable[[Any], Any], chunks: Mapping[int, Any], _: Watch
    ) -> Generator[tuple[int, Any]]:
        done = 0
        for number, chunk in chunks.items():
            yield number, function(chunk)
            done += len(chunk)
            if done in at:
                gc.collect()
                found[done] = resident_mib()

    return execute


def resident_mib() -> float:
    """Return what this process holds in memory now, MiB."""
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 2**10


def main(words: Sequence[str] | None = None) -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("professions", "regions", "years"):
        parser.add_argument(name, type=int)
    parser.add_argument("--scenarios", type=int, default=10_000, help="a multiple of 1,000")
    asked = parser.parse_args(words)
    size = asked.professions, asked.regions, asked.years
    found = measure(size, asked.scenarios)
    first = found[_FIRST]
    rows = [
        [f"{n:,}", f"{mib:.1f}", f"{100 * (mib / first - 1):+.1f} %"] for n, mib in found.items()
    ]
    print(markdown(HEADER, rows))
    print(f"\n{size_name(size)}, relaxed; worker and store in one process")


if __name__ == "__main__":
    main()
