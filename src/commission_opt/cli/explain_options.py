"""The options of ``commission-opt explain`` for an instance."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commission_opt.cli.arguments import seconds

_PANEL = "For an instance"


def _option(*names: str, help_: str, least: float | None = None) -> typer.models.OptionInfo:
    made = typer.Option(*names, help=help_, rich_help_panel=_PANEL, min=least)
    assert isinstance(made, typer.models.OptionInfo)
    return made


ModelOption = Annotated[str, _option(help_="Commissioning model.")]
BendOption = Annotated[
    str,
    _option(
        help_="What repairs may change, with commas: budgets, placements, commitments, capacity, "
        "cohorts, pace, fair_share."
    ),
]
RepairsOption = Annotated[int, _option(help_="Most repairs offered.", least=0)]
ApplyOption = Annotated[int | None, _option(help_="Write the instance with this repair.", least=1)]
OutOption = Annotated[Path | None, _option(help_="Folder of the repaired instance.")]
ForceOption = Annotated[bool, _option("--force", help_="Replace an existing folder.")]
RelaxedOption = Annotated[bool, _option("--relaxed", help_="Allow fractions of places.")]
TimeOption = Annotated[float, seconds("Seconds for the diagnosis.", rich_help_panel=_PANEL)]
