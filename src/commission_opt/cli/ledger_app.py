"""The options of ``commission-opt ledger``."""

from __future__ import annotations

from typing import Annotated

import typer

from commission_opt.cli import arguments as options
from commission_opt.cli.arguments import Format, FormatOption, PlanArgument


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
    format_: FormatOption = Format.text,
) -> None:
    """Say what each commitment and hand-made override of a plan costs."""
    from commission_opt.cli.ledger import run_ledger
    from commission_opt.solvers.status import Limits

    limits = Limits(seconds=time_limit, gap=gap)
    raise typer.Exit(run_ledger(plan, limits, format_, relaxed_only=relaxed_only))
