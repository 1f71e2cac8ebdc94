"""The commands of ``commission-opt bench`` and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commission_opt.cli import arguments as options

bench = typer.Typer(
    no_args_is_help=True,
    help="Measure solves, and say what became slower, worse or wrong. See docs/benchmarking.md.",
)

ForceOption = Annotated[bool, typer.Option("--force", help="Replace existing files.")]


@bench.command()
def run(
    specs: Annotated[list[Path], typer.Argument(metavar="SPEC…", help="What to run: TOML files.")],
    out: Annotated[Path, typer.Option(help="File for the results, one JSON row a run.")],
    against: Annotated[
        str | None,
        typer.Option(
            metavar="REF|FOLDER|PYTHON",
            help="Alternate with another version: a git commit, a source folder, or the "
            "interpreter of an environment with, say, another solver.",
        ),
    ] = None,
    base_out: Annotated[
        Path | None, typer.Option(help="File for the results of the other version.")
    ] = None,
    repeats: Annotated[
        int | None, typer.Option(min=1, help="Runs of each case.  \\[default: as in SPEC]")
    ] = None,
    force: ForceOption = False,
) -> None:
    """Run every case in a process of its own, one after the other."""
    from commission_opt.cli.bench import run_bench

    if (against is None) != (base_out is None):
        raise typer.BadParameter("--against and --base-out go together")
    run_bench(specs, out, against, base_out, repeats, force=force)


@bench.command()
def compare(
    base: Annotated[Path, typer.Argument(metavar="BASE", help="Results to compare with.")],
    head: Annotated[Path, typer.Argument(metavar="HEAD", help="Results to judge.")],
    fail_on: Annotated[
        str,
        typer.Option(
            help="Kinds of findings that block: missing, status, gap, deterministic, ratio; or "
            "none. A wrong result always does, a worse plan by --max-worse.",
        ),
    ] = "missing,status,gap,deterministic,ratio",
    max_worse: Annotated[
        str | None,
        typer.Option(
            metavar="PERCENT",
            help="Share of its objective by which a plan may be worse than the base's, whatever "
            "changed, the model too; or none.  \\[default: 0.5%; none with --fail-on none]",
        ),
    ] = None,
    ratio: Annotated[
        float, options.number("Ratio of times from which interleaved runs block.", least=1.0)
    ] = 1.25,
    ratio_apart: Annotated[float, options.number("The same for separate runs.", least=1.0)] = 2.0,
    junit: Annotated[
        Path | None, typer.Option(help="Write what was found as JUnit XML too.")
    ] = None,
) -> None:
    """Say what became slower, worse or wrong; exit with 1 if anything that blocks did."""
    from commission_opt.cli.bench import run_compare

    raise typer.Exit(run_compare(base, head, fail_on, ratio, ratio_apart, junit, max_worse))


@bench.command()
def summary(
    results: Annotated[list[Path], typer.Argument(metavar="RESULTS…", help="Files of results.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder for plots (needs commission-opt\\[plots]).")
    ] = None,
    force: ForceOption = False,
) -> None:
    """Print a performance profile and shifted geometric means, and draw plots."""
    from commission_opt.cli.bench import run_summary

    run_summary(results, out, force=force)


@bench.command()
def baseline(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="Results to keep.")],
    out: Annotated[Path, typer.Option(help="Baseline to write.")],
    force: ForceOption = False,
) -> None:
    """Write results as a baseline to commit: what repeats, and nothing of the host."""
    from commission_opt.cli.bench import run_baseline

    run_baseline(results, out, force=force)
