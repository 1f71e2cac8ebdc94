"""``commission-opt sweep summary``."""

from __future__ import annotations

from pathlib import Path

from commission_opt.cli.screen import console, put_out
from commission_opt.sweep.summary.summarise import summarise


def run_summary(folder: Path, out: Path | None, measure: str, *, force: bool) -> None:
    """Write tables and charts of a sweep, and print what they show on stdout."""
    target = out or folder / "summary"
    found = summarise(folder, target, measure, force=force or out is None)
    put_out(found.text)
    files = ", ".join(found.files)
    console().print(f"wrote {files} to {target}", highlight=False, markup=False)
