"""Seconds from an instance in memory to a program in HiGHS, against passing on its arrays.

Run ``python benchmarks/assembly.py 129 7 5``: professions, regions, commissioning years.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence

import numpy as np
from highspy import MatrixFormat, ObjSense
from highspy.highs import Highs
from measuring import markdown, read_size, size_name

from commission_opt.core.linear_program import LinearProgram
from commission_opt.formulation.assemble import aims, formulate
from commission_opt.formulation.problem import planning
from commission_opt.solvers.highs import load
from commission_opt.solvers.status import Limits

HEADER = ("step", "seconds", "ratio to passModel")
_TIMES = 10


def best(action: Callable[[], object]) -> float:
    """Return the least seconds of this process of some runs of an action."""
    spent = []
    for _ in range(_TIMES):
        start = time.process_time()
        action()
        spent.append(time.process_time() - start)
    return min(spent)


def pass_model(program: LinearProgram) -> Callable[[], object]:
    """Return an action that does nothing but hand finished arrays to HiGHS."""
    matrix = program.matrix
    kinds = np.zeros(len(program.cost), dtype=np.int32)
    start, index = matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32)
    shape = len(program.cost), len(program.row_lower), matrix.nnz

    def action() -> object:
        highs = Highs()
        highs.setOptionValue("output_flag", False)
        highs.passModel(
            *shape, int(MatrixFormat.kColwise), int(ObjSense.kMinimize), program.offset,
            program.cost, program.lower, program.upper, program.row_lower, program.row_upper,
            start, index, matrix.data, kinds,
        )  # fmt: skip
        return highs

    return action


def main(words: Sequence[str] | None = None) -> None:
    """Time each step and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("professions", "regions", "years"):
        parser.add_argument(name, type=int)
    asked = parser.parse_args(words)
    size = asked.professions, asked.regions, asked.years
    instance, policy = read_size(size)
    problem = planning(instance, policy)
    program = formulate(problem, aims(problem)[0]).program
    raw = best(pass_model(program))
    supply = best(lambda: planning(instance, policy))
    written = best(lambda: formulate(problem, aims(problem)[0]))
    loaded = best(lambda: load(program, None, Limits(), 1.0))
    steps = {
        "passModel of the same arrays": raw,
        "planning (supply)": supply,
        "formulate": written,
        "load": loaded,
        "formulate and load": written + loaded,
        "planning, formulate and load": supply + written + loaded,
    }
    rows = [[name, f"{spent:.4f}", f"{spent / raw:.2f}"] for name, spent in steps.items()]
    print(markdown(HEADER, rows))
    rows_, columns = program.matrix.shape
    print(f"\n{size_name(size)}: {rows_:,} rows, {columns:,} columns, "
          f"{program.matrix.nnz:,} coefficients; best of {_TIMES}")  # fmt: skip


if __name__ == "__main__":
    main()
