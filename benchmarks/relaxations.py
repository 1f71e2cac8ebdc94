"""The linear relaxation by every algorithm, with supply in the rows and with stock as variables.

Run ``python benchmarks/relaxations.py 129 7 5 [--time-limit T]``: professions, regions,
commissioning years.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence

import numpy as np
from highspy import HighsStatus
from measuring import markdown, read_size, size_name
from stock_variables import with_stock

from commission_opt.core.linear_program import LinearProgram, lagrangian_bound
from commission_opt.formulation.assemble import aims, formulate
from commission_opt.formulation.problem import planning
from commission_opt.solvers.first_order import solve_first_order
from commission_opt.solvers.highs import load
from commission_opt.solvers.status import Limits, Watch

HEADER = ("program", "algorithm", "seconds", "certified bound", "below the best", "ended")
_NO_CROSSOVER = {"run_crossover": "off"}
ALGORITHMS: Mapping[str, Mapping[str, object]] = {
    "simplex": {"solver": "simplex"},
    "ipx": {"solver": "ipx", **_NO_CROSSOVER},
    "hipo": {"solver": "hipo", **_NO_CROSSOVER},
    "hipdlp 1e-3": {"solver": "hipdlp", "kkt_tolerance": 1e-3, **_NO_CROSSOVER},
    "hipdlp 3e-4": {"solver": "hipdlp", "kkt_tolerance": 3e-4, **_NO_CROSSOVER},
    "hipdlp 1e-4": {"solver": "hipdlp", "kkt_tolerance": 1e-4, **_NO_CROSSOVER},
    "pdlp 1e-4": {"solver": "pdlp", "kkt_tolerance": 1e-4, **_NO_CROSSOVER},
}
OURS = ("first order 1e-3", 1e-3), ("first order 3e-4", 3e-4), ("first order 1e-4", 1e-4)
Solved = tuple[float, float, str]


def solve(
    program: LinearProgram, options: Mapping[str, object], time_limit: float
) -> Solved | None:
    """Return seconds, the certified bound and how the run ended; None if it cannot be set."""
    highs = load(program, None, Limits(), time_limit)
    for name, value in options.items():
        if highs.setOptionValue(name, value) != HighsStatus.kOk:
            return None
    start = time.perf_counter()
    ended = highs.run()
    seconds = time.perf_counter() - start
    solution = highs.getSolution()
    bound = -np.inf
    if solution.dual_valid:
        bound = lagrangian_bound(program, np.array(solution.row_dual))
    status = highs.modelStatusToString(highs.getModelStatus())
    return seconds, bound, "Error" if ended == HighsStatus.kError else status


def solve_ours(program: LinearProgram, gap: float, time_limit: float) -> Solved:
    """Return seconds, the certified bound and how our first-order method ended."""
    start = time.perf_counter()
    result = solve_first_order(program, Watch(), gap=gap, seconds=time_limit)
    seconds = time.perf_counter() - start
    bound = -np.inf
    if result.multipliers is not None:
        bound = lagrangian_bound(program, result.multipliers)
    return seconds, bound, f"{result.status}, {result.message}"


def rows(runs: Mapping[tuple[str, str], Solved | None]) -> list[list[str]]:
    """Return the rows of the table, with the distance of each bound to the best of all."""
    best = max((run[1] for run in runs.values() if run is not None), default=-np.inf)
    table = []
    for (program, algorithm), run in runs.items():
        if run is None:
            table.append([program, algorithm, "–", "–", "–", "skipped: not in this HiGHS"])
            continue
        seconds, bound, ended = run
        none = not np.isfinite(bound)
        below = "–" if none else f"{100 * (best - bound) / max(abs(best), 1e-9):.4f} %"
        value = "none" if none else f"{bound:,.4f}"
        table.append([program, algorithm, f"{seconds:.2f}", value, below, ended])
    return table


def main(words: Sequence[str] | None = None) -> None:
    """Solve by every algorithm and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("professions", "regions", "years"):
        parser.add_argument(name, type=int)
    parser.add_argument("--time-limit", type=float, default=300.0, help="seconds of each solve")
    asked = parser.parse_args(words)
    size = asked.professions, asked.regions, asked.years
    problem = planning(*read_size(size))
    formulation = formulate(problem, aims(problem)[0])
    programs = {"supply in rows": formulation.program, "stock": with_stock(formulation)}
    runs: dict[tuple[str, str], Solved | None] = {
        (name, algorithm): solve(program, options, asked.time_limit)
        for name, program in programs.items()
        for algorithm, options in ALGORITHMS.items()
    }
    runs |= {
        ("supply in rows", name): solve_ours(formulation.program, gap, asked.time_limit)
        for name, gap in OURS
    }
    print(markdown(HEADER, rows(runs)))
    print(f"\n{size_name(size)}; bounds in units of the program")
    for name, program in programs.items():
        m, n = program.matrix.shape
        print(f"{name}: {m:,} rows, {n:,} columns, {program.matrix.nnz:,} coefficients")


if __name__ == "__main__":
    main()
