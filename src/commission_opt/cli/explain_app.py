"""The options of ``commission-opt explain``."""

from __future__ import annotations

from typing import Annotated

import typer

from commission_opt.cli.arguments import Format, FormatOption, PlanArgument


def explain(
    plan: PlanArgument,
    profession: Annotated[
        str | None, typer.Option(help="Take the supply of this profession apart, in --region.")
    ] = None,
    region: Annotated[
        str | None, typer.Option(help="Region, or a parent of regions, of --profession.")
    ] = None,
    format_: FormatOption = Format.text,
) -> None:
    """Say why a plan is what it is."""
    from commission_opt.cli.explain import run_explain

    if profession is None or region is None:
        raise typer.BadParameter("--profession and --region go together")
    run_explain(plan, profession, region, format_)
