"""``commission-opt report``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from commission_opt.cli.problems import print_problems
from commission_opt.cli.progress import followed
from commission_opt.cli.screen import console
from commission_opt.files.folder import check_file, check_target
from commission_opt.solvers.status import Watch


def report(
    folder: Annotated[
        str,
        typer.Argument(
            metavar="PLAN|SWEEP|FRONTIER|AUDIT",
            help="Folder of a plan, a sweep, a frontier or an audit.",
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
    """Write a plan, a sweep, a frontier or an audit as one page that a board can read or print.

    A plan is verified first; one that does not hold gets no report (exit code 5).
    """
    from commission_opt.report.page import require_libraries
    from commission_opt.report.pages import DoesNotHoldError, page_of
    from commission_opt.report.write import write_page

    started = time.perf_counter()
    require_libraries()
    check_file(out, force=force)
    if charts is not None:
        check_target(charts, force=force, inputs=(Path(folder),))
    screen, watch = console(), Watch(phase="reading and verifying")
    try:
        page = followed(watch, lambda: page_of(folder, measure, watch, explained=explain))
    except DoesNotHoldError as error:
        print_problems(error.problems)
        raise
    size = write_page(page, out, charts, force=force)
    seconds = time.perf_counter() - started
    if charts is not None:
        screen.tell(f"charts written to {charts}")
    screen.tell(f"report written to {out}: {size / 2**20:.2f} MiB in {seconds:.1f} s")
