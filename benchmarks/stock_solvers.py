"""Stock solvers on one integer program, each in a process that is stopped if it runs on.

A folder holds the program as arrays (``program.pickle``) and, the same, as ``program.mps`` with
columns c0, c1, … HiGHS takes the arrays; CBC and SCIP read the file.
"""

from __future__ import annotations

import importlib.util
import json
import pickle
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from measuring import run_limited

from commission_opt.allocation.whole import WholeProgram
from commission_opt.arrays import Floats
from commission_opt.solvers.highs import load
from commission_opt.solvers.program_file import write_program
from commission_opt.solvers.status import Limits

_SPARE = 60.0  # seconds after the time limit until a process is stopped
_NUMBER = r"(-?[\d.]+(?:[eE][-+]?\d+)?)"
_CBC_FOUND = re.compile(rf"Integer solution of {_NUMBER} found .*\({_NUMBER} seconds\)")
_CBC_BEST = re.compile(
    rf"{_NUMBER} best solution, best possible {_NUMBER} \({_NUMBER} seconds\)"
)  # fmt: skip
Point = tuple[float, float | None, float | None]


@dataclass(frozen=True)
class Found:
    """What a stock solver found.

    Parameters
    ----------
    seconds : float
        Of solving; for CBC with reading the file.
    x : array or None
        Point of the program, None if there is none.
    bound : float
        The solver's own bound, −inf if there is none.
    note : str
        How it ended, or why there is nothing.
    trace : tuple of Point
        Seconds, best value and bound each time that one of these changed; None if there is none.
    """

    seconds: float
    x: Floats | None
    bound: float
    note: str
    trace: tuple[Point, ...] = ()


def write(whole: WholeProgram, folder: Path) -> None:
    """Write a program for the solvers to read."""
    with (folder / "program.pickle").open("wb") as file:
        pickle.dump((whole.program, whole.integer), file)
    rows, columns = whole.program.matrix.shape
    names = [f"c{i}" for i in range(columns)], [f"r{i}" for i in range(rows)]
    if not write_program(whole.program, whole.integer, *names, folder / "program.mps"):
        raise RuntimeError("HiGHS did not write the program")


def solve(solver: str, folder: Path, gap: float, seconds: float) -> Found:
    """Solve the program of a folder; a solver that is not here says so."""
    if not HERE[solver]():
        return Found(0.0, None, -np.inf, "skipped: not installed")
    start = time.perf_counter()
    try:
        return (_cbc if solver == "cbc" else _python)(solver, folder, gap, seconds)
    except RuntimeError as error:
        print(str(error).rstrip(), file=sys.stderr)
        return Found(time.perf_counter() - start, None, -np.inf, "failed")


def _python(solver: str, folder: Path, gap: float, seconds: float) -> Found:
    """Run a solver that Python imports, by this file in a process of its own."""
    command = [sys.executable, __file__, solver, str(folder), str(gap), str(seconds)]
    printed = run_limited(command, seconds + _SPARE)
    if printed is None:
        return Found(seconds + _SPARE, None, -np.inf, "stopped from outside")
    record = json.loads(printed.splitlines()[-1])
    x = np.load(folder / f"{solver}.npy") if record["found"] else None
    trace = tuple((t, best, bound) for t, best, bound in record["trace"])
    return Found(record["seconds"], x, record["bound"], record["note"], trace)


class Trace:
    """What a solver knew at which time.

    Attributes
    ----------
    points : list of Point
    """

    def __init__(self) -> None:
        self.points: list[Point] = []

    def add(self, seconds: float, best: float, bound: float) -> None:
        """Note what is known, if that is new; beyond 1e20 a solver means that there is none."""
        known = (best if abs(best) < 1e20 else None, bound if abs(bound) < 1e20 else None)
        if not self.points or self.points[-1][1:] != known:
            self.points.append((seconds, *known))


def _highs(folder: Path, gap: float, seconds: float) -> dict[str, Any]:
    """Run HiGHS's branch and bound with its default options on one thread."""
    with (folder / "program.pickle").open("rb") as file:
        program, integer = pickle.load(file)
    highs = load(program, integer, Limits(), seconds)
    highs.setOptionValue("mip_rel_gap", gap)
    trace = Trace()

    def look(event: Any) -> None:
        known = event.data_out
        trace.add(time.perf_counter() - start, known.mip_primal_bound, known.mip_dual_bound)

    highs.cbMipInterrupt.subscribe(look)
    start = time.perf_counter()
    highs.run()
    spent = time.perf_counter() - start
    info = highs.getInfo()
    found = info.primal_solution_status == 2  # feasible
    if found:
        np.save(folder / "highs.npy", np.array(highs.getSolution().col_value))
    note = highs.modelStatusToString(highs.getModelStatus())
    return {
        "seconds": spent, "found": found, "bound": info.mip_dual_bound, "note": note,
        "trace": trace.points,
    }  # fmt: skip


def _scip(folder: Path, gap: float, seconds: float) -> dict[str, Any]:
    """Run SCIP with its default options on one thread."""
    from pyscipopt import Eventhdlr, Model
    from pyscipopt.scip import PY_SCIP_EVENTTYPE as SCIP_EVENTTYPE

    model, trace, kinds = Model(), Trace(), (SCIP_EVENTTYPE.BESTSOLFOUND, SCIP_EVENTTYPE.NODESOLVED)

    class Look(Eventhdlr):
        def eventinit(self) -> None:
            for kind in kinds:
                self.model.catchEvent(kind, self)

        def eventexec(self, _: object) -> None:
            known = self.model.getPrimalbound(), self.model.getDualbound()
            trace.add(time.perf_counter() - start, *known)

    model.includeEventhdlr(Look(), "look", "notes what is known")
    model.hideOutput()
    model.readProblem(str(folder / "program.mps"))
    model.setParam("limits/gap", gap)
    model.setParam("limits/time", seconds)
    start = time.perf_counter()
    model.optimize()
    spent = time.perf_counter() - start
    found = model.getNSols() > 0
    if found:
        best = model.getBestSol()
        values = {v.name: model.getSolVal(best, v) for v in model.getVars()}
        np.save(folder / "scip.npy", _in_order(values))
    bound, note = model.getDualbound(), model.getStatus()
    return {
        "seconds": spent, "found": found, "bound": bound, "note": note, "trace": trace.points,
    }  # fmt: skip


def _cbc(solver: str, folder: Path, gap: float, seconds: float) -> Found:
    """Run CBC with its default options on one thread."""
    out = folder / "cbc.txt"
    command = [
        solver, str(folder / "program.mps"), "-timeMode", "elapsed", "-seconds", str(seconds),
        "-ratioGap", str(gap), "-solve", "-printingOptions", "all", "-solution", str(out),
    ]  # fmt: skip
    start = time.perf_counter()
    log = run_limited(command, seconds + _SPARE)
    spent = time.perf_counter() - start
    if log is None:
        return Found(spent, None, -np.inf, "stopped from outside")
    if not out.is_file():
        raise RuntimeError(f"CBC wrote no solution:\n{log}")
    first, *lines = out.read_text().splitlines()
    note = first.split(" - ")[0].strip()
    bounds = re.findall(r"Lower bound: +(\S+)", log) or (
        re.findall(r"Objective value: +(\S+)", log) if note == "Optimal" else []
    )
    bound = float(bounds[-1]) if bounds else -np.inf
    trace = tuple(_cbc_points(log.splitlines()))
    if "no integer solution" in first or "infeasible" in first.lower():
        return Found(spent, None, bound, note, trace)
    fields = [line.replace("**", " ").split() for line in lines]
    values = {field[1]: float(field[2]) for field in fields if field[1].startswith("c")}
    return Found(spent, _in_order(values), bound, note, trace)


def _cbc_points(lines: Sequence[str]) -> Iterator[Point]:
    """Yield what CBC's log says of its best solution and bound, and when."""
    trace, best, bound = Trace(), np.inf, -np.inf
    for line in lines:
        if said := _CBC_BEST.search(line):
            best, bound, at = map(float, said.groups())
        elif said := _CBC_FOUND.search(line):
            best, at = map(float, said.groups())
        else:
            continue
        trace.add(at, best, bound)
    yield from trace.points


def _in_order(values: Mapping[str, float]) -> Floats:
    """Return the values of columns c0, c1, … by their number."""
    x = np.zeros(len(values))
    for name, value in values.items():
        x[int(name[1:])] = value
    return x


HERE: Mapping[str, Callable[[], bool]] = {
    "highs": lambda: True,
    "cbc": lambda: shutil.which("cbc") is not None,
    "scip": lambda: importlib.util.find_spec("pyscipopt") is not None,
}
_INSIDE = {"highs": _highs, "scip": _scip}


if __name__ == "__main__":
    solver, folder, gap, seconds = sys.argv[1:]
    print(json.dumps(_INSIDE[solver](Path(folder), float(gap), float(seconds))))
