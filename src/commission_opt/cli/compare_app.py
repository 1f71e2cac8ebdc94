"""The options of ``commission-opt compare``."""

from __future__ import annotations

from typing import Annotated

import typer

from commission_opt.cli import arguments as options
from commission_opt.cli.arguments import Format, FormatOption


def compare(
    plan_a: Annotated[str, typer.Argument(metavar="PLAN_A", help="Folder of a plan.")],
    plan_b: Annotated[str, typer.Argument(metavar="PLAN_B", help="Folder of the later plan.")],
    order: Annotated[
        str,
        typer.Option(
            help="Files whose changes are made first, such as budgets,demand,model; the others "
            "follow in the order of the tables, the model last."
        ),
    ] = "",
    both_orders: Annotated[
        bool,
        typer.Option("--both-orders", help="In the reverse order as well; the mean is given."),
    ] = False,
    time_limit: Annotated[float, options.seconds("Seconds for each solve.")] = 60.0,
    format_: FormatOption = Format.text,
) -> None:
    """Say what changed between two plans, and what explains the change in shortfall."""
    from commission_opt.cli.compare import run_compare
    from commission_opt.solvers.status import Limits

    first = [name for name in order.split(",") if name.strip()]
    run_compare(plan_a, plan_b, Limits(seconds=time_limit), format_, first, both_orders=both_orders)
