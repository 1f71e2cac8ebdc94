"""Arguments that several commands take."""

from __future__ import annotations

import math
import shlex
import sys
from collections.abc import Callable
from typing import Annotated, Any, Literal

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


Format = Literal["text", "md", "json"]  # how answers are printed
FormatOption = Annotated[
    Format, typer.Option("--format", help="How the answer is printed on stdout.")
]


CHANGE = typer.Option(
    help="A change such as 'budget\\[fund=tuition]+=1000000', as sweep --vary takes it; "
    "repeatable, made one after the other."
)

MethodName = Literal["auto", "fast", "exact"]  # the names of ``allocation.methods.Method``

_LONGEST = 31_536_000.0  # seconds: a year


def seconds(help_: str, *, none: bool = False, **more: Any) -> Any:
    """Return an option that takes a length of time; ``none`` lets 0 say that there is none."""
    least = "from 0" if none else "above 0"
    says = (
        f"{{:g}} is no length of time; give seconds {least} to {_LONGEST:,.0f} (a year), such as 60"
    )
    return _checked(
        lambda value: 0.0 < value <= _LONGEST or (none and value == 0.0), says, help=help_,
        metavar="SECONDS", **more,
    )  # fmt: skip


def work(help_: str) -> Any:
    """Return an option that takes an amount of work."""
    says = f"{{:g}} is no amount of work; give units above 0 to {_LONGEST:,.0f}, such as 60"
    return _checked(lambda value: 0.0 < value <= _LONGEST, says, help=help_, metavar="WORK")


def share(help_: str) -> Any:
    """Return an option that takes a share that is neither nothing nor all."""
    says = "{:g} is not above 0 and below 1; give a share like 0.001"
    return _checked(lambda value: 0.0 < value < 1.0, says, help=help_, metavar="SHARE")


def gap(help_: str) -> Any:
    """Return an option that takes a relative gap."""
    says = "{:g} is no relative gap; give a share from 0 to 1, such as 0.0005 for 0.05 %"
    return _checked(lambda value: 0.0 <= value <= 1.0, says, help=help_, metavar="SHARE")


def number(help_: str, *names: str, least: float) -> Any:
    """Return an option that takes a finite number, at least so much."""
    says = f"{{:g}} is not a finite number of {least:g} or more"
    return _checked(
        lambda value: least <= value < math.inf, says, *names, help=help_, metavar="NUMBER"
    )


def _checked(fits: Callable[[float], bool], says: str, *names: str, **more: Any) -> Any:
    """Return an option whose value must fit; ``says`` is what is said of one that does not."""

    def check(value: float | None) -> float | None:
        if value is None or fits(value):
            return value
        raise typer.BadParameter(says.format(value))

    return typer.Option(*names, callback=check, **more)


def typed_command() -> str:
    """Return the command as it was typed."""
    return shlex.join(["commission-opt", *sys.argv[1:]])


def to_go_on() -> str:
    """Return the command that goes on where this one was stopped."""
    words = [word for word in sys.argv[1:] if word not in ("--force", "--resume")]
    return shlex.join(["commission-opt", *words, "--resume"])
