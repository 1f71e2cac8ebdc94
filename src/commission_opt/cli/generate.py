"""``commission-opt generate``."""

from __future__ import annotations

import shlex
from pathlib import Path

from commission_opt.cli.screen import console
from commission_opt.errors import UsageError
from commission_opt.files.folder import check_target, whole_folder
from commission_opt.instance.generate import generate
from commission_opt.instance.write import write_instance


def run_generate(
    professions: int, regions: int, years: int, seed: int, horizon: int, out: Path, *, force: bool
) -> None:
    """Write a synthetic instance and its commissioning model."""
    check_target(out, force=force)
    try:
        synthetic = generate(professions, regions, years, seed, horizon)
    except ValueError as error:
        raise UsageError(str(error)) from error
    with whole_folder(out, force=force) as folder:
        write_instance(folder, synthetic.settings, synthetic.tables)
        (folder / "model.toml").write_bytes(synthetic.model.encode())
    command = shlex.join(["commission-opt", "solve", str(out), "--model", str(out / "model.toml")])
    console().print(
        f"wrote {out}: {professions} professions × {regions} regions\nsolve it with: {command}",
        highlight=False,
        markup=False,
    )
