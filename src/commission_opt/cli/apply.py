"""``commission-opt apply``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from commission_opt.cli import arguments as options
from commission_opt.cli.arguments import InstanceArgument
from commission_opt.cli.screen import console


def apply(
    instance: InstanceArgument,
    change: Annotated[list[str], options.CHANGE],
    out: Annotated[Path, typer.Option(help="Folder of the changed instance.")],
    model: Annotated[
        str, typer.Option(help="Commissioning model, whose keys can be changed too.")
    ] = "annual",
    force: Annotated[bool, typer.Option("--force", help="Replace an existing folder.")] = False,
) -> None:
    """Write an instance with some figures changed, which every command takes in its place."""
    from commission_opt.cli.changed_instance import check_out, write_changed
    from commission_opt.files.shipped import find_instance, find_model
    from commission_opt.policy_file import read_policy
    from commission_opt.reading.applied import applied, said
    from commission_opt.reading.read import read_instance
    from commission_opt.scenario.scenario import read_changes

    folder, modelled, screen = find_instance(instance), find_model(model), console()
    check_out((folder, modelled), out, force=force)
    settings, policy = read_changes(change), read_policy(modelled)
    made = applied(read_instance(folder), policy, settings)
    copy = None
    if made.model == policy.content:
        write_changed(folder, made.files, out, force=force)
    else:
        copy = write_changed(folder, made.files, out, modelled, made.model, force=force)
    for text in said(made):
        screen.tell(text, soft_wrap=True)
    screen.tell(f"changed instance written to {out}", soft_wrap=True)
    words = ["commission-opt", "solve", str(out), "--model", model if copy is None else str(copy)]
    screen.tell(f"solve it with: {shlex.join(words)}", soft_wrap=True)
