"""``commission-opt sweep``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from commission_opt.cli import arguments as options
from commission_opt.cli.arguments import InstanceArgument, MethodName
from commission_opt.cli.progress import telling
from commission_opt.cli.screen import console, put_out, say
from commission_opt.errors import UsageError
from commission_opt.files.folder import check_target
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.solvers.interrupt import interruptible, stopping
from commission_opt.solvers.status import Limits
from commission_opt.text.counts import plural

_MANY = 200  # scenarios beyond which one is asked first
_LONG = 600.0  # seconds that whole-number plans may take beyond which one is asked first
_EVERY = 10.0  # seconds between lines of progress where there is no screen


class _RunUnlessNamed(TyperGroup):
    """Takes ``sweep INSTANCE …`` for ``sweep run INSTANCE …``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "--help"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


sweep = typer.Typer(
    cls=_RunUnlessNamed,
    no_args_is_help=True,
    add_completion=False,
    help="Solve many scenarios of an instance: commission-opt sweep INSTANCE --vary … --out DIR.",
)

FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a sweep.")]


@sweep.command()
def run(
    instance: InstanceArgument,
    out: Annotated[Path, typer.Option(help="Folder of the sweep.")],
    vary: Annotated[
        list[str] | None,
        typer.Option(help="An axis, such as 'budget\\[fund=tuition]*=0.8:1.2:0.1'; repeatable."),
    ] = None,
    file: Annotated[
        str | None,
        typer.Option(help="A sweep as a TOML file, or the name of one of the instance's."),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Commissioning model.  \\[default: the file's, or annual]")
    ] = None,
    design: Annotated[
        str | None,
        typer.Option(
            help="grid, one-at-a-time, latin-hypercube, sobol or morris.  \\[default: grid]"
        ),
    ] = None,
    samples: Annotated[
        int | None, typer.Option(min=1, help="Size of a design that draws values.")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0, max=2**31 - 1, help="Seed of a design that draws values.  \\[default: 0]"
        ),
    ] = None,
    relaxed: Annotated[
        bool, typer.Option("--relaxed", help="Fractions of places, with prices of budgets.")
    ] = False,
    time_limit: Annotated[float, options.seconds("Seconds for each scenario.")] = 60.0,
    work_limit: Annotated[
        float | None,
        options.work("Work for each scenario: the same on every machine; see solve --work-limit."),
    ] = None,
    gap: Annotated[float, options.gap("Relative gap at which to stop.")] = 0.0005,
    method: Annotated[
        MethodName, typer.Option(help="How whole places are found; as for solve.")
    ] = "fast",
    processes: Annotated[
        int | None,
        typer.Option(
            min=1, max=1024, help="Processes on this machine.  \\[default: one for each processor]"
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Use the Dask cluster of this scheduler instead."),
    ] = None,
    chunk: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Scenarios that are solved in a row, each from the one before, and kept together."
            "  \\[default: 5; 20 if relaxed, 50 if also small]",
        ),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the sweep in DIR.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before a long run.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing sweep.")] = False,
) -> int:
    """Solve the scenarios; the word run may be left out."""
    if file is not None and (vary or design or samples or seed is not None):
        raise typer.BadParameter("--file says all of --vary, --design, --samples and --seed")
    if scheduler is not None and processes is not None:
        raise typer.BadParameter("--processes are of this machine, --scheduler of another")
    if resume and force:
        raise typer.BadParameter("--resume keeps what is there, --force replaces it")
    from commission_opt.allocation.methods import Method
    from commission_opt.cli.sweep_lines import changes, line, print_counts
    from commission_opt.policy_file import read_policy_for_one
    from commission_opt.reading.read import read_instance
    from commission_opt.sweep.run import Progress, plan_sweep, work_out
    from commission_opt.sweep.store import exists, reading
    from commission_opt.sweep.sweep_file import asked_for, find_sweep, read_sweep, sweep_names
    from commission_opt.workers.cluster import dask
    from commission_opt.workers.processes import local

    screen, limits = console(), Limits(seconds=time_limit, gap=gap, work=work_limit)
    resumed = resume and exists(out)
    if exists(out) and not (resume or force):
        raise UsageError(
            f"{out} holds a sweep; go on with it with --resume, or replace it with --force"
        )
    folder = find_instance(instance)
    if not resumed:
        inputs = (folder, *([find_model(model)] if model else []))
        check_target(out, force=force, inputs=inputs)
    processes = processes or _processors()
    execute = dask(scheduler) if scheduler else local(processes)
    if file is not None:
        written = read_sweep(find_sweep(file, folder))
    elif vary:
        written = asked_for(vary, design or "grid", samples, seed or 0)
    else:
        names = ", ".join(sweep_names(folder)) or "none"
        raise UsageError(
            "nothing varies; give an axis, such as --vary 'budget*=0.9,1,1.1', or a sweep with "
            f"--file: a TOML file, or the name of one of the instance: {names}"
        )
    read = read_instance(folder)
    policy = read_policy_for_one(find_model(model or written.model or "annual"), "sweep")
    about = {**written.about(read, policy), "command": options.typed_command()}
    sweep = plan_sweep(
        read, policy, written.scenarios(), limits, relaxed=relaxed or written.relaxed, chunk=chunk,
        method=Method(method), about=about,
    )  # fmt: skip
    for text in changes(sweep.about):
        screen.tell(text, soft_wrap=True)
    where = (
        f"the cluster at {scheduler}" if scheduler else plural(processes, "process", "processes")
    )
    size = f"{plural(sweep.size, 'scenario')} in {plural(len(sweep.chunks), 'chunk')}"
    screen.tell(f"{size} on {where}")
    if resume and not resumed:
        screen.tell(f"there is no sweep in {out} yet, so this starts it")
    most = 0.0 if sweep.work.relaxed else sweep.size * limits.seconds / processes
    if not (yes or resumed):
        _confirm(sweep.size, most)
    progress = Progress()
    with stopping(progress.watch):
        with telling(lambda: line(progress), screen, lambda: "Ctrl-C keeps what is done", _EVERY):
            interruptible(
                lambda: work_out(sweep, out, execute, progress, resume=resume, force=force),
                progress.watch,
            )
        with reading(out) as store:
            print_counts(store, out, screen)
    if progress.done < progress.total:
        screen.print("stopped by you; go on with:", style="yellow")
        say(f"  {options.to_go_on()}")
        return 130
    return 0


def _confirm(size: int, seconds: float) -> None:
    """Ask before a long run; without anybody to ask, refuse it."""
    from commission_opt.cli.sweep_lines import duration

    if size <= _MANY and seconds <= _LONG:
        return
    most = f", which may take up to {duration(seconds)}" if seconds else ""
    if not sys.stdin.isatty():
        raise UsageError(f"these are {plural(size, 'scenario')}{most}; give --yes if you mean it")
    typer.confirm(f"Solve {plural(size, 'scenario')}{most}?", abort=True, err=True)


def _processors() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@sweep.command()
def export(
    folder: FolderArgument,
    format_: Annotated[
        Literal["csv", "parquet"], typer.Option("--format", help="Format of the tables.")
    ] = "csv",
    out: Annotated[
        Path | None, typer.Option(help="Folder of the tables.  \\[default: DIR/csv or DIR/parquet]")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing folder.")] = False,
) -> None:
    """Write the tables of a sweep: scenarios, measures and places."""
    from commission_opt.sweep.export import export as write_tables
    from commission_opt.sweep.store import reading

    target = out or folder / format_
    check_target(target, force=force, inputs=(folder,))
    with reading(folder) as store:
        write_tables(store, target, format_, force=force)
        bought = ", places and units" if store.bought() else " and places"
    console().tell(f"wrote scenarios, measures{bought} to {target}")


@sweep.command()
def summary(
    folder: FolderArgument,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of tables and charts.  \\[default: DIR/summary, replaced]"),
    ] = None,
    measure: Annotated[
        str, typer.Option(help="What they are about: objective, shortfall, spend, places, …")
    ] = "objective",
    force: Annotated[bool, typer.Option("--force", help="Replace an existing folder.")] = False,
) -> None:
    """Say what a sweep shows, in words, tables and charts; also while it runs."""
    from commission_opt.cli.sweep_lines import print_counts
    from commission_opt.sweep.store import reading
    from commission_opt.sweep.summary.summarise import summarise

    with reading(folder) as store:
        print_counts(store, folder, console())
    target = out or folder / "summary"
    files = out is not None or os.access(folder, os.W_OK)
    said, written = summarise(folder, target, measure, force=force or out is None, files=files)
    put_out(said)
    if files:
        console().tell(f"wrote {', '.join(written)} to {target}")
    else:
        console().tell(
            f"tables and charts were not written, as {folder} can only be read; "
            "give a folder for them with --out"
        )
