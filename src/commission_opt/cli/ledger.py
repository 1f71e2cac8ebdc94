"""``commission-opt ledger``."""

from __future__ import annotations

from commission_opt.cli.answers import print_answers
from commission_opt.cli.arguments import Format
from commission_opt.cli.progress import following
from commission_opt.cli.screen import console
from commission_opt.explain.ledger.ledger import ledger
from commission_opt.plan.read import read_plan
from commission_opt.solvers.interrupt import interruptible
from commission_opt.solvers.status import Limits, Watch


def run_ledger(folder: str, limits: Limits, form: Format, *, relaxed_only: bool) -> int:
    """Price the commitments of a plan, print the answer, and return the exit code."""
    screen, watch = console(), Watch(phase="reading the plan")
    with following(watch, screen):
        plan = read_plan(folder)
        answer = interruptible(
            lambda: ledger(plan.problem, plan.places, limits, watch, relaxed_only=relaxed_only),
            watch,
        )
    print_answers([answer], form)
    if watch.stopped:
        screen.print("stopped by you; what was done until then is shown", style="yellow")
        return 130
    return 0
