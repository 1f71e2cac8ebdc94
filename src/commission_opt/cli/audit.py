"""``commission-opt audit``."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commission_opt.cli import arguments as options
from commission_opt.cli.arguments import JsonOption, PlanArgument
from commission_opt.cli.progress import followed
from commission_opt.cli.screen import console, put_out, put_out_json, say
from commission_opt.errors import StoppedError, UsageError
from commission_opt.solvers.status import Watch

if TYPE_CHECKING:
    from commission_opt.auditing.work import AuditWork
    from commission_opt.plan.read import StoredPlan
    from commission_opt.workers.executor import Executor

_DRAWS, _SOLVED = 10_000, 64
_STOPPED = 130
_ELSEWHERE = ("--out", "--processes", "--scheduler")  # say where, and change no figure
_ANYHOW = ("--resume", "--force", "--json")


def audit(
    plan: PlanArgument,
    uncertainty: Annotated[
        str | None,
        typer.Option(
            help="Uncertainty file, or the name of one of the plan's instance.  \\[default: the "
            "plan's own, if it was made for many futures]"
        ),
    ] = None,
    draws: Annotated[
        int | None,
        typer.Option(min=1, max=1_000_000, help=f"Futures to draw.  \\[default: {_DRAWS:,}]"),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="Of the draws.  \\[default: one more than that of the file]"),
    ] = None,
    short: Annotated[
        float, options.share("Share of demand of which more must be missing to count as short.")
    ] = 0.05,
    regret: Annotated[
        bool, typer.Option("--regret", help="Bound what knowing each future beforehand could save.")
    ] = False,
    worth: Annotated[
        bool,
        typer.Option(
            "--worth",
            help="Bound what a plan for all futures could save, and estimate what knowing each "
            "row of the file would be worth.",
        ),
    ] = False,
    redecide: Annotated[
        bool,
        typer.Option(
            "--redecide",
            help="Say what later rounds could mend: decide all but the first years anew.",
        ),
    ] = False,
    kept_years: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=100,
            help="First years that --redecide keeps.  \\[default: those decided now, or 1 where "
            "all are]",
        ),
    ] = None,
    redecided_draws: Annotated[
        int | None,
        typer.Option(
            min=1, max=100_000, help=f"Draws that --redecide solves.  \\[default: {_SOLVED}]"
        ),
    ] = None,
    places: Annotated[
        bool,
        typer.Option(
            "--places",
            help="Say which places stay the same in good plans whatever comes, and which hang on "
            "one row of the file.",
        ),
    ] = False,
    processes: Annotated[int, typer.Option(min=1, max=1024, help="Processes on this machine.")] = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Use the Dask cluster of this scheduler instead."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the audit.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the audit in DIR.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing folder.")] = False,
    json_: JsonOption = False,
) -> int:
    """Say how a plan fares in thousands of fresh futures, and what drives that."""
    for given, name in ((force, "--force"), (resume, "--resume")):
        if given and out is None:
            raise typer.BadParameter(f"{name} goes with --out")
    for said, name in ((kept_years, "--kept-years"), (redecided_draws, "--redecided-draws")):
        if said is not None and not redecide:
            raise typer.BadParameter(f"{name} goes with --redecide")
    if scheduler is not None and processes != 1:
        raise typer.BadParameter("--processes are of this machine, --scheduler of another")
    if resume and force:
        raise typer.BadParameter("--resume keeps what is there, --force replaces it")
    _one_thread()
    from commission_opt.auditing.kept import is_unfinished
    from commission_opt.auditing.made import Asked, check_asked, check_folder, kept_in, made
    from commission_opt.auditing.work import decided_now, trial_of
    from commission_opt.plan.read import read_plan
    from commission_opt.uncertainty.audit.drivers import ADVICE, available
    from commission_opt.uncertainty.audit.sentences import sentences
    from commission_opt.uncertainty.audit.view import is_audit

    screen, watch = console(), Watch(phase="reading the plan")
    execute = _executor(processes, scheduler)
    if out is not None:
        check_folder(out, resume=resume, force=force, inputs=(Path(plan),))
        if resume and not (is_unfinished(out) or is_audit(out)):
            screen.tell(f"there is no audit to go on with in {out}, so this starts it")

    def work() -> dict[str, Any]:
        read = read_plan(plan)
        years = (kept_years or decided_now(read) or 1) if redecide else None
        asked = Asked(_command(), regret, worth, years, redecided_draws or _SOLVED, places)
        packed = _packed(read, uncertainty, draws, seed, short)
        trial = trial_of(packed)
        check_asked(trial, asked)
        for problem in trial.futures.warnings:
            screen.tell(str(problem))
        if out is None:
            return made(packed, asked, watch, execute=execute)
        with kept_in(out, packed, resume=resume, force=force) as folder:
            return made(packed, asked, watch, folder=folder, execute=execute)

    try:
        record = followed(watch, work)
    except StoppedError:
        if out is None or not is_unfinished(out):
            raise
        screen.print("stopped by you; go on with:", style="yellow")
        say(f"  {options.to_go_on()}")
        return _STOPPED
    if not available():
        screen.tell(ADVICE)
    if out is not None:
        screen.tell(f"audit written to {out}")
    if json_:
        put_out_json({**record, "sentences": sentences(record)})
    else:
        put_out("\n".join(sentences(record)))
    return 0


def _one_thread() -> None:
    """Keep numpy, not imported yet, to one thread, so that sums are the same everywhere."""
    from commission_opt.workers.processes import ONE_THREAD

    os.environ.update(ONE_THREAD)


def _executor(processes: int, scheduler: str | None) -> Executor | None:
    from commission_opt.workers.cluster import dask
    from commission_opt.workers.processes import local

    if scheduler is not None:
        return dask(scheduler)
    return local(processes) if processes > 1 else None


def _packed(
    plan: StoredPlan, name: str | None, draws: int | None, seed: int | None, short: float
) -> AuditWork:
    from commission_opt.auditing.work import work_of
    from commission_opt.futures.uncertainty_file import read_uncertainty

    read = read_uncertainty(_file(plan, name))
    if read.rows:
        draws, seed = draws or _DRAWS, read.seed + 1 if seed is None else seed
    return work_of(plan, read.content, read.file, draws, seed, short)


def _file(plan: StoredPlan, name: str | None) -> Path:
    """Return the uncertainty file that is meant: the plan's own if none is."""
    from commission_opt.files.shipped import find_instance, instance_names
    from commission_opt.futures.uncertainty_file import find_uncertainty
    from commission_opt.uncertainty.audit.record import COPY

    if name is None:
        if not (plan.folder / COPY).is_file():
            raise UsageError(
                f"{plan.folder} was made for one future; give an uncertainty file with "
                "--uncertainty, or the name of one of its instance"
            )
        return plan.folder / COPY
    shipped = plan.instance.name in instance_names()
    return find_uncertainty(name, find_instance(plan.instance.name) if shipped else None)


def _command() -> str:
    """Return the command as it was typed, but for where it worked and how it went on."""
    words, kept = iter(sys.argv[1:]), ["commission-opt"]
    for word in words:
        if word in _ELSEWHERE:
            next(words, None)
        elif word not in _ANYHOW and not word.startswith(tuple(f"{name}=" for name in _ELSEWHERE)):
            kept.append(word)
    return shlex.join(kept)
