"""``commission-opt export``."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from commission_opt.cli.screen import console
from commission_opt.errors import UsageError
from commission_opt.files.folder import check_file
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.plan.export import Format, export_stage, formulate_stage
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.text.counts import plural


def run_export(
    instance: str,
    model: str,
    out: Path,
    format_: str | None,
    stage: int,
    *,
    relaxed: bool,
    force: bool,
) -> None:
    """Write a stage of a model on an instance as an MPS or LP file."""
    kind = (format_ or out.suffix.removeprefix(".")).lower()
    if kind not in ("mps", "lp"):
        raise UsageError(f"give --format mps or --format lp, or a file name that ends so: {out}")
    found, modelled = find_instance(instance), find_model(model)
    check_file(out, force=force, inputs=(found, modelled))
    policy = read_policy(modelled)
    if relaxed:
        policy = policy.relaxed()
    formulation = formulate_stage(read_instance(found), policy, stage)
    export_stage(formulation, out, cast(Format, kind), force=force)
    program = formulation.program
    console().print(
        f"wrote {out}: {OBJECTIVES[formulation.aim.name].title}, "
        f"{plural(len(program.row_lower), 'row')}, {plural(len(program.cost), 'column')}, "
        f"{plural(program.matrix.nnz, 'coefficient')}",
        highlight=False,
        markup=False,
    )
