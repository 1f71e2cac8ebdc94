"""``commission-opt explain``."""

from __future__ import annotations

from dataclasses import dataclass

from commission_opt.cli.answers import print_answers
from commission_opt.cli.arguments import Format
from commission_opt.cli.progress import following
from commission_opt.cli.screen import console
from commission_opt.explain.answer import Answer
from commission_opt.explain.margins.margins import margins
from commission_opt.explain.what_if import change
from commission_opt.explain.what_if.change import what_if
from commission_opt.explain.why.course import why_course
from commission_opt.explain.why.origins import origins
from commission_opt.solvers.interrupt import interruptible
from commission_opt.solvers.status import Limits, Watch
from commission_opt.stored_plan import StoredPlan, read_plan


@dataclass(frozen=True)
class Asked:
    """What is asked of a plan: the options of the command."""

    changes: tuple[str, ...]
    course: str | None
    year: int | None
    profession: str | None
    region: str | None
    replan: int
    seconds: float | None


def run_explain(folder: str, asked: Asked, form: Format) -> None:
    """Explain a plan and print the answers."""
    watch = Watch(phase="reading the plan")
    with following(watch, console()):
        answers = interruptible(lambda: _answers(read_plan(folder), asked, watch), watch)
    print_answers(answers, form)


def _answers(plan: StoredPlan, asked: Asked, watch: Watch) -> list[Answer]:
    problem, limits = plan.problem, Limits()
    if asked.profession is not None and asked.region is not None:
        return [origins(problem, plan.outcome, asked.profession, asked.region)]
    if asked.changes:
        seconds = change.SECONDS if asked.seconds is None else asked.seconds
        return [what_if(problem, plan.places, asked.changes, limits, watch, seconds)]
    if asked.course is not None:
        return [why_course(problem, plan.places, asked.course, asked.year, limits, watch)]
    return [margins(problem, plan.places, limits, watch, asked.seconds, asked.replan)]
