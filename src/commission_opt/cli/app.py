"""The program: its commands by name, each in a file that is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from commission_opt.version import __version__

COMMANDS = {
    "frontier": "Trace what less budget, a fairer spread or less change costs, with a guarantee.",
    "explain": (
        "Say why a plan is what it is and what more would be worth, or why an instance has no plan."
    ),
    "verify": (
        "Work out a plan's certificate again from its files, without solving; name what was "
        "changed."
    ),
    "replay": (
        "Solve a plan, a sweep or a frontier again from its own copies; say whether it is the same."
    ),
    "sign": "Record who has signed a plan, with the hash of what was signed; see it with verify.",
    "ledger": "Say what each commitment and hand-made override of a plan costs.",
    "compare": "Say what changed between two plans, and what explains the change in shortfall.",
    "audit": "Say how a plan fares in thousands of fresh futures, and what drives that.",
    "room": "Say how far the places of each course can move while the plan stays nearly as good.",
    "report": (
        "Write a plan, a sweep, a frontier or an audit as one page that a board can read or print."
    ),
    "options": "Set options side by side: no new places, last year repeated, and one to six plans.",
    "check": "Find everything that is wrong with an instance; exit with 1 if there are errors.",
    "solve": "Allocate places and write a certified plan.",
    "apply": "Write an instance with some figures changed, which every command takes in its place.",
    "reach": "Find the least money, capacity, retention or time by which a target is reached.",
    "generate": "Make a synthetic instance of any size, with a commissioning model that fits it.",
    "list": "List the instances, commissioning models and kinds of measures that there are.",
    "describe": "Print the datapackage.json of an instance: every table and column, described.",
    "export": "Write a model on an instance as an MPS or LP file, with readable names.",
    "solvers": "List the solvers that the readable model is tested with, and which are here.",
    "sweep": (
        "Solve many scenarios of an instance: commission-opt sweep INSTANCE --vary … --out DIR."
    ),
    "scenarios": "Write the futures of an uncertainty file: their probabilities and their figures.",
    "workbook": (
        "Instances and plans as Excel workbooks. Every command that takes the folder of an "
        "instance takes its workbook too."
    ),
    "serve": "Open the workbench in the browser: a whole round without a terminal.",
    "bench": (
        "Measure solves, and say what became slower, worse or wrong. See docs/benchmarking.md."
    ),
}  # short helps; a test holds them to the commands


class Later(TyperCommand):
    """A command by its name and short help, of which the rest is still to be imported."""

    def load(self) -> Any:
        """Return the command in full, or the group: NAME in ``NAME.py``, NAME_ if Python has it."""
        name = str(self.name)
        module = vars(import_module(f"commission_opt.cli.{name}"))
        found = module.get(name) or module[f"{name}_"]
        if not isinstance(found, typer.Typer):
            function, found = found, typer.Typer(add_completion=False)
            found.command(name)(function)
        return typer.main.get_command(found)


class Commands(TyperGroup):
    """Lists commands by their short helps, and imports the one that is asked for."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands.update((name, Later(name, help=short)) for name, short in COMMANDS.items())

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the command by its name, as every group does, and load it."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, Later) else command, rest


def _leave(code: int | None, **_: object) -> None:
    raise typer.Exit(code or 0)


app = typer.Typer(
    cls=Commands,
    result_callback=_leave,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Allocate education and training places across professions and regions, with proof.",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"commission-opt {__version__}")
        raise typer.Exit


@app.callback()
def root(
    _version_: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Allocate education and training places across professions and regions, with proof."""
