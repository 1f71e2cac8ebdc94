"""Why a course has the places it has."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from commission_opt.errors import UsageError
from commission_opt.explain.answer import Answer
from commission_opt.explain.margins.prices import Optimum, prices
from commission_opt.explain.naming import code_position
from commission_opt.explain.plan import Plan
from commission_opt.explain.why.balance import balance, brought
from commission_opt.explain.why.break_even import break_evens
from commission_opt.explain.why.course_words import told
from commission_opt.explain.why.subject import MOVED, Subject
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.problem import Planning
from commission_opt.solvers.status import Limits, Watch


def why_course(
    plan: Plan,
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
    limits, watch = limits or Limits(), watch or Watch()
    problem, places = plan.problem, plan.amounts
    c = code_position(problem.instance, "course", course)
    k = _position(problem, year)
    layout = problem.layout
    own, column = layout.grid[c], int(layout.column(c, k))
    free, near = prices(problem, places, limits, watch, own)
    subject = Subject(free, near, plan.places, c, k, column)
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
    """Force one more step onto the course, solve again, and list what moves."""
    near, column = subject.near, subject.column
    at = near.program.columns[PLACES].start + column
    more = near.optimum.x[at] + subject.step
    lower, upper = near.program.lower.copy(), near.program.upper.copy()
    lower[at] = upper[at] = more
    found = near.resolved(replace(near.program, lower=lower, upper=upper), seconds)
    courses, layout = subject.problem.instance.courses, subject.problem.layout
    names = ["course", "profession", "region"]
    if found is None:
        return pd.DataFrame(columns=[*names, "year", "change", "brings"]), None
    columns = near.program.columns[PLACES]
    change = (found.x - near.optimum.x)[columns]
    which = np.flatnonzero(np.abs(change) > MOVED)
    table = courses[names].iloc[layout.line[which]].reset_index(drop=True)
    table["year"] = subject.problem.instance.first_year + layout.year[which]
    table["change"] = change[which]
    table["brings"] = change[which] * brought(near)[which]
    order = np.lexsort((-table["brings"].abs(), which != column))
    return table.iloc[order].reset_index(drop=True), found
