"""``commission-opt room``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commission_opt.cli import arguments as options
from commission_opt.cli.arguments import DiscardOption, FormatOption, PlanArgument
from commission_opt.cli.progress import followed
from commission_opt.cli.screen import console
from commission_opt.files.folder import check_target
from commission_opt.solvers.status import Watch


def room(
    plan: PlanArgument,
    within: Annotated[
        str | None,
        typer.Option(
            help="How much worse than the best a plan may be: shares, separated by commas.  "
            "\\[default: 0.001,0.01,0.05; for --alternatives 0.01]"
        ),
    ] = None,
    course: Annotated[
        list[str] | None, typer.Option(help="Only this course; may be repeated.")
    ] = None,
    measure: Annotated[
        list[str] | None, typer.Option(help="Only this measure; may be repeated.")
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
    format_: FormatOption = "text",
) -> int:
    """Say how far the places of each course can move while the plan stays nearly as good."""
    shares = _shares(within or ("0.01" if alternatives else "0.001,0.01,0.05"))
    if not alternatives:
        if out is not None or force or discard_signatures:
            raise typer.BadParameter("--out and --force go with --alternatives")
    elif course or measure or profession or region or totals:
        raise typer.BadParameter("--alternatives change all courses; leave the others out")
    elif len(shares) > 1:
        raise typer.BadParameter("--alternatives take one --within")
    from commission_opt.cli.answers import print_answers
    from commission_opt.explain.room.alternatives import alternatives as different_plans
    from commission_opt.explain.room.different import different
    from commission_opt.explain.room.room import room as answer
    from commission_opt.plan.read import for_one_future, read_plan
    from commission_opt.plan.write import write_plan

    read, watch = for_one_future(read_plan(plan), "room"), Watch()
    if not alternatives:
        answers = followed(
            watch,
            lambda: answer(
                read, shares, course=course or (), measure=measure or (),
                profession=profession or (), region=region or (), totals=totals,
                seconds=time_limit, jobs=jobs, watch=watch,
            ),
        )  # fmt: skip
        print_answers(answers, format_)
        return 130 if watch.stopped else 0
    targets = [] if out is None else [out / f"plan-{k + 1}" for k in range(alternatives)]
    for target in targets:
        check_target(
            target, force=force, discard_signatures=discard_signatures, inputs=(read.folder,)
        )
    found = followed(
        watch,
        lambda: different_plans(read, alternatives, shares[0], seconds=time_limit, watch=watch),
    )
    for allocation, target in zip(found.found, targets, strict=False):
        write_plan(
            allocation, target, force=force, discard_signatures=discard_signatures,
            command=options.typed_command(),
        )  # fmt: skip
        console().tell(f"plan written to {target}")
    print_answers([different(found)], format_)
    return 130 if watch.stopped else 0


def _shares(text: str) -> list[float]:
    try:
        return [float(word) for word in text.split(",")]
    except ValueError as error:
        raise typer.BadParameter(
            f"--within {text!r} is no list of shares such as 0.001,0.01"
        ) from error
