"""``commission-opt explain``."""

from __future__ import annotations

from dataclasses import dataclass

from commission_opt.cli.answers import print_answers
from commission_opt.cli.arguments import Format
from commission_opt.cli.progress import following
from commission_opt.cli.screen import console
from commission_opt.errors import InfeasibleError
from commission_opt.explain.answer import Answer
from commission_opt.explain.margins.margins import margins
from commission_opt.explain.what_if import change
from commission_opt.explain.what_if.change import what_if
from commission_opt.explain.what_if.no_plan import no_plan
from commission_opt.explain.why.course import why_course
from commission_opt.explain.why.origins import origins
from commission_opt.plan.read import StoredPlan, read_plan
from commission_opt.solvers.interrupt import interruptible
from commission_opt.solvers.status import Limits, Watch

_INFEASIBLE = 3


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


def run_explain(folder: str, asked: Asked, form: Format) -> int:
    """Explain a plan, print the answers and return the exit code."""
    watch = Watch(phase="reading the plan")
    with following(watch, console()):
        plan = interruptible(lambda: read_plan(folder), watch)
        try:
            answers, code = interruptible(lambda: _answers(plan, asked, watch), watch), 0
        except InfeasibleError:
            if not asked.changes:
                raise
            answers = interruptible(
                lambda: no_plan(plan.problem, asked.changes, Limits(), watch), watch
            )
            code = _INFEASIBLE
    print_answers(answers, form)
    return code


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
