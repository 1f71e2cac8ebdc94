"""HiGHS, fed by arrays."""

from __future__ import annotations

import math
import time
from functools import cache
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
from commission_opt.solvers.scaling import without_idle_ends
from commission_opt.solvers.status import Limits, Result, Status, Watch
from commission_opt.solvers.tally import Options
from commission_opt.solvers.work import of_branched, of_interior, of_nodes, of_pass, of_simplex

_LONG = 50_000  # coefficients from which a solve may take so long that it must be stoppable
_MOST_ITERATIONS = 2_000_000_000
_BETWEEN_CALLS = 15  # iterations of branch and bound, about, between two looks at whether to end
_CUT = (HighsModelStatus.kTimeLimit, HighsModelStatus.kIterationLimit)
_STATUS = {
    HighsModelStatus.kOptimal: Status.OPTIMAL,
    HighsModelStatus.kInfeasible: Status.INFEASIBLE,
    HighsModelStatus.kUnboundedOrInfeasible: Status.INFEASIBLE,  # our boxes are finite
    HighsModelStatus.kUnbounded: Status.UNBOUNDED,
    HighsModelStatus.kTimeLimit: Status.LIMIT,
    HighsModelStatus.kIterationLimit: Status.LIMIT,
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
    watch : Watch
        Stops the run early when asked to.
    seconds : float, optional
        Work left; the budget of ``limits`` if not given.
    interior_point : bool
        Use the interior point method, which solves nearly exactly, and not the simplex method.
    """
    start = time.perf_counter()
    program = without_idle_ends(program)
    highs = load(program, None, limits)
    watch.tally.pass_seconds += time.perf_counter() - start
    if interior_point:
        option(highs, "solver", "ipx")
        option(highs, "run_crossover", "off")  # duals of any kind prove a bound
    work = limits.budget if seconds is None else seconds
    options = changed_options(highs)
    if not interruptible(lambda: run(highs, watch, "relaxation", options, work), watch):
        return unfinished(watch)
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
    integer : array of bool, shape (n,)
        Columns that must be whole.
    watch : Watch
        Told of better points and bounds; stops the run at its target or when asked to.
    seconds : float, optional
        Work left; the budget of ``limits`` if not given.
    start : array, shape (n,), optional
        A point to start from.
    nodes : int, optional
        Most nodes of the tree.

    Returns
    -------
    Result
        With the best point found, without multipliers.
    """
    work = limits.budget if seconds is None else seconds
    highs = load(without_idle_ends(program), integer, limits)
    option(highs, "mip_rel_gap", limits.gap / 4)  # our bound is weaker than the solver's own
    option(highs, "mip_abs_gap", 0.0)
    if nodes is not None:
        option(highs, "mip_max_nodes", nodes)
    if start is not None:
        solution = HighsSolution()
        solution.col_value = list(start)
        highs.setSolution(solution)
    options = changed_options(highs)
    return interruptible(lambda: _branched(highs, watch, options, work), watch)


def _branched(highs: Any, watch: Watch, options: Options, work: float) -> Result:
    """Run branch and bound; if it is ended from outside, return the last better point.

    A run that repeats another ends at the point that was the last one there.
    """
    meter = watch.meter
    due = meter.due
    over = watch.over
    at = meter.work
    again = due is not None and due.plans > 0 and due.work == at
    if over is not None and not again:
        return unfinished(watch)
    plans = _Plans(watch, due.plans if again and due is not None else None, _calls(highs, work))
    highs.cbMipInterrupt += plans.interrupt
    highs.cbMipImprovingSolution += plans.improve
    highs.cbMipLogging += plans.log
    ended = _run(highs, watch, "integer", options, work, plans)
    message = highs.modelStatusToString(highs.getModelStatus())
    if again or not ended:
        meter.work = at
        meter.cut(at, asked=plans.asked, plans=plans.count)
        return Result(unfinished(watch).status, plans.last, message=message)
    values = np.array(highs.getSolution().col_value)
    found = highs.getInfo().primal_solution_status == int(SolutionStatus.kSolutionStatusFeasible)
    status = status_of(highs)
    if status == Status.STOPPED:
        status = Status.LIMIT
    return Result(status, values if found else None, message=message)


def load(
    program: LinearProgram,
    integer: np.ndarray | None,
    limits: Limits,
    seconds: float = math.inf,
) -> Any:
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


def run(highs: Any, watch: Watch, kind: str, options: Options, work: float = math.inf) -> bool:
    """Run HiGHS on a linear program, and count what it did.

    Parameters
    ----------
    highs : Highs
    kind : str
        What the run is counted as.
    options : mapping of str to object
        What it is counted with.
    work : float
        Most work.

    Returns
    -------
    bool
        Whether it came to an end of its own. What was ended from outside counts as never begun.
    """
    if watch.over is not None:
        return False
    at, rows, nonzeros = watch.meter.work, highs.getNumRow(), highs.getNumNz()
    for name, each in (
        ("simplex_iteration_limit", of_simplex(rows, 1)),
        ("ipm_iteration_limit", of_interior(nonzeros, 1)),
    ):
        option(highs, name, int(min(_MOST_ITERATIONS, max(0.0, work) / max(each, 1e-12))))
    plans = _Plans(watch)
    follow = highs.getNumNz() > _LONG
    if follow:
        highs.cbSimplexInterrupt += plans.interrupt
        highs.cbIpmInterrupt += plans.interrupt
    ended = _run(highs, watch, kind, options, work, plans)
    if follow:
        highs.cbSimplexInterrupt -= plans.interrupt
        highs.cbIpmInterrupt -= plans.interrupt
    if not ended:
        watch.meter.cut(at, asked=plans.asked)
    return ended


def _run(highs: Any, watch: Watch, kind: str, options: Options, work: float, plans: _Plans) -> bool:
    left = max(0.0, work) if watch.meter.by_clock else watch.meter.left
    # HiGHS counts the time of all runs of an object together.
    option(highs, "time_limit", highs.getRunTime() + left)
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
    status = highs.getModelStatus()
    watch.tally.cut_short |= status in _CUT
    ended = status != HighsModelStatus.kTimeLimit and not plans.asked
    if ended:
        simplex = of_branched if kind == "integer" else of_simplex
        watch.meter.add(
            of_pass(size[2])
            + simplex(size[0], info.simplex_iteration_count + info.crossover_iteration_count)
            + of_interior(size[2], info.ipm_iteration_count)
            + of_nodes(info.mip_node_count)
        )
    return ended


def unfinished(watch: Watch) -> Result:
    """Return what comes of a run that was ended from outside."""
    end = watch.meter.end
    asked = watch.asked if end is None else end.asked
    return Result(Status.STOPPED if asked else Status.LIMIT)


def _calls(highs: Any, work: float) -> float:
    """Return how often branch and bound may ask whether to end within some work."""
    return max(0.0, work) / of_branched(highs.getNumRow(), _BETWEEN_CALLS)


class _Plans:
    """What a run of HiGHS asks and tells: whether to end, and each better point.

    Parameters
    ----------
    most : int, optional
        Better points after which to end.
    calls : float
        How often it may ask.
    """

    def __init__(self, watch: Watch, most: int | None = None, calls: float = math.inf) -> None:
        self._watch, self._most, self._calls = watch, most, calls
        self.count, self.asked, self._asks = 0, False, 0
        self.last: Floats | None = None

    def interrupt(self, event: Any) -> None:
        self._asks += 1
        self.asked |= self._watch.asked
        enough = self._watch.best <= self._watch.target or self._asks > self._calls
        if self.asked or enough or self._full:
            event.interrupt()

    @property
    def _full(self) -> bool:
        return self._most is not None and self.count >= self._most

    def improve(self, event: Any) -> None:
        if self._full:
            return
        self.count += 1
        self.last = np.array(event.data_out.mip_solution)
        self._watch.found(float(event.data_out.objective_function_value))

    def log(self, event: Any) -> None:
        bound = float(event.data_out.mip_dual_bound)
        if np.isfinite(bound):
            self._watch.proved(bound)


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
