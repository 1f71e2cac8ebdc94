"""The targets for whole places at national scale, each in a fresh process.

Run ``python benchmarks/targets.py [--seeds 0,1,…] [--only NAME]``. Each case runs the real command
on a generated instance; its peak memory and its time are those of that process alone.

Machines differ, so seconds are held as multiples of a yardstick that is taken in the same run: what
HiGHS takes for the linear relaxation of 129 × 7 × 1, loaded from arrays, with default options.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

from measuring import Size, generated, markdown, percent, run_limited, size_name, yardstick

HEADER = (
    "case", "seed", "gap asked", "certified gap", "achieved", "allocation", "yardsticks", "limit",
    "work", "command", "peak MiB", "limit MiB", "target",
)  # fmt: skip
_COMMAND = (sys.executable, "-c", "from commission_opt.cli import main; main()", "solve")
_SPARE = 120.0  # seconds to read, check and write on top of the time limit
_ACHIEVED = 0.99


@dataclass(frozen=True)
class Target:
    """A case and what it must reach.

    Parameters
    ----------
    name : str
    size : tuple of int
        Professions, regions and commissioning years.
    method : {"fast", "exact"}
    gap : float
        Largest certified gap; it is also the gap asked for.
    yardsticks : float
        Most time from tables to a certified plan, without reading and writing them.
    mib : float
        Most memory of the process, MiB.
    """

    name: str
    size: Size
    method: Literal["fast", "exact"]
    gap: float
    yardsticks: float
    mib: float


TARGETS = (
    Target("129x7x1", (129, 7, 1), "fast", 0.0010, 5.0, 512.0),
    Target("129x7x5", (129, 7, 5), "fast", 0.0015, 14.0, 717.0),
    Target("129x44x1", (129, 44, 1), "fast", 0.0040, 48.0, 1024.0),
    Target("129x44x5", (129, 44, 5), "fast", 0.0050, 286.0, 3072.0),
    Target("129x7x5-exact", (129, 7, 5), "exact", 0.0005, 286.0, 1536.0),
)


def run(target: Target, seed: int, unit: float) -> list[str]:
    """Run a case and return its row of the table; a yardstick is so many seconds here."""
    limit = target.yardsticks * unit
    with generated(target.size, seed) as folder:
        plan = folder / "plan"
        options = {
            "--model": folder / "model.toml", "--out": plan, "--method": target.method,
            "--gap": target.gap, "--time-limit": limit,
        }  # fmt: skip
        words = [str(word) for option in options.items() for word in option]
        start = time.perf_counter()
        spare = limit + _SPARE
        try:
            printed = run_limited([*_COMMAND, str(folder), *words, "--force"], spare)
        except RuntimeError as error:
            print(str(error).rstrip(), file=sys.stderr)
            return _unfinished(target, seed, "no plan")
        if printed is None:
            return _unfinished(target, seed, f"no end within {spare:.0f} s")
        seconds = time.perf_counter() - start
        return _row(target, seed, _record(plan), seconds, unit)


def _record(plan: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((plan / "plan.json").read_text(encoding="utf-8"))
    return record


def _row(
    target: Target, seed: int, record: dict[str, Any], command: float, unit: float
) -> list[str]:
    allocation = sum(spent for phase, spent in record["seconds"].items() if phase != "read")
    peak, achieved = record["peak_memory_mib"], record["achieved"]
    missed = [
        what
        for what, kept in (
            ("gap", record["gap"] <= target.gap),
            ("achieved", achieved is None or achieved >= _ACHIEVED),
            ("time", allocation <= target.yardsticks * unit),
            ("memory", peak is None or peak <= target.mib),
        )
        if not kept
    ]
    return [
        _name(target),
        str(seed),
        percent(target.gap),
        percent(record["gap"]),
        "–" if achieved is None else percent(achieved),
        f"{allocation:.2f} s",
        f"{allocation / unit:.1f}",
        f"{target.yardsticks:g}",
        f"{record['work']:.2f}",
        f"{command:.2f} s",
        "–" if peak is None else f"{peak:.0f}",
        f"{target.mib:.0f}",
        f"missed: {', '.join(missed)}" if missed else "met",
    ]


def _unfinished(target: Target, seed: int, why: str) -> list[str]:
    known = [_name(target), str(seed), percent(target.gap)]
    limits = [f"{target.yardsticks:g}", *["–"] * 3, f"{target.mib:.0f}"]
    return [*known, *["–"] * 4, *limits, f"missed: {why}"]


def _name(target: Target) -> str:
    return f"{size_name(target.size)}, {target.method}"


def main(words: Sequence[str] | None = None, targets: Sequence[Target] = TARGETS) -> None:
    """Run the targets and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0", help="seeds of the generated instances: 0,1,2")
    parser.add_argument("--only", choices=[t.name for t in targets], help="run one target")
    asked = parser.parse_args(words)
    chosen = [t for t in targets if asked.only in (None, t.name)]
    seeds, unit = [int(seed) for seed in asked.seeds.split(",")], yardstick()
    rows = [run(target, seed, unit) for target in chosen for seed in seeds]
    print(markdown(HEADER, rows))
    print(f"\none run each on this machine, on which a yardstick is {unit:.2f} s")
    for target in chosen:
        print(_over_seeds(target, [row for row in rows if row[0] == _name(target)]))


def _over_seeds(target: Target, rows: Sequence[Sequence[str]]) -> str:
    """Say what the worst seed and the median come to."""
    found = [(float(row[3].split()[0]), float(row[6])) for row in rows if row[3] != "–"]
    if len(found) < len(rows):
        return f"{_name(target)}: no plan for {len(rows) - len(found)} of {len(rows)} seeds"
    gaps, times = zip(*found, strict=True)
    return (
        f"{_name(target)}: gap {max(gaps):.3f} % at worst, {median(gaps):.3f} % in the median; "
        f"{max(times):.1f} yardsticks at worst, {median(times):.1f} in the median"
    )


if __name__ == "__main__":
    main()
