"""``commission-opt export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, cast

import typer

from commission_opt.cli.arguments import InstanceArgument
from commission_opt.cli.screen import console
from commission_opt.errors import UsageError
from commission_opt.files.folder import check_file
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.text.counts import plural


def export(
    instance: InstanceArgument,
    out: Annotated[Path, typer.Option(help="File to write.")],
    model: Annotated[str, typer.Option(help="Commissioning model.")] = "annual",
    format_: Annotated[
        str | None, typer.Option("--format", help="mps or lp.  \\[default: the file's ending]")
    ] = None,
    stage: Annotated[
        int, typer.Option(min=1, help="Which objective; earlier ones are solved and held.")
    ] = 1,
    relaxed: Annotated[bool, typer.Option("--relaxed", help="Its linear relaxation.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Write a model on an instance as an MPS or LP file, with readable names."""
    kind = (format_ or out.suffix.removeprefix(".")).lower()
    if kind not in ("mps", "lp"):
        raise UsageError(f"give --format mps or --format lp, or a file name that ends so: {out}")
    found, modelled = find_instance(instance), find_model(model)
    check_file(out, force=force, inputs=(found, modelled))
    from commission_opt.formulation.objectives import OBJECTIVES
    from commission_opt.plan.export import export_stage, formulate_stage
    from commission_opt.policy_file import read_policy_for_one
    from commission_opt.reading.read import read_instance

    policy = read_policy_for_one(modelled, "export")
    if relaxed:
        policy = policy.relaxed()
    formulation = formulate_stage(read_instance(found), policy, stage)
    export_stage(formulation, out, cast(Literal["mps", "lp"], kind), force=force)
    program = formulation.program
    console().tell(
        f"wrote {out}: {OBJECTIVES[formulation.aim.name].title}, "
        f"{plural(len(program.row_lower), 'row')}, {plural(len(program.cost), 'column')}, "
        f"{plural(program.matrix.nnz, 'coefficient')}"
    )
