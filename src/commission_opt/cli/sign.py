"""``commission-opt sign``."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from commission_opt.cli.arguments import PlanArgument
from commission_opt.cli.screen import Text, console
from commission_opt.errors import CertificateError


def sign(
    plan: PlanArgument,
    role: Annotated[
        Literal["analyst", "assurer", "commissioner"],
        typer.Option(help="Role of the Aqua Book in which it is signed."),
    ],
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
    from commission_opt.cli.verified import line, verdict
    from commission_opt.plan.read import read_plan
    from commission_opt.plan.sign import Role, sign_off
    from commission_opt.plan.sign import sign as signed
    from commission_opt.plan.verify import verify

    read = read_plan(plan, judged=False)
    found = verify(read)
    if not found.holds:
        raise CertificateError(f"{verdict(found)} It was not signed.", found.problems)
    if found.unproved:
        console().print(Text(verdict(found)))
    signature = signed(read, Role(role), name, note, same_person=same_person)
    console().print(
        Text(
            f"Signed by {line(signature.name)}, {signature.role}, on {signature.signed}: "
            f"plan {signature.plan[:12]}…"
        )
    )
    for text in sign_off(read.folder).several_roles():
        console().print(Text(text))
