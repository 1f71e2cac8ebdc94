"""``commission-opt report``."""

from __future__ import annotations

import time
from pathlib import Path

from commission_opt.cli.problems import print_problems
from commission_opt.cli.progress import following
from commission_opt.cli.screen import console
from commission_opt.errors import CertificateError, UsageError
from commission_opt.explain.answer import Answer
from commission_opt.explain.ledger.ledger import ledger
from commission_opt.explain.margins.margins import margins
from commission_opt.files.folder import check_file, check_target
from commission_opt.frontier.read import is_frontier
from commission_opt.plan.read import StoredPlan, is_plan, read_plan
from commission_opt.plan.verify import verify
from commission_opt.report.facts import read_facts
from commission_opt.report.frontier_page import frontier_page
from commission_opt.report.page import Page, require_libraries
from commission_opt.report.plan_page import plan_page
from commission_opt.report.sweep_page import is_sweep, sweep_page
from commission_opt.report.write import write_page
from commission_opt.solvers.interrupt import interruptible
from commission_opt.solvers.status import Limits, Watch


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
        page = interruptible(lambda: _page(folder, measure, watch, explained=explained), watch)
    size = write_page(page, out, charts, force=force)
    seconds = time.perf_counter() - started
    if charts is not None:
        screen.print(f"charts written to {charts}", highlight=False, markup=False)
    screen.print(
        f"report written to {out}: {size / 2**20:.2f} MiB in {seconds:.1f} s",
        highlight=False,
        markup=False,
    )


def _page(folder: str, measure: str, watch: Watch, *, explained: bool) -> Page:
    if is_plan(folder):
        plan = read_plan(folder)
        found = verify(plan)
        if not found.holds:
            print_problems(found.problems)
            raise CertificateError(
                f"the plan in {folder} does not hold, so no report was written; "
                "commission-opt verify says more"
            )
        return plan_page(read_facts(found), *(_answers(plan, watch) if explained else ()))
    if not (is_sweep(folder) or is_frontier(folder)):
        raise UsageError(
            f"{folder} is neither a plan (it has no plan.json) nor a sweep (sweep.sqlite) nor a "
            "frontier (frontier.json)"
        )
    if explained:
        raise UsageError("--explain goes with a plan")
    return sweep_page(Path(folder), measure) if is_sweep(folder) else frontier_page(Path(folder))


def _answers(plan: StoredPlan, watch: Watch) -> tuple[Answer, Answer | None]:
    """Ask what more would be worth, and what commitments cost if there are any."""
    worth = margins(plan.problem, plan.places, Limits(), watch)
    if not len(plan.instance.commitments):
        return worth, None
    return worth, ledger(plan.problem, plan.places, Limits(), watch, relaxed_only=True)
