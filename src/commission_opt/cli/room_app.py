"""The options of ``commission-opt room``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commission_opt.cli import arguments as options
from commission_opt.cli.arguments import DiscardOption, Format, FormatOption


def room(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="Folder of a plan.")],
    within: Annotated[
        str | None,
        typer.Option(
            help="How much worse than the best a plan may be: shares, separated by commas.  "
            "\\[default: 0.001,0.01,0.05; for --alternatives 0.01]",
        ),
    ] = None,
    course: Annotated[
        list[str] | None, typer.Option(help="Only this course; may be repeated.")
    ] = None,
    profession: Annotated[
        list[str] | None, typer.Option(help="Only courses of this profession; may be repeated.")
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option(help="Only courses in this region or those it covers; may be repeated."),
    ] = None,
    totals: Annotated[
        bool, typer.Option("--totals", help="Also the totals of professions and regions.")
    ] = False,
    alternatives: Annotated[
        int,
        typer.Option(
            min=0, max=20, metavar="K", help="Show up to K deliberately different plans instead."
        ),
    ] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the different plans, a folder each.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing folder.")] = False,
    discard_signatures: DiscardOption = False,
    time_limit: Annotated[
        float, options.seconds("Seconds after which what is known is shown.")
    ] = 120.0,
    jobs: Annotated[int, typer.Option(min=1, max=256, help="Processes, where that helps.")] = 2,
    format_: FormatOption = Format.text,
) -> None:
    """Say how far the places of each course can move while the plan stays nearly as good."""
    from commission_opt.cli.room import run_alternatives, run_room

    shares = _shares(within or ("0.01" if alternatives else "0.001,0.01,0.05"))
    if not alternatives:
        if out is not None or force or discard_signatures:
            raise typer.BadParameter("--out and --force go with --alternatives")
        some = (course or (), profession or (), region or ())
        raise typer.Exit(run_room(plan, shares, some, time_limit, jobs, format_, totals=totals))
    if course or profession or region or totals:
        raise typer.BadParameter("--alternatives change all courses; leave the others out")
    if len(shares) > 1:
        raise typer.BadParameter("--alternatives take one --within")
    raise typer.Exit(
        run_alternatives(
            plan,
            alternatives,
            shares[0],
            out,
            time_limit,
            format_,
            force=force,
            discard_signatures=discard_signatures,
        )
    )


def _shares(text: str) -> list[float]:
    try:
        return [float(word) for word in text.split(",")]
    except ValueError as error:
        raise typer.BadParameter(
            f"--within {text!r} is no list of shares such as 0.001,0.01"
        ) from error
