"""A sweep as it is asked for on the command line, or in a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from commission_opt.errors import UsageError
from commission_opt.scenario.axis import parse_axis
from commission_opt.sweep.sweep_file import SweepFile, find_sweep, read_sweep, sweep_names


def asked_sweep(
    instance: Path,
    file: str | None,
    vary: Sequence[str],
    design: str,
    samples: int | None,
    seed: int,
) -> SweepFile:
    """Return the sweep that was asked for as if it were a file."""
    if file is not None:
        return read_sweep(find_sweep(file, instance))
    axes = tuple(parse_axis(text) for text in vary)
    if not axes:
        names = ", ".join(sweep_names(instance)) or "none"
        raise UsageError(
            "nothing varies; give an axis, such as --vary 'budget*=0.9,1,1.1', or a sweep with "
            f"--file: a TOML file, or the name of one of the instance: {names}"
        )
    return SweepFile(
        name="",
        title="",
        model="",
        relaxed=False,
        design=design,
        samples=samples,
        seed=seed,
        axes=axes,
        storylines=(),
        titles={},
    )
