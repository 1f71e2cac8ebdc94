"""``commission-opt scenarios``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commission_opt.cli.arguments import InstanceArgument
from commission_opt.cli.problems import print_problems
from commission_opt.cli.progress import following
from commission_opt.cli.screen import console
from commission_opt.files.folder import check_target, whole_folder
from commission_opt.files.shipped import find_instance
from commission_opt.solvers.status import Watch
from commission_opt.text.counts import plural


def scenarios(
    instance: InstanceArgument,
    uncertainty: Annotated[
        str, typer.Option(help="An uncertainty file, or the name of one of the instance's.")
    ],
    out: Annotated[Path, typer.Option(help="Folder to make.")],
    draws: Annotated[
        int | None, typer.Option(min=1, max=100_000, help="Draws, instead of the file's number.")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=2**31 - 1, help="Seed of the draws, instead of the file's."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing folder.")] = False,
) -> None:
    """Write the futures of an uncertainty file: their probabilities and their figures."""
    from commission_opt.futures.futures import futures
    from commission_opt.futures.uncertainty_file import find_uncertainty, read_uncertainty
    from commission_opt.futures.write import drawn_figures, write_futures
    from commission_opt.reading.read import read_instance

    path = find_instance(instance)
    file = find_uncertainty(uncertainty, path if path.is_dir() else None)
    check_target(out, force=force, inputs=(path, file))
    read = read_uncertainty(file)
    with following(Watch(phase="drawing and writing"), console()):
        made = futures(read_instance(path), None, read, draws=draws, seed=seed)
        with whole_folder(out, force=force) as folder:
            write_futures(made, folder)
    if made.warnings:
        print_problems(made.warnings)
    count = len(made.points)
    drawn = f"{plural(count, 'draw')} of {plural(drawn_figures(made), 'figure')}"
    written = plural(made.explicit, "explicit scenario")
    parts = [written] * bool(made.explicit) + [drawn] * bool(count)
    cut = f"; {made.cut:.2%} of what was drawn left its range and was set to the nearest end"
    console().tell(f"wrote {out}: {' and '.join(parts)}{cut if made.cut else ''}")
