"""``commission-opt frontier``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commission_opt.cli import arguments as options
from commission_opt.cli.arguments import InstanceArgument, MethodName
from commission_opt.cli.progress import following
from commission_opt.cli.screen import Text, console, put_out_json
from commission_opt.errors import UsageError
from commission_opt.files.folder import check_target
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.solvers.interrupt import interruptible, stopping
from commission_opt.solvers.status import Limits, Watch

if TYPE_CHECKING:
    from commission_opt.frontier.curve import Curve
    from commission_opt.frontier.whole import WholePlan


def frontier(
    instance: InstanceArgument,
    over: Annotated[
        str,
        typer.Option(
            help="What is given up along it: budget scales budgets; the name of an objective caps "
            "that objective, change as the places moved in the first year."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder of the frontier.")],
    model: Annotated[
        str, typer.Option(help="Commissioning model; its first objective is the one traced.")
    ] = "annual",
    fund: Annotated[
        list[str] | None,
        typer.Option(help="Fund whose budgets are scaled; may be repeated.  \\[default: all]"),
    ] = None,
    from_: Annotated[
        float | None,
        options.number("Least scale of the budgets.  \\[default: 0.8]", "--from", least=0.0),
    ] = None,
    to: Annotated[
        float | None, options.number("Greatest scale of the budgets.  \\[default: 1.2]", least=0.0)
    ] = None,
    distance: Annotated[
        float, options.share("Relative distance of curve and certified bound at which to end.")
    ] = 0.001,
    whole: Annotated[
        int, typer.Option(min=0, help="Points at which to find plans in whole places too.")
    ] = 0,
    time_limit: Annotated[
        float, options.seconds("Seconds for each relaxation and each whole plan.")
    ] = 60.0,
    work_limit: Annotated[
        float | None,
        options.work(
            "Work for each whole plan: the same on every machine; see solve --work-limit."
        ),
    ] = None,
    gap: Annotated[float, options.gap("Relative gap at which whole plans stop.")] = 0.0005,
    method: Annotated[
        MethodName, typer.Option(help="How whole places are found; as for solve.")
    ] = "fast",
    force: Annotated[bool, typer.Option("--force", help="Replace an existing folder.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Trace what less budget, a fairer spread or less change costs, with a guarantee."""
    if over != "budget" and (fund or from_ is not None or to is not None):
        raise typer.BadParameter("--fund, --from and --to go with --over budget")
    from commission_opt.allocation.methods import Method
    from commission_opt.cli.curve_tables import curve_table, verdict, whole_table
    from commission_opt.frontier.curve import trace_frontier
    from commission_opt.frontier.whole import whole_plans
    from commission_opt.frontier.write import write_curve
    from commission_opt.policy_file import read_policy_for_one
    from commission_opt.reading.read import read_instance
    from commission_opt.views.charts import ADVICE, available

    limits = Limits(seconds=time_limit, gap=gap, work=work_limit)
    scales = (0.8 if from_ is None else from_, 1.2 if to is None else to)
    screen, watch, started = console(), Watch(), time.perf_counter()
    modelled, folder = find_model(model), find_instance(instance)
    check_target(out, force=force, inputs=(modelled, folder))
    policy = read_policy_for_one(modelled, "frontier")
    if whole and not policy.integer:
        raise UsageError(f"model {policy.name!r} is in fractions of places; leave --whole out")
    read = read_instance(folder)

    def work() -> tuple[Curve, tuple[WholePlan, ...]]:
        curve = trace_frontier(
            read, policy, over, limits, watch, funds=fund or (), scales=scales, distance=distance
        )
        if not whole:
            return curve, ()
        return curve, whole_plans(curve, policy, whole, limits, Method(method), watch)

    with stopping(watch), following(watch, screen):  # what is found is written, whatever is pressed
        curve, plans = interruptible(work, watch)
        record = write_curve(
            curve,
            plans,
            limits,
            distance,
            out,
            method=Method(method),
            force=force,
            command=options.typed_command(),
        )
    screen.print(curve_table(curve))
    if plans:
        screen.print(whole_table(curve, plans))
    for text in verdict(curve, distance):
        screen.print(Text(text))
    if not available():
        screen.tell(ADVICE)
    seconds = time.perf_counter() - started
    screen.tell(f"frontier written to {out} in {seconds:.1f} s")
    if json_:
        put_out_json({**record, "folder": str(out)})
