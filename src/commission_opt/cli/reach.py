"""``commission-opt reach``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from commission_opt.cli import arguments as options
from commission_opt.cli.arguments import FormatOption, InstanceArgument
from commission_opt.cli.progress import followed
from commission_opt.cli.screen import console
from commission_opt.files.folder import check_target
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.solvers.status import Limits, Watch

_NOT_REACHED = 3


def reach(
    instance: InstanceArgument,
    target: Annotated[
        str,
        typer.Option(
            help="What is to be reached in each of its years, such as "
            "'shortfall\\[profession=adult-nursing,year=2032-]<=0', "
            "'share_met\\[region=NW]>=0.95' or 'places\\[group=nursing]>=500'."
        ),
    ],
    by: Annotated[
        str,
        typer.Option(
            help="By what: budget, placements or retention, with filters if any, such as "
            "'budget\\[fund=tuition]', or time."
        ),
    ],
    model: Annotated[
        str, typer.Option(help="Commissioning model: a TOML file, or the name of a shipped one.")
    ] = "annual",
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the plan that reaches it, or else of the nearest one."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing plan.")] = False,
    relaxed: Annotated[
        bool, typer.Option("--relaxed", help="Fractions of places for the plan too.")
    ] = False,
    time_limit: Annotated[
        float, options.seconds("Seconds for each relaxation and each plan that is tried.")
    ] = 30.0,
    work_limit: Annotated[
        float | None,
        options.work("Work for each of them: the same on every machine; see solve --work-limit."),
    ] = None,
    width: Annotated[
        float, options.share("Relative distance of plan and proof at which to stop.")
    ] = 0.002,
    format_: FormatOption = "text",
) -> int:
    """Find the least money, capacity, retention or time by which a target is reached."""
    from commission_opt.cli.answers import print_answers
    from commission_opt.plan.write import write_plan
    from commission_opt.policy_file import read_policy_for_one
    from commission_opt.reach.answer import reach_answer
    from commission_opt.reach.goal import parse_target
    from commission_opt.reach.reach import reach as sought
    from commission_opt.reading.read import read_instance

    modelled, folder, screen = find_model(model), find_instance(instance), console()
    if out is not None:
        check_target(out, force=force, inputs=(folder, modelled))
    goal, policy = parse_target(target), read_policy_for_one(modelled, "reach")
    if relaxed:
        policy = policy.relaxed()
    limits = Limits(seconds=time_limit, work=work_limit)
    watch = Watch(phase="reading and checking")
    found = followed(
        watch,
        lambda: sought(read_instance(folder), policy, goal, by, limits, watch, width=width),
    )
    print_answers([reach_answer(found)], format_)
    plan = found.allocation
    if out is not None and plan is not None:
        write_plan(plan, out, force=force, command=options.typed_command())
        verify = shlex.join(["commission-opt", "verify", str(out)])
        screen.tell(f"plan written to {out}; check it with: {verify}", soft_wrap=True)
    elif out is not None:
        screen.tell("no plan was found, so none was written")
    return 0 if found.found is not None and found.found.at is not None else _NOT_REACHED
