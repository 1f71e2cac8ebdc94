"""Whole numbers at national scale with every lever: this program and stock solvers.

Run ``python benchmarks/every_lever.py [--patience 10] [--solvers highs,cbc,scip] [--only NAME]``.
Each case has what it must reach, its time in yardsticks that are taken in the same run
(``measuring.yardstick``); stock solvers get the same arrays and ``patience`` times its time.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import stock_solvers
from measuring import Size, markdown, percent, size_name, yardstick
from stock import compare, named_solvers

from commission_opt.allocation.methods import Method
from commission_opt.solvers.status import Limits

HEADER = (
    "case", "solver", "seconds", "objective", "gap to our bound", "own gap", "ratio of seconds",
    "ended", "target",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A generated instance with every lever, and what ``auto`` must reach on it.

    Parameters
    ----------
    name : str
    size : tuple of int
        Professions, regions and commissioning years.
    gap : float
        Largest certified gap; it is also the gap asked for.
    yardsticks : float
        Most time from the instance in memory to a certified plan; also the time limit.
    """

    name: str
    size: Size
    gap: float
    yardsticks: float


CASES = (Case("129x7x5", (129, 7, 5), 0.0020, 24.0), Case("129x44x1", (129, 44, 1), 0.0050, 72.0))


def run(
    case: Case, seed: int, solvers: Sequence[str], patience: float, unit: float
) -> list[list[str]]:
    """Run a case and return its rows of the table, ours first; a yardstick is ``unit`` seconds."""
    limits = Limits(case.yardsticks * unit, case.gap)
    rows, allocation = compare(
        case.size, seed, limits, Method.AUTO, solvers, levers=True, patience=patience
    )
    seconds = sum(allocation.seconds.values())
    missed = [
        what
        for what, kept in (
            ("gap", allocation.certificate.gap <= case.gap),
            ("time", seconds <= case.yardsticks * unit),
        )
        if not kept
    ]
    asked = f"{percent(case.gap)} in {case.yardsticks:g} yardsticks"
    ended = f"missed {', '.join(missed)}" if missed else "met"
    verdict = f"{asked}: {ended} ({seconds / unit:.1f})"
    return [
        [size_name(case.size) * first, *row, verdict * first]
        for first, row in zip([True] + [False] * len(rows), rows, strict=False)
    ]


def main(words: Sequence[str] | None = None, cases: Sequence[Case] = CASES) -> None:
    """Run the cases and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patience", type=float, default=10.0)
    parser.add_argument("--solvers", type=named_solvers, default=list(stock_solvers.HERE))
    parser.add_argument("--only", choices=[case.name for case in cases], help="run one case")
    parser.add_argument("--seed", type=int, default=0, help="seed of the generated instances")
    asked, unit = parser.parse_args(words), yardstick()
    rows = [
        row
        for case in cases
        if asked.only in (None, case.name)
        for row in run(case, asked.seed, asked.solvers, asked.patience, unit)
    ]
    print(markdown(HEADER, rows))
    print(
        f"\nseed {asked.seed}; stock solvers had {asked.patience:g} times the time of each case; a "
        f"yardstick is {unit:.2f} s"
    )


if __name__ == "__main__":
    main()
