"""HiGHS, fed by arrays."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from highspy import (
    HighsModelStatus,
    HighsOptions,
    HighsSolution,
    HighsStatus,
    HighsVarType,
    MatrixFormat,
    ObjSense,
    SolutionStatus,
)
from highspy.highs import Highs

from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram
from commission_opt.solvers.interrupt import interruptible
from commission_opt.solvers.status import Limits, Result, Status, Watch
from commission_opt.solvers.tally import Options

_STATUS = {
    HighsModelStatus.kOptimal: Status.OPTIMAL,
    HighsModelStatus.kInfeasible: Status.INFEASIBLE,
    HighsModelStatus.kUnboundedOrInfeasible: Status.INFEASIBLE,  # our boxes are finite
    HighsModelStatus.kUnbounded: Status.UNBOUNDED,
    HighsModelStatus.kTimeLimit: Status.LIMIT,
    HighsModelStatus.kIterationLimit: Status.APPROXIMATE,
    HighsModelStatus.kSolutionLimit: Status.LIMIT,
    HighsModelStatus.kObjectiveTarget: Status.LIMIT,
    HighsModelStatus.kObjectiveBound: Status.LIMIT,
    HighsModelStatus.kInterrupt: Status.STOPPED,
    HighsModelStatus.kModelEmpty: Status.OPTIMAL,
    HighsModelStatus.kUnknown: Status.APPROXIMATE,
}


def solve_linear(
    program: LinearProgram,
    limits: Limits,
    watch: Watch,
    *,
    seconds: float | None = None,
    interior_point: bool = False,
) -> Result:
    """Solve a linear program and return its point and row duals.

    Parameters
    ----------
    program : LinearProgram
    limits : Limits
    watch : Watch
        Stops the run early when asked to.
    seconds : float, optional
        Time left; the time limit of ``limits`` if not given.
    interior_point : bool
        Use the interior point method, which solves nearly exactly, and not the simplex method.
    """
    start = time.perf_counter()
    highs = load(program, None, limits, limits.seconds if seconds is None else seconds)
    watch.tally.pass_seconds += time.perf_counter() - start
    if interior_point:
        option(highs, "solver", "ipx")
        option(highs, "run_crossover", "off")  # duals of any kind prove a bound
    subscribe(highs, watch)
    interruptible(lambda: run(highs, watch, "relaxation", changed_options(highs)), watch)
    status = status_of(highs)
    ray = None
    if status == Status.INFEASIBLE and not interior_point:
        ray = _ray(program, limits)
    solution = highs.getSolution()
    usable = status in (Status.OPTIMAL, Status.APPROXIMATE, Status.LIMIT, Status.STOPPED)
    return Result(
        status,
        np.array(solution.col_value) if usable and solution.value_valid else None,
        np.array(solution.row_dual) if usable and solution.dual_valid else None,
        ray,
        highs.modelStatusToString(highs.getModelStatus()),
    )


def solve_integer(
    program: LinearProgram,
    integer: np.ndarray,
    limits: Limits,
    watch: Watch,
    *,
    seconds: float | None = None,
    start: Floats | None = None,
    nodes: int | None = None,
) -> Result:
    """Solve a program some of whose columns must be whole.

    Parameters
    ----------
    program : LinearProgram
    integer : array of bool, shape (n,)
        Columns that must be whole.
    limits : Limits
    watch : Watch
        Told of better points and bounds; stops the run at its target or when asked to.
    seconds : float, optional
        Time left; the time limit of ``limits`` if not given.
    start : array, shape (n,), optional
        A point to start from.
    nodes : int, optional
        Most nodes of the tree.

    Returns
    -------
    Result
        With the best point found, without multipliers.
    """
    seconds = limits.seconds if seconds is None else seconds
    highs = load(program, integer, limits, seconds)
    option(highs, "mip_rel_gap", limits.gap / 4)  # our bound is weaker than the solver's own
    option(highs, "mip_abs_gap", 0.0)
    if nodes is not None:
        option(highs, "mip_max_nodes", nodes)
    if start is not None:
        solution = HighsSolution()
        solution.col_value = list(start)
        highs.setSolution(solution)
    subscribe(highs, watch)
    interruptible(lambda: run(highs, watch, "integer", changed_options(highs)), watch)
    values = np.array(highs.getSolution().col_value)
    found = highs.getInfo().primal_solution_status == int(SolutionStatus.kSolutionStatusFeasible)
    status = status_of(highs)
    if status == Status.STOPPED and not watch.stopped:
        status = Status.LIMIT
    message = highs.modelStatusToString(highs.getModelStatus())
    return Result(status, values if found else None, message=message)


def load(program: LinearProgram, integer: np.ndarray | None, limits: Limits, seconds: float) -> Any:
    """Hand a program over to HiGHS."""
    highs = Highs()
    option(highs, "output_flag", False)
    option(highs, "time_limit", max(seconds, 0.0))
    option(highs, "threads", limits.threads)
    option(highs, "parallel", "off" if limits.threads == 1 else "choose")
    option(highs, "random_seed", limits.seed)
    for name, value in limits.options.items():
        option(highs, name, value)
    matrix = program.matrix
    kinds = np.zeros(len(program.cost), dtype=np.int32)
    if integer is not None:
        kinds[integer] = int(HighsVarType.kInteger)
    status = highs.passModel(
        len(program.cost),
        len(program.row_lower),
        matrix.nnz,
        int(MatrixFormat.kColwise),
        int(ObjSense.kMinimize),
        program.offset,
        _floats(program.cost),
        _floats(program.lower),
        _floats(program.upper),
        _floats(program.row_lower),
        _floats(program.row_upper),
        np.ascontiguousarray(matrix.indptr, dtype=np.int32),
        np.ascontiguousarray(matrix.indices, dtype=np.int32),
        _floats(matrix.data),
        kinds,
    )
    if status == HighsStatus.kError:
        raise RuntimeError("HiGHS refused the program")
    return highs


def run(highs: Any, watch: Watch, kind: str, options: Options) -> None:
    """Run HiGHS and count what it did."""
    start = time.perf_counter()
    highs.run()
    seconds, info = time.perf_counter() - start, highs.getInfo()
    iterations = {
        "simplex": info.simplex_iteration_count,
        "ipm": info.ipm_iteration_count,
        "crossover": info.crossover_iteration_count,
        "pdlp": info.pdlp_iteration_count,
    }
    size = (highs.getNumRow(), highs.getNumCol(), highs.getNumNz())
    watch.tally.add(kind, options, size, iterations, info.mip_node_count, seconds)
    watch.tally.cut_short |= highs.getModelStatus() == HighsModelStatus.kTimeLimit


def changed_options(highs: Any) -> Options:
    """Return the options of HiGHS that are not its defaults, but for the time limit."""
    options = highs.getOptions()
    return {
        name: value
        for name, default in _defaults().items()
        if (value := getattr(options, name)) != default and name != "time_limit"
    }


@cache
def _defaults() -> Options:
    options = HighsOptions()
    names = (name for name in dir(HighsOptions) if not name.startswith("_"))
    return {name: getattr(options, name) for name in names}


def _floats(values: Floats) -> Floats:
    return np.ascontiguousarray(values, dtype=np.float64)


def option(highs: Any, name: str, value: object) -> None:
    """Set an option of HiGHS; raise ValueError if it does not take the value."""
    if highs.setOptionValue(name, value) != HighsStatus.kOk:
        raise ValueError(f"HiGHS does not take {value!r} for its option {name}")


def subscribe(highs: Any, watch: Watch) -> None:
    """Let a watch follow and stop the runs of HiGHS."""

    def interrupt(event: Any) -> None:
        if watch.stopped or watch.best <= watch.target:
            event.interrupt()

    def improve(event: Any) -> None:
        watch.found(float(event.data_out.objective_function_value))

    def log(event: Any) -> None:
        bound = float(event.data_out.mip_dual_bound)
        if np.isfinite(bound):
            watch.proved(bound)

    highs.cbSimplexInterrupt += interrupt
    highs.cbIpmInterrupt += interrupt
    highs.cbMipInterrupt += interrupt
    highs.cbMipImprovingSolution += improve
    highs.cbMipLogging += log


def status_of(highs: Any) -> Status:
    """Return how the last run of HiGHS ended."""
    return _STATUS.get(highs.getModelStatus(), Status.ERROR)


def _ray(program: LinearProgram, limits: Limits) -> Floats | None:
    """Solve again without presolve, which keeps no proof of infeasibility."""
    highs = load(program, None, limits, limits.seconds)
    option(highs, "presolve", "off")
    option(highs, "solver", "simplex")
    highs.run()
    if highs.getModelStatus() != HighsModelStatus.kInfeasible:
        return None
    _, has_ray, values = highs.getDualRay()
    return np.array(values) if has_ray else None


def write_program(
    program: LinearProgram,
    integer: np.ndarray,
    columns: Sequence[str],
    rows: Sequence[str],
    path: Path,
) -> bool:
    """Write a program with names as a file whose ending says the format; say if it worked."""
    highs = load(program, integer, Limits(), np.inf)
    for i, name in enumerate(columns):
        highs.passColName(i, name)
    for i, name in enumerate(rows):
        highs.passRowName(i, name)
    return bool(highs.writeModel(str(path)) != HighsStatus.kError)


def is_program(program: LinearProgram, integer: np.ndarray, path: Path) -> bool:
    """Say whether a file reads back as a program of the same rows and coefficients.

    A column that stands nowhere may be left out of an LP file.
    """
    read = Highs()
    option(read, "output_flag", False)
    given = load(program, integer, Limits(), np.inf)
    return bool(
        read.readModel(str(path)) != HighsStatus.kError
        and (read.getNumRow(), read.getNumNz()) == (given.getNumRow(), given.getNumNz())
        and read.getNumCol() <= given.getNumCol()
    )
