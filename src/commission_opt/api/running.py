"""Sweeps, frontiers and reports, asked for with plain values."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from commission_opt.allocation.methods import Method
from commission_opt.frontier.curve import Curve, trace
from commission_opt.frontier.over import over_of
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.report.page_of import MEASURE, page_of
from commission_opt.report.write import write_page
from commission_opt.scenario.axis import parse_axis
from commission_opt.solvers.status import Limits, Watch
from commission_opt.sweep.design import GRID
from commission_opt.sweep.planned import planned
from commission_opt.sweep.result import SweepResult
from commission_opt.sweep.run import Progress
from commission_opt.sweep.run import run_sweep as run
from commission_opt.sweep.sweep_file import SweepFile
from commission_opt.workers.executor import in_turn
from commission_opt.workers.processes import local


def run_sweep(
    instance: Instance,
    policy: Policy,
    vary: Sequence[str],
    out: Path | str,
    limits: Limits | None = None,
    watch: Watch | None = None,
    *,
    design: str = GRID,
    samples: int | None = None,
    seed: int = 0,
    relaxed: bool = False,
    method: Method | str = Method.FAST,
    processes: int | None = None,
    resume: bool = False,
    force: bool = False,
) -> SweepResult:
    """Solve many scenarios of an instance, each with its proof, and keep them in a folder.

    Parameters
    ----------
    instance : Instance
    policy : Policy
    vary : sequence of str
        What varies, such as ``budget*=0.9,1,1.1``.
    out : path
        Folder of the store.
    limits : Limits, optional
        For each scenario.
    watch : Watch, optional
        Can stop the sweep; what is done is kept.
    design : str
        How values are combined: ``grid``, ``one-at-a-time`` or one that draws ``samples``.
    samples : int, optional
    seed : int
        Of a design that draws values.
    relaxed : bool
        Fractions of places, which is quicker.
    method : str
        How whole places are found: ``fast``, ``auto`` or ``exact``.
    processes : int, optional
        Processes of this machine; in this process if not given.
    resume, force : bool
        Whether a sweep in the folder is gone on with, or replaced.

    Returns
    -------
    SweepResult

    Raises
    ------
    UsageError
        If an axis or the design cannot be read, or the folder may not be used.
    InputError
        If an axis takes a figure out of its range.
    """
    axes = tuple(parse_axis(text) for text in vary)
    asked = SweepFile("", "", "", relaxed, design, samples, seed, axes, (), {})
    sweep = planned(asked, instance, policy, limits or Limits(), method=Method(method))
    execute = in_turn if processes is None else local(processes)
    run(sweep, Path(out), execute, Progress(watch or Watch()), resume=resume, force=force)
    return SweepResult(Path(out))


def trace_frontier(
    instance: Instance,
    policy: Policy,
    over: str = "budget",
    limits: Limits | None = None,
    watch: Watch | None = None,
    *,
    scales: tuple[float, float] = (0.8, 1.2),
    distance: float = 1e-3,
) -> Curve:
    """Trace the best first objective as budgets, or a cap, move; in fractions of places.

    Parameters
    ----------
    instance : Instance
    policy : Policy
    over : str
        ``budget``, or the objective that is capped.
    limits : Limits, optional
        For each solve.
    watch : Watch, optional
    scales : pair of float
        Least and greatest scale of the budgets.
    distance : float
        Relative distance of the curve from the least possible at which to end.

    Returns
    -------
    Curve

    Raises
    ------
    UsageError
        If there is no such frontier.
    InputError, InfeasibleError, NoPlanError, StoppedError
        As ``allocate`` does.
    """
    return trace(instance, policy, over_of(over), (), scales, distance, limits, watch)


def write_report(
    folder: Path | str,
    out: Path | str,
    *,
    measure: str = MEASURE,
    explained: bool = False,
    force: bool = False,
    watch: Watch | None = None,
) -> int:
    """Write a plan, a sweep or a frontier as one HTML page that a board can read.

    Parameters
    ----------
    folder : path
        Of the plan, sweep or frontier; a plan is verified first.
    out : path
        The HTML file.
    measure : str
        Of a sweep: what its charts show.
    explained : bool
        Of a plan: whether it says what more would be worth, and what commitments cost.
    force : bool
        Whether an existing file may be replaced.
    watch : Watch, optional

    Returns
    -------
    int
        Size of the page, bytes.

    Raises
    ------
    UsageError
        If the folder is none of these, or the file may not be replaced.
    CertificateError
        If the plan is not what it says.
    """
    return write_page(page_of(folder, measure, watch, explained=explained), Path(out), force=force)
