"""``commission-opt ledger``."""

from __future__ import annotations

from typing import Annotated

import typer

from commission_opt.cli import arguments as options
from commission_opt.cli.arguments import FormatOption, PlanArgument
from commission_opt.cli.progress import followed
from commission_opt.cli.screen import console
from commission_opt.solvers.status import Limits, Watch


def ledger(
    plan: PlanArgument,
    time_limit: Annotated[
        float, options.seconds("Seconds for all re-solving in whole places, which comes last.")
    ] = 60.0,
    gap: Annotated[
        float, options.gap("Relative gap at which a search for whole places ends.")
    ] = 0.00001,
    relaxed_only: Annotated[
        bool, typer.Option("--relaxed-only", help="Fractions of places only, which is quick.")
    ] = False,
    format_: FormatOption = "text",
) -> int:
    """Say what each commitment and hand-made override of a plan costs."""
    from commission_opt.cli.answers import print_answers
    from commission_opt.explain.ledger.ledger import ledger as priced
    from commission_opt.plan.read import for_one_future, read_plan

    limits = Limits(seconds=time_limit, gap=gap)
    watch = Watch(phase="reading the plan")
    answer = followed(
        watch,
        lambda: priced(
            for_one_future(read_plan(plan), "ledger"), limits, watch, relaxed_only=relaxed_only
        ),
    )
    print_answers([answer], format_)
    if watch.stopped:
        console().print("stopped by you; what was done until then is shown", style="yellow")
        return 130
    return 0
