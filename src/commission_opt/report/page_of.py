"""The page of whatever a folder holds: a plan, a sweep or a frontier."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from commission_opt.errors import CertificateError, Problem, UsageError
from commission_opt.explain.answer import Answer
from commission_opt.explain.ledger.ledger import ledger
from commission_opt.explain.margins.margins import margins
from commission_opt.frontier.read import is_frontier
from commission_opt.plan.read import StoredPlan, is_plan, read_plan
from commission_opt.plan.verify import verify
from commission_opt.report.facts import read_facts
from commission_opt.report.frontier_page import frontier_page
from commission_opt.report.page import Page
from commission_opt.report.plan_page import plan_page
from commission_opt.report.sweep_page import is_sweep, sweep_page
from commission_opt.solvers.status import Limits, Watch

MEASURE = "objective"


class DoesNotHoldError(CertificateError):
    """A plan is not what it says; carries what is wrong with it."""

    def __init__(self, folder: Path | str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            f"the plan in {folder} does not hold, so no report was written; "
            "commission-opt verify says more"
        )


def page_of(
    folder: Path | str,
    measure: str = MEASURE,
    watch: Watch | None = None,
    *,
    explained: bool = False,
) -> Page:
    """Return what a folder holds as a page.

    Parameters
    ----------
    folder : path
        Of a plan, a sweep or a frontier.
    measure : str
        Of a sweep: what its charts show.
    watch : Watch, optional
        Told of progress; can stop the work.
    explained : bool
        Of a plan: whether what more would be worth, and what commitments cost, is worked out too.

    Raises
    ------
    UsageError
        If the folder is none of these.
    DoesNotHoldError
        If the plan is not what it says.
    """
    if is_plan(folder):
        plan = read_plan(folder)
        found = verify(plan)
        if not found.holds:
            raise DoesNotHoldError(folder, found.problems)
        return plan_page(
            read_facts(found), *(_answers(plan, watch or Watch()) if explained else ())
        )
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
    worth = margins(plan, Limits(), watch)
    if not len(plan.instance.commitments):
        return worth, None
    return worth, ledger(plan, Limits(), watch, relaxed_only=True)
