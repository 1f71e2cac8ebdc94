"""The options of ``commission-opt explain``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commission_opt.cli import arguments as options
from commission_opt.cli.arguments import Format, FormatOption
from commission_opt.cli.explain_options import (
    ApplyOption,
    BendOption,
    ForceOption,
    ModelOption,
    OutOption,
    RelaxedOption,
    RepairsOption,
    TimeOption,
)

_OF_A_PLAN = ("change", "course", "year", "profession", "region", "replan", "seconds")
_OF_AN_INSTANCE = (
    "model", "bend", "repairs", "apply_repair", "out", "force", "relaxed", "time_limit",
)  # fmt: skip


def explain(
    ctx: typer.Context,
    plan: Annotated[
        str,
        typer.Argument(
            metavar="PLAN|INSTANCE",
            help="Folder of a plan, to see why it is what it is; or an instance, to see why it "
            "has none.",
        ),
    ],
    change: Annotated[
        list[str] | None,
        typer.Option(
            help="A change such as 'budget\\[fund=tuition]+=1000000', as sweep --vary takes "
            "it; repeatable. Everything is solved again with all of them made."
        ),
    ] = None,
    course: Annotated[
        str | None, typer.Option(help="Say why this course has the places it has.")
    ] = None,
    year: Annotated[
        int | None, typer.Option(help="Commissioning year of --course.  \\[default: the first]")
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
        options.seconds(
            "Time for solving again: where no price holds (default: at least 2), or each "
            "plan of --change (default: 10).",
            none=True,
        ),
    ] = None,
    model: ModelOption = "annual",
    bend: BendOption = "budgets,placements,commitments,capacity,cohorts",
    repairs: RepairsOption = 6,
    apply_repair: ApplyOption = None,
    out: OutOption = None,
    force: ForceOption = False,
    relaxed: RelaxedOption = False,
    time_limit: TimeOption = 60.0,
    format_: FormatOption = Format.text,
) -> None:
    """Say why a plan is what it is and what more would be worth, or why an instance has no plan."""
    if not (Path(plan) / "plan.json").is_file():
        from commission_opt.cli.explain_instance import Asked as AskedOfInstance
        from commission_opt.cli.explain_instance import run_explain_instance

        _refuse(ctx, _OF_A_PLAN, "a plan, and this is none")
        of_instance = AskedOfInstance(
            model, bend, repairs, apply_repair, out, force, relaxed, time_limit
        )
        raise typer.Exit(run_explain_instance(plan, of_instance, format_))
    from commission_opt.cli.explain import Asked, run_explain

    _refuse(ctx, _OF_AN_INSTANCE, "an instance, and this is a plan")
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
    raise typer.Exit(run_explain(plan, asked, format_))


def _refuse(ctx: typer.Context, names: tuple[str, ...], of: str) -> None:
    """Refuse options that are given but go with the other kind of folder."""
    sources = {name: ctx.get_parameter_source(name) for name in names}
    given = [name for name, source in sources.items() if source and source.name == "COMMANDLINE"]
    if given:
        words = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise typer.BadParameter(f"{words}: goes with {of}")
