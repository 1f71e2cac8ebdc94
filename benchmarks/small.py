"""Small problems: this program against stock solvers on 40 generated cases, to the same gap.

Run ``python benchmarks/small.py [--sample 4] [--gap 0.0005] [--time-limit 60] [--solvers
highs,cbc,scip]``. The cases have up to 400 decisions and one to five commissioning years.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from statistics import median

from measuring import Size, markdown, percent, size_name
from stock import compared, named_solvers
from stock_solvers import HERE

from commission_opt.allocation.methods import Method
from commission_opt.solvers.status import Limits

SIZES: tuple[Size, ...] = (
    (6, 3, 2), (10, 4, 1), (8, 4, 2), (10, 4, 3), (12, 5, 2),
    (16, 5, 1), (6, 4, 5), (14, 4, 4), (20, 7, 1), (27, 7, 2),
)  # fmt: skip
SEEDS = (1, 3, 5, 7)
CASES = tuple((size, seed) for seed in SEEDS for size in SIZES)
HEADER = (
    "case", "seed", "seconds", "of the best", "ratio", "gap", "own gap of the best",
    "plan worse by", "bound worse by", "behind in",
)  # fmt: skip
_SPARE, _TIMES, _EVEN = 0.5, 2.0, 1e-6


def run(
    size: Size, seed: int, limits: Limits, solvers: Sequence[str]
) -> tuple[list[str], float, bool]:
    """Return the row of a case, our time as a multiple of the best stock solver's, and if behind.

    The best is the quickest of those that reach the gap, and otherwise the one with the least gap.
    A plan and a bound are worse if they are so beyond the gap that was asked for.
    """
    ours, others = compared(size, seed, limits, Method.AUTO, solvers)
    gap = limits.gap * (1 + _EVEN)
    best = min(
        others, key=lambda o: (o.seconds, o.gap) if o.gap <= gap else (limits.seconds, o.gap)
    )
    spent = best.seconds if best.gap <= gap else limits.seconds
    ratio = ours.seconds / spent
    plan = min((o.value for o in others), default=float("inf"))
    bound = max((o.bound for o in others), default=-float("inf"))
    worse = (ours.value - plan) / abs(ours.value), (bound - ours.bound) / abs(ours.value)
    within = limits.gap if ours.gap <= gap else _EVEN  # who reached the gap may stop there
    behind = [
        what
        for what, is_so in (
            ("time", ours.seconds > _TIMES * spent + _SPARE),
            ("plan", worse[0] > within),
            ("bound", worse[1] > within),
        )
        if is_so
    ]
    row = [
        size_name(size), str(seed), f"{ours.seconds:.2f}", f"{best.name} {best.seconds:.2f}",
        f"{ratio:.2f}", percent(ours.gap), percent(best.gap),
        *(percent(max(0.0, share)) for share in worse), ", ".join(behind) or "nothing",
    ]  # fmt: skip
    return row, ratio, bool(behind)


def main(words: Sequence[str] | None = None) -> None:
    """Run the cases and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=len(CASES), help="run so many, evenly spread")
    parser.add_argument("--gap", type=float, default=0.0005)
    parser.add_argument("--time-limit", type=float, default=60.0)
    parser.add_argument("--solvers", type=named_solvers, default=list(HERE))
    asked = parser.parse_args(words)
    count = min(max(asked.sample, 1), len(CASES))
    chosen = [CASES[k * len(CASES) // count] for k in range(count)]
    limits = Limits(asked.time_limit, asked.gap)
    rows, ratios, behind = zip(
        *(run(size, seed, limits, asked.solvers) for size, seed in chosen), strict=True
    )
    print(markdown(HEADER, rows))
    print(
        f"\n{len(chosen)} cases to {percent(asked.gap)} in {asked.time_limit:g} s: our time is "
        f"{median(ratios):.2f} times the best stock solver's in the median, {max(ratios):.2f} at "
        f"worst; behind in {sum(behind)} of {len(chosen)}"
    )


if __name__ == "__main__":
    main()
