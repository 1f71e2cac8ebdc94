"""The options of ``commission-opt report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    folder: Annotated[
        str,
        typer.Argument(
            metavar="PLAN|SWEEP|FRONTIER", help="Folder of a plan, a sweep or a frontier."
        ),
    ],
    out: Annotated[Path, typer.Option(help="HTML file to write.")],
    charts: Annotated[
        Path | None, typer.Option(help="Folder for every chart as SVG and PNG too.")
    ] = None,
    measure: Annotated[
        str, typer.Option(help="Of a sweep: the measure that tables and charts are about.")
    ] = "objective",
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="Of a plan: solve again, to say what more of everything would be worth and what "
            "each commitment costs.",
        ),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace what exists.")] = False,
) -> None:
    """Write a plan, a sweep or a frontier as one page that a board can read, or print to PDF.

    A plan is verified first; one that does not hold gets no report (exit code 5).
    """
    from commission_opt.cli.report import run_report

    run_report(folder, out, charts, measure, explained=explain, force=force)
