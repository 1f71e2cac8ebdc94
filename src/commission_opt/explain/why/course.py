"""Why a course has the places it has, or a measure its units."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from commission_opt.allocation.decided import Decided
from commission_opt.errors import UsageError
from commission_opt.explain.answer import Answer
from commission_opt.explain.margins.prices import Optimum, prices
from commission_opt.explain.naming import code_position
from commission_opt.explain.why.balance import balance, brought
from commission_opt.explain.why.break_even import break_evens
from commission_opt.explain.why.course_words import told
from commission_opt.explain.why.subject import MOVED, Subject
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.problem import Planning
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
        Tables ``years``, ``balance``, ``displaced`` and ``break_even``.

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
        Tables ``years``, ``brings``, ``takes``, ``balance``, ``displaced`` and ``break_even``.

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
    limits, watch = limits or Limits(), watch or Watch()
    problem, layout = plan.problem, plan.problem.layout
    k = _position(problem, year)
    own, column = layout.columns_of(np.array([line])), int(layout.column(line, k))
    free, near = prices(problem, plan.amounts, limits, watch, own)
    subject = Subject(free, near, plan.amounts, line, k, column)
    shares = balance(near, column)
    watch.begin("why: one step more")
    displaced, lost = _displaced(subject, limits.seconds)
    watch.begin("why: break-evens")
    evens = break_evens(subject, limits.seconds, watch)
    return told(subject, shares, displaced, lost, evens)


def _position(problem: Planning, year: int | None) -> int:
    first, count = problem.instance.first_year, problem.policy.commissioning_years
    if year is None:
        return 0
    if not first <= year < first + count:
        end = first + count - 1
        there = f"{first}" if count == 1 else f"{first} to {end}"
        raise UsageError(f"{year} is no commissioning year of this plan; there are {there}")
    return year - first


def _displaced(subject: Subject, seconds: float) -> tuple[pd.DataFrame, Optimum | None]:
    """Force one more step onto the line, solve again, and list what moves."""
    near, column = subject.near, subject.column
    at = near.program.columns[PLACES].start + column
    more = near.optimum.x[at] + subject.step
    lower, upper = near.program.lower.copy(), near.program.upper.copy()
    lower[at] = upper[at] = more
    found = near.resolved(replace(near.program, lower=lower, upper=upper), seconds)
    instance, layout = subject.problem.instance, subject.problem.layout
    lines, names = instance.courses, ["course", "profession", "region"]
    if len(instance.measures):
        lines, names = instance.lines, ["line", "kind", "profession", "region"]
    if found is None:
        return pd.DataFrame(columns=[*names, "year", "change", "brings"]), None
    columns = near.program.columns[PLACES]
    change = (found.x - near.optimum.x)[columns]
    which = np.flatnonzero(np.abs(change) > MOVED)
    table = lines[names].iloc[layout.line[which]].reset_index(drop=True)
    table["year"] = subject.problem.instance.first_year + layout.year[which]
    table["change"] = change[which]
    table["brings"] = change[which] * brought(near)[which]
    order = np.lexsort((-table["brings"].abs(), which != column))
    return table.iloc[order].reset_index(drop=True), found
