"""Plans for many futures, beside the plan for the instance as it is given.

Run ``python benchmarks/many_futures.py [--draws N] [--only NAME]``. Both sides of a ratio are
CPU seconds of one process, from the instance in memory to a certified plan.
"""

from __future__ import annotations

import argparse
import math
import resource
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from measuring import Size, markdown, percent, read_size, size_name, yardstick

from commission_opt.allocation.allocate import allocate
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.formulation.problem import planning
from commission_opt.futures.futures import futures
from commission_opt.futures.uncertainty_file import (
    find_uncertainty,
    parse_uncertainty,
    read_uncertainty,
)
from commission_opt.instance.instance import Instance
from commission_opt.plan.uncertain import possible
from commission_opt.policy import Policy, RiskMeasure, UnderUncertainty
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.status import Limits, Watch
from commission_opt.uncertainty.together import allocate_together

HEADER = (
    "case", "draws", "risk", "plain", "CPU", "ratio", "yardsticks", "certified gap",
    "peak MiB", "target",
)  # fmt: skip
_SECONDS = 600.0
FILE = b"""
name = "benchmark"
draws = 1000
seed = 1
[[uncertain]]
name = "demand"
figures = "demand"
how = "*="
interval = [0.96, 1.05]
each = "profession"
correlation = 0.5
over_time = "fan"
[[uncertain]]
name = "leavers"
figures = "leavers"
how = "*="
interval = [0.9, 1.15]
each = "profession"
[[uncertain]]
name = "joiners"
figures = "joiners"
how = "*="
interval = [0.8, 1.2]
each = "profession"
[[uncertain]]
name = "completion"
figures = "completion_rate"
how = "*="
triangular = [0.95, 1.0, 1.05]
each = "profession"
"""


@dataclass(frozen=True)
class Case:
    """An instance, a risk, and what a plan for its futures must reach.

    Parameters
    ----------
    name : str
    size : tuple of int, or None
        Of a generated instance; None for england-2026 and its calibrated file.
    risk : {"expected", "cvar", "worst"}
    gap : float
        Largest certified gap; it is also the gap asked for.
    ratio : float
        Most CPU seconds, as a multiple of those of the plan without uncertainty.
    draws : int
    varied : collection of str
        Names of the rows of the file by which a generated instance varies; all if there are none.
    now : int or None
        Commissioning years that are decided now; all if not given.
    yardsticks, mib : float
        Most time, of the processor, as a multiple of a yardstick taken in the same run
        (``measuring.yardstick``), and most memory.
    """

    name: str
    size: Size | None
    risk: RiskMeasure
    gap: float
    ratio: float
    draws: int = 1000
    varied: Collection[str] = ()
    now: int | None = None
    yardsticks: float = math.inf
    mib: float = math.inf


CASES = (
    Case("england-expected", None, "expected", 0.0005, 5.0),
    Case("england-cvar", None, "cvar", 0.0005, 7.0),
    Case("129x7x1", (129, 7, 1), "expected", 0.0015, 5.0, mib=819.0),
    Case(
        "129x7x1-more",
        (129, 7, 1),
        "expected",
        0.001,
        6.0,
        10_000,
        ("demand", "joiners"),
        mib=819.0,
    ),
    Case("27x7x5", (27, 7, 5), "expected", 0.003, 6.0, 200),
    Case(
        "27x7x5-waits",
        (27, 7, 5),
        "expected",
        0.004,
        math.inf,
        50,
        now=1,
        yardsticks=180.0,
        mib=1536.0,
    ),
)


def problem(case: Case) -> tuple[Instance, Policy, bytes]:
    """Return the instance of a case, its model and its uncertainty file."""
    if case.size is None:
        folder = find_instance("england-2026")
        file = read_uncertainty(find_uncertainty("calibrated", folder))
        return read_instance(folder), read_policy(find_model("annual")), file.content
    head, *rows = FILE.split(b"[[uncertain]]")
    kept = [row for row in rows if not case.varied or _name(row) in case.varied]
    return *read_size(case.size), b"[[uncertain]]".join([head, *kept])


def _name(row: bytes) -> str:
    """Return what a row of the file is called."""
    return row.split(b'"')[1].decode()


def run(case: Case, draws: int, unit: float) -> list[str]:
    """Solve a case with and without its futures and return its row of the table.

    A yardstick is ``unit`` seconds.
    """
    instance, policy, content = problem(case)
    policy, limits = policy.first_stages(1), Limits(_SECONDS, case.gap)
    start = time.process_time()
    allocate(instance, policy, limits)
    plain = time.process_time() - start
    under = UnderUncertainty(case.name, case.risk, decide_now=case.now)
    how = replace(policy, uncertainty=under)
    drawn = futures(instance, how, parse_uncertainty(content), draws=draws)
    start = time.process_time()
    if case.now is None:
        found = allocate_together(planning(instance, how), drawn, limits, Watch())
    else:
        found = allocate(instance, how, limits, futures=possible(drawn))
    seconds = time.process_time() - start
    gap, ratio = found.certificate.gap, seconds / plain
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    missed = [
        what for what, kept in (
            ("gap", gap <= case.gap), ("ratio", ratio <= case.ratio),
            ("time", seconds <= case.yardsticks * unit), ("memory", peak <= case.mib),
        )
        if not kept
    ]  # fmt: skip
    within = f"at {case.ratio:g} ×"
    if math.isfinite(case.yardsticks):
        within = f"in {case.yardsticks:g} yardsticks"
    asked = f"{percent(case.gap)} {within}"
    return [
        _name_of(case), f"{draws:,}", case.risk,
        f"{plain:.2f} s", f"{seconds:.2f} s", f"{ratio:.1f}", f"{seconds / unit:.1f}",
        percent(gap), f"{peak:.0f}",
        f"{asked}: missed {', '.join(missed)}" if missed else f"{asked}: met",
    ]  # fmt: skip


def _name_of(case: Case) -> str:
    name = "england-2026" if case.size is None else size_name(case.size)
    return name if case.now is None else f"{name}, {case.now} now"


def main(words: Sequence[str] | None = None, cases: Sequence[Case] = CASES) -> None:
    """Run the cases and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, help="instead of those of each case")
    parser.add_argument("--only", choices=[case.name for case in cases])
    asked, unit = parser.parse_args(words), yardstick(time.process_time)
    rows = [
        run(case, asked.draws or case.draws, unit)
        for case in cases
        if asked.only in (None, case.name)
    ]
    print(markdown(HEADER, rows))
    print(f"\nCPU seconds of one run on this machine, on which a yardstick is {unit:.2f} s")


if __name__ == "__main__":
    main()
