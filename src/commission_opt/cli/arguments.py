"""Arguments that several commands take."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

InstanceArgument = Annotated[
    str,
    typer.Argument(
        metavar="INSTANCE", help="Folder or workbook of an instance, or name of a shipped one."
    ),
]

PlanArgument = Annotated[str, typer.Argument(metavar="PLAN", help="Folder of a plan.")]


class Format(StrEnum):
    """How answers are printed."""

    text = "text"
    md = "md"
    json = "json"


FormatOption = Annotated[
    Format, typer.Option("--format", help="How the answer is printed on stdout.")
]


class MethodName(StrEnum):
    """How whole places are found; the names of ``allocation.methods.Method``."""

    auto = "auto"
    fast = "fast"
    exact = "exact"
