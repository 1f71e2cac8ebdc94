"""The targets for whole places at national scale, each in a fresh process.

Run ``python benchmarks/targets.py [--seed N] [--only NAME]``. Each case runs the real command on
a generated instance; its peak memory and its time are those of that process alone.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from measuring import Size, generated, markdown, percent, run_limited, size_name

HEADER = (
    "case", "gap asked", "certified gap", "achieved", "allocation", "limit", "command",
    "peak MiB", "limit MiB", "target",
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
    seconds : float
        Most seconds from tables to a certified plan, without reading and writing them.
    mib : float
        Most memory of the process, MiB.
    """

    name: str
    size: Size
    method: Literal["fast", "exact"]
    gap: float
    seconds: float
    mib: float


TARGETS = (
    Target("129x7x1", (129, 7, 1), "fast", 0.0010, 2.0, 512.0),
    Target("129x7x5", (129, 7, 5), "fast", 0.0015, 6.0, 717.0),
    Target("129x44x1", (129, 44, 1), "fast", 0.0040, 20.0, 1024.0),
    Target("129x44x5", (129, 44, 5), "fast", 0.0050, 120.0, 3072.0),
    Target("129x7x5-exact", (129, 7, 5), "exact", 0.0005, 120.0, 1536.0),
)


def run(target: Target, seed: int) -> list[str]:
    """Run a case and return its row of the table."""
    with generated(target.size, seed) as folder:
        plan = folder / "plan"
        options = {
            "--model": folder / "model.toml", "--out": plan, "--method": target.method,
            "--gap": target.gap, "--time-limit": target.seconds,
        }  # fmt: skip
        words = [str(word) for option in options.items() for word in option]
        start = time.perf_counter()
        spare = target.seconds + _SPARE
        try:
            printed = run_limited([*_COMMAND, str(folder), *words, "--force"], spare)
        except RuntimeError as error:
            print(str(error).rstrip(), file=sys.stderr)
            return _unfinished(target, "no plan")
        if printed is None:
            return _unfinished(target, f"no end within {spare:.0f} s")
        seconds = time.perf_counter() - start
        return _row(target, _record(plan), seconds)


def _record(plan: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((plan / "plan.json").read_text(encoding="utf-8"))
    return record


def _row(target: Target, record: dict[str, Any], command: float) -> list[str]:
    allocation = sum(spent for phase, spent in record["seconds"].items() if phase != "read")
    peak, achieved = record["peak_memory_mib"], record["achieved"]
    missed = [
        what
        for what, kept in (
            ("gap", record["gap"] <= target.gap),
            ("achieved", achieved is None or achieved >= _ACHIEVED),
            ("seconds", allocation <= target.seconds),
            ("memory", peak is None or peak <= target.mib),
        )
        if not kept
    ]
    return [
        _name(target),
        percent(target.gap),
        percent(record["gap"]),
        "–" if achieved is None else percent(achieved),
        f"{allocation:.2f} s",
        f"{target.seconds:g} s",
        f"{command:.2f} s",
        "–" if peak is None else f"{peak:.0f}",
        f"{target.mib:.0f}",
        f"missed: {', '.join(missed)}" if missed else "met",
    ]


def _unfinished(target: Target, why: str) -> list[str]:
    limits = f"{target.seconds:g} s", f"{target.mib:.0f}"
    name, gap = _name(target), percent(target.gap)
    return [name, gap, "–", "–", "–", limits[0], "–", "–", limits[1], f"missed: {why}"]


def _name(target: Target) -> str:
    return f"{size_name(target.size)}, {target.method}"


def main(words: Sequence[str] | None = None, targets: Sequence[Target] = TARGETS) -> None:
    """Run the targets and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="seed of the generated instances")
    parser.add_argument("--only", choices=[t.name for t in targets], help="run one target")
    asked = parser.parse_args(words)
    chosen = [t for t in targets if asked.only in (None, t.name)]
    print(markdown(HEADER, [run(target, asked.seed) for target in chosen]))
    print(f"\nseed {asked.seed}; seconds of one run on this machine")


if __name__ == "__main__":
    main()
