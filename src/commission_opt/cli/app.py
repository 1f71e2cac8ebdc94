"""The commands and their options. Heavy libraries are imported by the command that needs them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from commission_opt.cli import arguments as options
from commission_opt.cli.arguments import DiscardOption, InstanceArgument, MethodName
from commission_opt.cli.bench_app import bench
from commission_opt.cli.compare_app import compare
from commission_opt.cli.explain_app import explain
from commission_opt.cli.frontier_app import frontier
from commission_opt.cli.ledger_app import ledger
from commission_opt.cli.plan_app import replay, sign, verify
from commission_opt.cli.report_app import report
from commission_opt.cli.room_app import room
from commission_opt.cli.sweep_app import sweep
from commission_opt.cli.workbook_app import workbook
from commission_opt.version import __version__


class Engine(StrEnum):
    """What solves a model."""

    arrays = "arrays"
    pyomo = "pyomo"


app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Allocate education and training places across professions and regions, with proof.",
)
app.add_typer(sweep, name="sweep")
app.add_typer(workbook, name="workbook")
app.command()(frontier)
app.command()(explain)
app.command()(verify)
app.command()(replay)
app.command()(sign)
app.command()(ledger)
app.command()(compare)
app.command()(room)
app.command()(report)

JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"commission-opt {__version__}")
        raise typer.Exit


@app.callback()
def root(
    _version_: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Allocate education and training places across professions and regions, with proof."""


@app.command()
def check(
    instance: InstanceArgument,
    model: Annotated[
        str | None,
        typer.Option(help="Check the instance together with this commissioning model too."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Take every warning for an error, for pipelines.")
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Find everything that is wrong with an instance; exit with 1 if there are errors."""
    from commission_opt.cli.check import run_check

    raise typer.Exit(run_check(instance, model, strict=strict, as_json=json_))


@app.command()
def solve(
    instance: InstanceArgument,
    model: Annotated[
        str, typer.Option(help="Commissioning model: a TOML file, or the name of a shipped one.")
    ] = "annual",
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the plan.  \\[default: plans/<instance>-<model>]"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing plan.")] = False,
    discard_signatures: DiscardOption = False,
    time_limit: Annotated[
        float, options.seconds("Seconds after which the best plan is kept.")
    ] = 60.0,
    gap: Annotated[float, options.gap("Relative gap at which to stop.")] = 0.0005,
    relaxed: Annotated[
        bool, typer.Option("--relaxed", help="Allow fractions of places: a bound, not a plan.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Seed of the solver.")] = 0,
    threads: Annotated[
        int, typer.Option(min=1, max=1024, help="Threads; with 1, runs repeat exactly.")
    ] = 1,
    method: Annotated[
        MethodName,
        typer.Option(
            help="How whole places are found: fast searches near the relaxation; exact then "
            "branches until the gap or the time limit; auto does what helps."
        ),
    ] = MethodName.auto,
    engine: Annotated[
        Engine, typer.Option(help="Arrays, or the readable Pyomo model with any solver.")
    ] = Engine.arrays,
    solver: Annotated[
        str | None,
        typer.Option(
            help="Solver for the Pyomo model: highs, cbc, glpk, scip, …  \\[default: highs]"
        ),
    ] = None,
    extend: Annotated[
        Path | None,
        typer.Option(
            help="Python file with def extend(model, instance, policy): constraints of your own "
            "for the Pyomo model."
        ),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Allocate places and write a certified plan."""
    from commission_opt.cli.solve import run_solve
    from commission_opt.solvers.status import Limits

    if engine is Engine.arrays and (solver or extend):
        raise typer.BadParameter("--solver and --extend go with --engine pyomo")
    limits = Limits(seconds=time_limit, gap=gap, seed=seed, threads=threads)
    if engine is Engine.pyomo and method is not MethodName.auto:
        raise typer.BadParameter("--method goes with --engine arrays")
    by_pyomo = (solver or "highs", extend) if engine is Engine.pyomo else None
    raise typer.Exit(
        run_solve(
            instance,
            model,
            out,
            limits,
            method.value,
            by_pyomo,
            force=force,
            discard_signatures=discard_signatures,
            relaxed=relaxed,
            as_json=json_,
        )
    )


@app.command()
def generate(
    professions: Annotated[int, typer.Option(min=1, max=10_000, help="Number of professions.")],
    regions: Annotated[int, typer.Option(min=1, max=10_000, help="Number of leaf regions.")],
    out: Annotated[Path, typer.Option(help="Folder to make.")],
    years: Annotated[int, typer.Option(min=1, help="Commissioning years of its model.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same instance.")] = 0,
    horizon: Annotated[int, typer.Option(min=1, max=100, help="Years looked ahead.")] = 15,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing folder.")] = False,
) -> None:
    """Make a synthetic instance of any size, with a commissioning model that fits it."""
    from commission_opt.cli.generate import run_generate

    run_generate(professions, regions, years, seed, horizon, out, force=force)


@app.command("list")
def list_() -> None:
    """List the instances and commissioning models that come with the program."""
    from commission_opt.cli.listing import run_list

    run_list()


@app.command()
def describe(instance: InstanceArgument) -> None:
    """Print the datapackage.json of an instance: every table and column, described."""
    from commission_opt.cli.describe import run_describe

    run_describe(instance)


@app.command()
def export(
    instance: InstanceArgument,
    out: Annotated[Path, typer.Option(help="File to write.")],
    model: Annotated[str, typer.Option(help="Commissioning model.")] = "annual",
    format_: Annotated[
        str | None, typer.Option("--format", help="mps or lp.  \\[default: the file's ending]")
    ] = None,
    stage: Annotated[
        int, typer.Option(min=1, help="Which objective; earlier ones are solved and held.")
    ] = 1,
    relaxed: Annotated[bool, typer.Option("--relaxed", help="Its linear relaxation.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Write a model on an instance as an MPS or LP file, with readable names."""
    from commission_opt.cli.export import run_export

    run_export(instance, model, out, format_, stage, relaxed=relaxed, force=force)


app.add_typer(bench, name="bench")


@app.command()
def solvers() -> None:
    """List the solvers that the readable model is tested with, and which are here."""
    from commission_opt.cli.solvers import run_solvers

    run_solvers()
