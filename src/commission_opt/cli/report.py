"""``commission-opt report``."""

from __future__ import annotations

import time
from pathlib import Path

from commission_opt.cli.problems import console, print_problems
from commission_opt.errors import CertificateError, UsageError
from commission_opt.folder import check_target
from commission_opt.report.facts import read_facts
from commission_opt.report.page import Page, require_libraries
from commission_opt.report.plan_page import plan_page
from commission_opt.report.sweep_page import is_sweep, sweep_page
from commission_opt.report.write import check_page, write_page
from commission_opt.stored_plan import is_plan, read_plan
from commission_opt.verify import verify


def run_report(folder: str, out: Path, charts: Path | None, measure: str, *, force: bool) -> None:
    """Write the page of a plan or a sweep, and say where it is."""
    started = time.perf_counter()
    require_libraries()
    check_page(out, force=force)
    if charts is not None:
        check_target(charts, force=force)
    size = write_page(_page(folder, measure), out, charts, force=force)
    screen, seconds = console(), time.perf_counter() - started
    if charts is not None:
        screen.print(f"charts written to {charts}", highlight=False, markup=False)
    screen.print(
        f"report written to {out}: {size / 2**20:.2f} MiB in {seconds:.1f} s",
        highlight=False,
        markup=False,
    )


def _page(folder: str, measure: str) -> Page:
    if is_plan(folder):
        found = verify(read_plan(folder))
        if not found.holds:
            print_problems(found.problems)
            raise CertificateError(
                f"the plan in {folder} does not hold, so no report was written; "
                "commission-opt verify says more"
            )
        return plan_page(read_facts(found))
    if is_sweep(folder):
        return sweep_page(Path(folder), measure)
    raise UsageError(
        f"{folder} is neither a plan (it has no plan.json) nor a sweep (it has no sweep.sqlite)"
    )
