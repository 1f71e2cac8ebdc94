"""``commission-opt explain``; what it says of an instance is in ``explain_instance.py``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commission_opt.cli import arguments as options
from commission_opt.cli.arguments import FormatOption
from commission_opt.cli.progress import following
from commission_opt.cli.screen import console
from commission_opt.errors import InfeasibleError
from commission_opt.solvers.interrupt import interruptible
from commission_opt.solvers.status import Limits, Watch

if TYPE_CHECKING:
    from commission_opt.explain.answer import Answer
    from commission_opt.plan.read import StoredPlan

_INFEASIBLE = 3
_OF_A_PLAN = (
    "change", "at_once", "course", "measure", "pathway", "posts", "year", "profession", "region",
    "replan", "pay", "seconds",
)  # fmt: skip
_OF_AN_INSTANCE = (
    "model", "bend", "repairs", "apply_repair", "out", "force", "relaxed", "time_limit",
)  # fmt: skip

_PANEL = "For an instance"


_option = partial(typer.Option, rich_help_panel=_PANEL)
ModelOption = Annotated[str, _option(help="Commissioning model.")]
BendOption = Annotated[
    str | None,
    _option(
        help="What repairs may change, with commas: budgets, placements, entrants, offers, "
        "commitments, capacity, cohorts, measures, pace, fair_share.  \\[default: all but pace "
        "and fair_share]"
    ),
]
RepairsOption = Annotated[int, _option(help="Most repairs offered.", min=0)]
ApplyOption = Annotated[int | None, _option(help="Write the instance with this repair.", min=1)]
OutOption = Annotated[Path | None, _option(help="Folder of the repaired instance.")]
ForceOption = Annotated[bool, _option("--force", help="Replace an existing folder.")]
RelaxedOption = Annotated[bool, _option("--relaxed", help="Allow fractions of places.")]
TimeOption = Annotated[float, options.seconds("Seconds for the diagnosis.", rich_help_panel=_PANEL)]


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
    at_once: Annotated[
        bool,
        typer.Option(
            "--at-once",
            help="With --change, solve nothing: say between what the best plan lies, by the prices "
            "and the places of this one.",
        ),
    ] = False,
    course: Annotated[
        str | None, typer.Option(help="Say why this course has the places it has.")
    ] = None,
    measure: Annotated[
        str | None, typer.Option(help="Say why this measure is bought as it is, or not.")
    ] = None,
    pathway: Annotated[
        str | None,
        typer.Option(
            help="Say which step of the pathway to this profession, or through this pool of "
            "people, holds the plan back."
        ),
    ] = None,
    posts: Annotated[
        bool,
        typer.Option(
            "--posts",
            help="Say how many staff and graduates find no post, and what one more is worth.",
        ),
    ] = False,
    year: Annotated[
        int | None,
        typer.Option(
            help="Commissioning year of --course or --measure, by default the first; or year of "
            "--posts, by default all."
        ),
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
    pay: Annotated[
        bool, typer.Option("--pay", help="Count pay in what an FTE-year costs, at the margin.")
    ] = False,
    seconds: Annotated[
        float | None,
        options.seconds(
            "Time for solving again: where no price holds (default: at least 2), or each "
            "plan of --change (default: 10).",
            none=True,
        ),
    ] = None,
    model: ModelOption = "annual",
    bend: BendOption = None,
    repairs: RepairsOption = 6,
    apply_repair: ApplyOption = None,
    out: OutOption = None,
    force: ForceOption = False,
    relaxed: RelaxedOption = False,
    time_limit: TimeOption = 60.0,
    format_: FormatOption = "text",
) -> int:
    """Say why a plan is what it is and what more would be worth, or why an instance has no plan."""
    if not (Path(plan) / "plan.json").is_file():
        from commission_opt.cli.explain_instance import explain_instance

        _refuse(ctx, _OF_A_PLAN, "a plan, and this is none")
        return explain_instance(
            plan, format_, model=model, bend=bend, repairs=repairs, apply_repair=apply_repair,
            out=out, force=force, relaxed=relaxed, time_limit=time_limit,
        )  # fmt: skip
    _refuse(ctx, _OF_AN_INSTANCE, "an instance, and this is a plan")
    if (profession is None) != (region is None):
        raise typer.BadParameter("--profession and --region go together")
    if year is not None and course is None and measure is None and not posts:
        raise typer.BadParameter("--year goes with --course, --measure or --posts")
    subjects = (course, measure, pathway, profession)
    wanted = [bool(change), posts, *(code is not None for code in subjects)]
    if sum(wanted) > 1:
        raise typer.BadParameter(
            "give one of --change, --course, --measure, --pathway, --posts and --profession at a "
            "time"
        )
    if at_once and not change:
        raise typer.BadParameter("--at-once goes with --change")
    if at_once and seconds is not None:
        raise typer.BadParameter("--seconds is for solving again, and --at-once solves nothing")
    if any(wanted) and replan:
        raise typer.BadParameter("--replan goes with the changes at the margin")
    if any(wanted) and pay:
        raise typer.BadParameter("--pay goes with the changes at the margin")
    from commission_opt.cli.answers import print_answers
    from commission_opt.explain.margins.margins import margins
    from commission_opt.explain.what_if.at_once import AtOnce
    from commission_opt.explain.what_if.change import SECONDS, what_if
    from commission_opt.explain.what_if.no_plan import no_plan
    from commission_opt.explain.why.course import why_course, why_measure
    from commission_opt.explain.why.origins import supply_of
    from commission_opt.explain.why.pathway import why_pathway
    from commission_opt.explain.why.posts import posts_of
    from commission_opt.plan.read import for_one_future, read_plan

    limits, watch = Limits(), Watch(phase="reading the plan")

    def answer(of: StoredPlan) -> Answer:
        if profession is not None and region is not None:
            return supply_of(of, profession, region)
        if change and at_once:
            return AtOnce(of).answer(change)
        if change:
            each = SECONDS if seconds is None else seconds
            return what_if(of, change, limits, watch, each)
        if course is not None:
            return why_course(of, course, year, limits, watch)
        if measure is not None:
            return why_measure(of, measure, year, limits, watch)
        if pathway is not None:
            return why_pathway(of, pathway, limits, watch)
        if posts:
            return posts_of(of, year, limits, watch)
        return margins(of, limits, watch, seconds, replan, pay=pay)

    with following(watch, console()):
        read = for_one_future(interruptible(lambda: read_plan(plan), watch), "explain")
        try:
            answers, code = [interruptible(lambda: answer(read), watch)], 0
        except InfeasibleError:
            if not change:
                raise
            answers = interruptible(lambda: no_plan(read.problem, change, limits, watch), watch)
            code = _INFEASIBLE
    print_answers(answers, format_)
    return code


def _refuse(ctx: typer.Context, names: tuple[str, ...], of: str) -> None:
    """Refuse options that are given but go with the other kind of folder."""
    sources = {name: ctx.get_parameter_source(name) for name in names}
    given = [name for name, source in sources.items() if source and source.name == "COMMANDLINE"]
    if given:
        words = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise typer.BadParameter(f"{words}: goes with {of}")
