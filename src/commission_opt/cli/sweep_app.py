"""The options of ``commission-opt sweep`` and what goes with it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from commission_opt.cli import arguments as options
from commission_opt.cli.arguments import InstanceArgument, MethodName


class FormatName(StrEnum):
    """Formats of exported tables."""

    csv = "csv"
    parquet = "parquet"


class _RunUnlessNamed(TyperGroup):
    """Takes ``sweep INSTANCE …`` for ``sweep run INSTANCE …``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "--help"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


sweep = typer.Typer(
    cls=_RunUnlessNamed,
    no_args_is_help=True,
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
        str | None,
        typer.Option(help="Commissioning model.  \\[default: the file's, or annual]"),
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
    gap: Annotated[float, options.gap("Relative gap at which to stop.")] = 0.0005,
    method: Annotated[
        MethodName, typer.Option(help="How whole places are found; as for solve.")
    ] = MethodName.fast,
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
) -> None:
    """Solve the scenarios; the word run may be left out."""
    from commission_opt.cli.sweep import Asked, run_command
    from commission_opt.solvers.status import Limits

    if file is not None and (vary or design or samples or seed is not None):
        raise typer.BadParameter("--file says all of --vary, --design, --samples and --seed")
    if scheduler is not None and processes is not None:
        raise typer.BadParameter("--processes are of this machine, --scheduler of another")
    if resume and force:
        raise typer.BadParameter("--resume keeps what is there, --force replaces it")
    asked = Asked(
        instance=instance,
        model=model,
        vary=tuple(vary or ()),
        file=file,
        design=design or "grid",
        samples=samples,
        seed=seed or 0,
        relaxed=relaxed,
        limits=Limits(seconds=time_limit, gap=gap),
        method=method.value,
        chunk=chunk,
    )
    raise typer.Exit(
        run_command(asked, out, processes, scheduler, resume=resume, yes=yes, force=force)
    )


@sweep.command()
def export(
    folder: FolderArgument,
    format_: Annotated[FormatName, typer.Option("--format", help="Format of the tables.")] = (
        FormatName.csv
    ),
    out: Annotated[
        Path | None, typer.Option(help="Folder of the tables.  \\[default: DIR/csv or DIR/parquet]")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing folder.")] = False,
) -> None:
    """Write the tables of a sweep: scenarios, measures and places."""
    from commission_opt.cli.sweep import export_command

    export_command(folder, format_.value, out, force=force)


@sweep.command()
def summary(
    folder: FolderArgument,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of tables and charts.  \\[default: DIR/summary, replaced]"),
    ] = None,
    measure: Annotated[
        str,
        typer.Option(help="What they are about: objective, shortfall, spend, places, …"),
    ] = "objective",
    force: Annotated[bool, typer.Option("--force", help="Replace an existing folder.")] = False,
) -> None:
    """Say what a sweep shows, in words, tables and charts; also while it runs."""
    from commission_opt.cli.sweep import summary_command
    from commission_opt.cli.sweep_summary import run_summary

    summary_command(folder)
    run_summary(folder, out, measure, force=force)
