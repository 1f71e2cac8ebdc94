"""``commission-opt explain``."""

from __future__ import annotations

from commission_opt.cli.answers import print_answers
from commission_opt.cli.arguments import Format
from commission_opt.explain.origins import origins
from commission_opt.stored_plan import read_plan


def run_explain(folder: str, profession: str, region: str, form: Format) -> None:
    """Explain a plan and print the answers."""
    plan = read_plan(folder)
    print_answers([origins(plan.problem, plan.outcome, profession, region)], form)
