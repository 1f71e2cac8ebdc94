"""What the benchmarks share: generated instances, a yardstick, limited processes, tables."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from commission_opt.formulation.assemble import aims, formulate
from commission_opt.formulation.problem import planning
from commission_opt.instance.generate import generate
from commission_opt.instance.instance import Instance
from commission_opt.instance.write import write_instance
from commission_opt.policy import Policy
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.highs import load
from commission_opt.solvers.status import Limits

Size = tuple[int, int, int]


@contextmanager
def generated(size: Size, seed: int = 0, *, levers: bool = False) -> Iterator[Path]:
    """Write a generated instance and its model into a folder that goes away afterwards.

    Parameters
    ----------
    size : tuple of int
        Professions, regions and commissioning years.
    seed : int
    levers : bool
        Whether everything that can be decided beside places is there too.

    Yields
    ------
    Path
        The folder; it has the model as ``model.toml``.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        synthetic = generate(*size, seed=seed, levers=levers)
        write_instance(folder, synthetic.settings, synthetic.tables)
        (folder / "model.toml").write_bytes(synthetic.model.encode())
        yield folder


def read_generated(folder: Path) -> tuple[Instance, Policy]:
    """Read a generated instance and its model."""
    return read_instance(folder), read_policy(folder / "model.toml")


def read_size(size: Size, seed: int = 0, *, levers: bool = False) -> tuple[Instance, Policy]:
    """Generate and read an instance and its model."""
    with generated(size, seed, levers=levers) as folder:
        return read_generated(folder)


def yardstick(clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the seconds that HiGHS takes for the relaxation of 129 × 7 × 1; the least of three.

    Machines differ; times as multiples of this are held against targets.
    """
    instance, policy = read_size((129, 7, 1))
    problem = planning(instance, policy)
    program = formulate(problem, aims(problem)[0]).program
    taken = []
    for _ in range(3):
        start = clock()
        load(program, None, Limits()).run()
        taken.append(clock() - start)
    return min(taken)


def run_limited(command: Sequence[str], seconds: float) -> str | None:
    """Run a process and return what it prints, or None if it is stopped after some seconds.

    Raises
    ------
    RuntimeError
        If the process fails.
    """
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return None
    if run.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{run.stdout}{run.stderr}")
    return run.stdout


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table with columns of one width."""
    table = [list(header), *map(list, rows)]
    widths = [max(len(row[i]) for row in table) for i in range(len(header))]
    table.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |"
        for row in table
    )


def size_name(size: Size) -> str:
    """Name a size as ``129 × 7 × 5``."""
    return " × ".join(map(str, size))


def percent(share: float) -> str:
    """Write a share as percent."""
    return f"{100 * share:.3f} %"
