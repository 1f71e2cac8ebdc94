"""Arguments that several commands take."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Annotated, Any

import typer

InstanceArgument = Annotated[
    str,
    typer.Argument(
        metavar="INSTANCE", help="Folder or workbook of an instance, or name of a shipped one."
    ),
]

PlanArgument = Annotated[str, typer.Argument(metavar="PLAN", help="Folder of a plan.")]

JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]

DiscardOption = Annotated[
    bool,
    typer.Option(
        "--discard-signatures",
        help="With --force: replace a plan that somebody has signed, too.",
        rich_help_panel="Signed plans",
    ),
]


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


_LONGEST = 31_536_000.0  # seconds: a year


def seconds(help_: str, *, none: bool = False, **more: Any) -> Any:
    """Return an option that takes a length of time; ``none`` lets 0 say that there is none."""

    def check(value: float | None) -> float | None:
        if value is None or 0.0 < value <= _LONGEST or (none and value == 0.0):
            return value
        least = "from 0" if none else "above 0"
        raise typer.BadParameter(
            f"{value:g} is no length of time; give seconds {least} to {_LONGEST:,.0f} (a year), "
            "such as 60"
        )

    return typer.Option(help=help_, metavar="SECONDS", callback=check, **more)


def share(help_: str) -> Any:
    """Return an option that takes a share that is neither nothing nor all."""

    def check(value: float) -> float:
        if 0.0 < value < 1.0:
            return value
        raise typer.BadParameter(f"{value:g} is not above 0 and below 1; give a share like 0.001")

    return typer.Option(help=help_, metavar="SHARE", callback=check)


def gap(help_: str) -> Any:
    """Return an option that takes a relative gap."""

    def check(value: float) -> float:
        if 0.0 <= value <= 1.0:
            return value
        raise typer.BadParameter(
            f"{value:g} is no relative gap; give a share from 0 to 1, such as 0.0005 for 0.05 %"
        )

    return typer.Option(help=help_, metavar="SHARE", callback=check)


def number(help_: str, *names: str, least: float, **more: Any) -> Any:
    """Return an option that takes a finite number, at least so much."""

    def check(value: float | None) -> float | None:
        if value is None or (math.isfinite(value) and value >= least):
            return value
        raise typer.BadParameter(f"{value:g} is not a finite number of {least:g} or more")

    return typer.Option(*names, help=help_, metavar="NUMBER", callback=check, **more)
