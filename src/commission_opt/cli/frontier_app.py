"""The options of ``commission-opt frontier``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commission_opt.cli import arguments as options
from commission_opt.cli.arguments import InstanceArgument, MethodName


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
        float | None,
        options.number("Greatest scale of the budgets.  \\[default: 1.2]", least=0.0),
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
    gap: Annotated[float, options.gap("Relative gap at which whole plans stop.")] = 0.0005,
    method: Annotated[
        MethodName, typer.Option(help="How whole places are found; as for solve.")
    ] = MethodName.fast,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing folder.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Trace what less budget, a fairer spread or less change costs, with a guarantee."""
    from commission_opt.cli.frontier import Asked, run_frontier
    from commission_opt.solvers.status import Limits

    if over != "budget" and (fund or from_ is not None or to is not None):
        raise typer.BadParameter("--fund, --from and --to go with --over budget")
    asked = Asked(
        instance=instance,
        model=model,
        over=over,
        funds=tuple(fund or ()),
        scales=(0.8 if from_ is None else from_, 1.2 if to is None else to),
        distance=distance,
        whole=whole,
        limits=Limits(seconds=time_limit, gap=gap),
        method=method.value,
    )
    raise typer.Exit(run_frontier(asked, out, force=force, as_json=json_))
