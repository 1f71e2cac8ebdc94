"""Why a course has the places it has, or a measure its units."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from commission_opt.allocation.decided import Decided
from commission_opt.errors import UsageError
from commission_opt.explain.answer import Answer
from commission_opt.explain.limits import pursued
from commission_opt.explain.margins.prices import prices
from commission_opt.explain.naming import code_position
from commission_opt.explain.why.break_even import break_evens
from commission_opt.explain.why.course_words import told
from commission_opt.explain.why.deployed import deployed_because
from commission_opt.explain.why.one_more import balance, brought
from commission_opt.explain.why.subject import MOVED, Subject
from commission_opt.formulation.parts import PLACES
from commission_opt.solvers.status import Limits, Watch


def why_course(
    plan: Decided,
    course: str,
    year: int | None = None,
    limits: Limits | None = None,
    watch: Watch | None = None,
) -> Answer:
    """Say why a course has the places it has in a commissioning year.

    Which limits it stands at; what one more place would bring and what it would take from others;
    what one more step would displace; and the weight of its profession, or its cost, at which its
    places would change. All of this is next to the plan, in fractions of places, with the same
    courses running, and for the first objective.

    Parameters
    ----------
    plan : Allocation or StoredPlan
    course : str
        Its code.
    year : int, optional
        Commissioning year; the first if not given.
    limits : Limits, optional
        Time limit of each solve; threads and seed.
    watch : Watch, optional
        Told of progress; can stop the work.

    Returns
    -------
    Answer
        Tables ``years``, ``balance``, ``displaced`` and ``break_even``; where staff may do the work
        of others, ``deployed`` (see ``deployed_because``).

    Raises
    ------
    UsageError
        If there is no such course or commissioning year.
    NoPlanError, StoppedError
        If the time limit or the user came before the prices were found.
    """
    line = code_position(plan.problem.instance, "course", course)
    return _why(plan, line, year, limits, watch)


def why_measure(
    plan: Decided,
    measure: str,
    year: int | None = None,
    limits: Limits | None = None,
    watch: Watch | None = None,
) -> Answer:
    """Say why a measure is bought as it is in a commissioning year, or not.

    As ``why_course`` does, and what one more unit brings and takes, year by year.

    Parameters
    ----------
    plan : Allocation or StoredPlan
    measure : str
        Its code.
    year : int, optional
        Commissioning year; the first if not given.
    limits, watch
        As in ``why_course``.

    Returns
    -------
    Answer
        As of ``why_course``, and tables ``brings`` and ``takes``.

    Raises
    ------
    UsageError
        If there is no such measure or commissioning year.
    NoPlanError, StoppedError
        If the time limit or the user came before the prices were found.
    """
    instance = plan.problem.instance
    line = len(instance.courses) + code_position(instance, "measure", measure)
    return _why(plan, line, year, limits, watch)


def _why(
    plan: Decided, line: int, year: int | None, limits: Limits | None, watch: Watch | None
) -> Answer:
    limits, watch, plan = limits or Limits(), watch or Watch(), pursued(plan)
    problem, layout, first = plan.problem, plan.problem.layout, plan.problem.instance.first_year
    year, count = first if year is None else year, problem.policy.commissioning_years
    if not first <= year < first + count:
        there = f"{first}" if count == 1 else f"{first} to {first + count - 1}"
        raise UsageError(f"{year} is no commissioning year of this plan; there are {there}")
    own, column = layout.columns_of(np.array([line])), int(layout.column(line, year - first))
    free, near = prices(problem, plan.amounts, limits, watch, own)
    subject = Subject(free, near, plan.amounts, line, year - first, column)
    shares = balance(near, column, subject.one)
    watch.begin("why: one step more")
    displaced, lost = _displaced(subject, limits.seconds)
    watch.begin("why: break-evens")
    evens = break_evens(subject, limits.seconds, watch)
    deployed = deployed_because(problem, plan.amounts, line, subject.one)
    return told(subject, shares, displaced, lost, evens, deployed)


def _displaced(subject: Subject, seconds: float) -> tuple[pd.DataFrame, float | None]:
    """Force one more step onto the line, solve again, and list what moves and what is lost."""
    near, column, layout = subject.near, subject.column, subject.problem.layout
    at = near.program.columns[PLACES].start + column
    lower, upper = near.program.lower.copy(), near.program.upper.copy()
    lower[at] = upper[at] = near.optimum.x[at] + subject.step
    found = near.resolved(replace(near.program, lower=lower, upper=upper), seconds)
    lines = subject.problem.instance.lines.rename(columns={"line": subject.keys[0]})
    lines = lines[[*subject.keys, "profession", "region"]]
    if found is None:
        return lines.iloc[:0].assign(year=[], change=[], brings=[]), None
    change = (found.x - near.optimum.x)[near.program.columns[PLACES]]
    which = np.flatnonzero(np.abs(change) > MOVED)
    table = lines.iloc[layout.line[which]].reset_index(drop=True)
    table["year"] = subject.problem.instance.first_year + layout.year[which]
    table["change"] = change[which]
    table["brings"] = change[which] * brought(near)[which]
    order = np.lexsort((-table["brings"].abs(), which != column))
    lost = (found.value - near.optimum.value) * near.scale
    return table.iloc[order].reset_index(drop=True), lost
