"""The options of ``commission-opt verify``, ``replay`` and ``sign``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from commission_opt.cli.arguments import PlanArgument

JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]


class RoleName(StrEnum):
    """Roles of the Aqua Book; the names of ``sign_off.Role``."""

    analyst = "analyst"
    assurer = "assurer"
    commissioner = "commissioner"


def verify(plan: PlanArgument, json_: JsonOption = False) -> None:
    """Work out a plan's certificate again from its files, without solving; name what was changed.

    Exit code 0 if the plan is what it says, 5 if not, 1 if nothing in it can be worked out.
    """
    from commission_opt.cli.verify import run_verify

    raise typer.Exit(run_verify(plan, as_json=json_))


def replay(
    plan: PlanArgument,
    extend: Annotated[
        Path | None,
        typer.Option(help="The file of constraints that the plan was made with, if it was."),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Solve a plan again from its own copies, and say whether it comes out the same.

    Exit code 0 if the places or the objectives are the same, 5 if not.
    """
    from commission_opt.cli.replay import run_replay

    raise typer.Exit(run_replay(plan, extend, as_json=json_))


def sign(
    plan: PlanArgument,
    role: Annotated[RoleName, typer.Option(help="Role of the Aqua Book in which it is signed.")],
    name: Annotated[str, typer.Option(help="Who signs.")],
    note: Annotated[str, typer.Option(help="What is to be said about it.")] = "",
    same_person: Annotated[
        bool,
        typer.Option(
            "--same-person", help="Sign although the same person has signed in another role."
        ),
    ] = False,
) -> None:
    """Record who has signed a plan, with the hash of what was signed; see it with verify."""
    from commission_opt.cli.verify import run_sign

    raise typer.Exit(run_sign(plan, role.value, name, note, same_person=same_person))
