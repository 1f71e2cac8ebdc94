"""``commission-opt generate``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from commission_opt.cli.screen import console
from commission_opt.errors import UsageError
from commission_opt.files.folder import check_target, whole_folder
from commission_opt.text.counts import plural


def generate(
    professions: Annotated[int, typer.Option(min=1, max=10_000, help="Number of professions.")],
    regions: Annotated[int, typer.Option(min=1, max=10_000, help="Number of leaf regions.")],
    out: Annotated[Path, typer.Option(help="Folder to make.")],
    years: Annotated[int, typer.Option(min=1, help="Commissioning years of its model.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same instance.")] = 0,
    horizon: Annotated[int, typer.Option(min=1, max=100, help="Years looked ahead.")] = 15,
    measures: Annotated[
        int, typer.Option(min=0, help="Number of measures, such as recruitment from abroad.")
    ] = 0,
    levers: Annotated[
        bool, typer.Option("--levers", help="With everything that can be decided beside places.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing folder.")] = False,
) -> None:
    """Make a synthetic instance of any size, with a commissioning model that fits it."""
    from commission_opt.instance.generate import generate as synthesise
    from commission_opt.instance.write import write_instance

    check_target(out, force=force)
    try:
        synthetic = synthesise(professions, regions, years, seed, horizon, measures, levers=levers)
    except ValueError as error:
        raise UsageError(str(error)) from error
    with whole_folder(out, force=force) as folder:
        write_instance(folder, synthetic.settings, synthetic.tables)
        (folder / "model.toml").write_bytes(synthetic.model.encode())
    command = shlex.join(["commission-opt", "solve", str(out), "--model", str(out / "model.toml")])
    count = len(synthetic.tables.get("measures", ()))
    beside = f", {plural(count, 'measure')}" if count else ""
    beside += " and every other lever" if levers else ""
    console().tell(
        f"wrote {out}: {professions} professions × {regions} regions{beside}\n"
        f"solve it with: {command}"
    )
