"""Any solver that Pyomo reaches, run on the active stage of a model."""

from __future__ import annotations

import io
import logging
import math
import subprocess
import time
from pathlib import Path
from typing import Any

import pyomo.environ as pyo
from pyomo.common import fileutils
from pyomo.common.log import LoggingIntercept
from pyomo.contrib.solver.common.factory import SolverFactory as DirectFactory
from pyomo.contrib.solver.common.results import SolutionStatus, TerminationCondition
from pyomo.opt import SolverStatus

from commission_opt.algebra.available import (
    find_executable,
    has_package,
    not_installed,
    require_solver,
)
from commission_opt.errors import CommissionOptError, NoPlanError, UsageError
from commission_opt.solvers.status import Limits, Status

# Solvers run in this process, with Pyomo's name for them and our name of the seed.
DIRECT = {
    "highs": ("highs", "random_seed"),
    "scip": ("scip_direct", "randomization/randomseedshift"),
}
# Solvers run as programs: what they call the gap and the threads.
GAP = {"cbc": "ratio", "glpk": "mipgap"}
THREADS = {"cbc": "threads"}
# Nothing here can fall without end, so whoever says so found no point at all.
INFEASIBLE = {"infeasible", "infeasibleOrUnbounded", "unbounded", "provenInfeasible"}


def _find_program(name: str, pathlist: Any = None) -> Any:
    """Find a program by its name on the PATH only; Pyomo would look in the current folder first."""
    by_path = Path(name).name != name
    return fileutils.find_executable(name, cwd=by_path, pathlist=pathlist)


fileutils.Executable("cbc")._mngr._find = _find_program
fileutils.Executable.rehash()  # some were found when Pyomo was loaded


def run_solver(model: pyo.ConcreteModel, name: str, seconds: float, limits: Limits) -> Status:
    """Run a solver on the active objective and load the best point it found.

    Parameters
    ----------
    model : pyomo.environ.ConcreteModel
        With exactly one active objective.
    name : str
        ``highs``, ``cbc``, ``glpk``, ``scip``, or what Pyomo calls any other solver; others keep
        the time limit, but their own gap and threads.
    seconds : float
        Time limit of this run.
    limits : Limits
        Gap, seed and threads.

    Returns
    -------
    Status
        OPTIMAL, or LIMIT with a point loaded if there is one; INFEASIBLE; ERROR.

    Raises
    ------
    UsageError
        If there is no such solver.
    NoPlanError
        If the solver failed.
    """
    require_solver(name)
    direct = name in DIRECT and (name == "highs" or has_package(name))
    started, log = time.monotonic(), io.StringIO()
    try:
        with LoggingIntercept(log, "pyomo", logging.WARNING):
            if direct:
                status = _run_here(model, name, seconds, limits)
            else:
                status = _run_program(model, name, seconds, limits)
    except subprocess.TimeoutExpired:
        return Status.LIMIT
    except CommissionOptError:
        raise
    except Exception as error:  # each interface fails in its own way
        detail = "\n".join(filter(None, [str(error), log.getvalue().strip()]))
        raise NoPlanError(f"the solver {name!r} failed: {detail}") from error
    # GLPK's simplex, stopped by the clock at a feasible point, is reported as optimal.
    late = time.monotonic() - started >= seconds
    return Status.LIMIT if status is Status.OPTIMAL and late else status


def _run_here(model: Any, name: str, seconds: float, limits: Limits) -> Status:
    registered, seed = DIRECT[name]
    solver = DirectFactory(registered)
    if solver is None or not solver.available():
        raise UsageError(f"this version of Pyomo has no interface to {name!r}; upgrade it")
    options: dict[str, object] = {seed: limits.seed}
    if name == "highs":
        options["parallel"] = "off" if limits.threads == 1 else "choose"
    results = solver.solve(
        model,
        time_limit=seconds,
        rel_gap=limits.gap,
        threads=limits.threads,
        solver_options=options,
        load_solutions=False,
        raise_exception_on_nonoptimal_result=False,
    )
    if results.solution_status in (SolutionStatus.optimal, SolutionStatus.feasible):
        results.solution_loader.load_vars()
    condition = results.termination_condition
    if condition is TerminationCondition.convergenceCriteriaSatisfied:
        return Status.OPTIMAL
    return Status.ERROR if condition.name == "unknown" else _status(condition.name)


def _run_program(model: Any, name: str, seconds: float, limits: Limits) -> Status:
    found = find_executable(name)
    solver = pyo.SolverFactory(name, **({} if found is None else {"executable": found}))
    if not solver.available(exception_flag=False):
        raise UsageError(not_installed(name))
    if name in GAP:
        solver.options[GAP[name]] = limits.gap
    if name in THREADS and limits.threads > 1:
        solver.options[THREADS[name]] = limits.threads
    results = solver.solve(model, timelimit=max(1, math.ceil(seconds)), load_solutions=False)
    condition = str(results.solver.termination_condition)
    usable = results.solver.status in (SolverStatus.ok, SolverStatus.aborted)
    if usable and len(results.solution) > 0 and condition not in INFEASIBLE:
        model.solutions.load_from(results)
    return Status.OPTIMAL if condition == "optimal" else _status(condition)


def _status(condition: str) -> Status:
    if condition in INFEASIBLE:
        return Status.INFEASIBLE
    return Status.ERROR if condition == "error" else Status.LIMIT
