"""``commission-opt report``."""

from __future__ import annotations

import time
from pathlib import Path

from commission_opt.cli.problems import print_problems
from commission_opt.cli.progress import following
from commission_opt.cli.screen import console
from commission_opt.files.folder import check_file, check_target
from commission_opt.report.page import require_libraries
from commission_opt.report.page_of import DoesNotHoldError, page_of
from commission_opt.report.write import write_page
from commission_opt.solvers.interrupt import interruptible
from commission_opt.solvers.status import Watch


def run_report(
    folder: str, out: Path, charts: Path | None, measure: str, *, explained: bool, force: bool
) -> None:
    """Write the page of a plan, a sweep or a frontier, and say where it is."""
    started = time.perf_counter()
    require_libraries()
    check_file(out, force=force)
    if charts is not None:
        check_target(charts, force=force, inputs=(Path(folder),))
    screen, watch = console(), Watch(phase="reading and verifying")
    with following(watch, screen):
        try:
            page = interruptible(
                lambda: page_of(folder, measure, watch, explained=explained), watch
            )
        except DoesNotHoldError as error:
            print_problems(error.problems)
            raise
    size = write_page(page, out, charts, force=force)
    seconds = time.perf_counter() - started
    if charts is not None:
        screen.print(f"charts written to {charts}", highlight=False, markup=False)
    screen.print(
        f"report written to {out}: {size / 2**20:.2f} MiB in {seconds:.1f} s",
        highlight=False,
        markup=False,
    )
