"""``commission-opt sweep summary``."""

from __future__ import annotations

import os
from pathlib import Path

from commission_opt.cli.screen import console, put_out
from commission_opt.sweep.summary.summarise import summarise


def run_summary(folder: Path, out: Path | None, measure: str, *, force: bool) -> None:
    """Write tables and charts of a sweep, and print what they show on stdout."""
    target = out or folder / "summary"
    files = out is not None or os.access(folder, os.W_OK)
    found = summarise(folder, target, measure, force=force or out is None, files=files)
    put_out(found.text)
    names = ", ".join(found.files)
    said = (
        f"wrote {names} to {target}"
        if files
        else (
            f"tables and charts were not written, as {folder} can only be read; "
            "give a folder for them with --out"
        )
    )
    console().print(said, highlight=False, markup=False)
