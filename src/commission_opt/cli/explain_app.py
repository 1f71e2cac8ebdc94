"""The options of ``commission-opt explain``."""

from __future__ import annotations

from typing import Annotated

import typer

from commission_opt.cli.arguments import Format, FormatOption


def explain(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="Folder of a plan.")],
    change: Annotated[
        list[str] | None,
        typer.Option(
            help="What if: a change such as 'budget[fund=tuition]+=1000000', as sweep --vary takes "
            "it; repeatable. Everything is solved again with all of them made."
        ),
    ] = None,
    course: Annotated[
        str | None, typer.Option(help="Say why this course has the places it has.")
    ] = None,
    year: Annotated[
        int | None, typer.Option(help="Commissioning year of --course.  [default: the first]")
    ] = None,
    profession: Annotated[
        str | None, typer.Option(help="Take the supply of this profession apart, in --region.")
    ] = None,
    region: Annotated[
        str | None, typer.Option(help="Region, or a parent of regions, of --profession.")
    ] = None,
    replan: Annotated[
        int,
        typer.Option(
            min=0,
            help="Of the changes at the margin, work the plan out again for this many of the most "
            "valuable.",
        ),
    ] = 0,
    seconds: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            help="Time for solving again: where no price holds (default: at least 3), or each "
            "plan of --change (default: 10).",
        ),
    ] = None,
    format_: FormatOption = Format.text,
) -> None:
    """Say why a plan is what it is, and what a little more of everything would be worth to it."""
    from commission_opt.cli.explain import Asked, run_explain

    if (profession is None) != (region is None):
        raise typer.BadParameter("--profession and --region go together")
    if year is not None and course is None:
        raise typer.BadParameter("--year goes with --course")
    wanted = [bool(change), course is not None, profession is not None]
    if sum(wanted) > 1:
        raise typer.BadParameter("give one of --change, --course and --profession at a time")
    if any(wanted) and replan:
        raise typer.BadParameter("--replan goes with the changes at the margin")
    asked = Asked(tuple(change or ()), course, year, profession, region, replan, seconds)
    run_explain(plan, asked, format_)
