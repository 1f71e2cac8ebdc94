"""What a factor comes to: limits in £ or weeks, leaver rates in percentage points and staff."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.explain import figures
from commission_opt.explain.answer import AnswerTable, columns
from commission_opt.formulation.rules import LIMITS
from commission_opt.reach.fractions import GoalSeek
from commission_opt.reach.resource import Resource
from commission_opt.scenario.ground import Ground

_MOST = 12


def touched(question: GoalSeek, resource: Resource, factor: float) -> str:
    """Say which rows a factor changes, and by how much in all."""
    (found,) = Ground(question.instance, question.policy).touched(resource.at(factor))
    return str(found)


def takes_table(question: GoalSeek, resource: Resource, factor: float) -> AnswerTable:
    """Return what changes at a factor: by fund or pool and region, or by profession."""
    if resource.of_limits:
        return _limits(question, resource, factor)
    return _rates(question, resource, factor)


def _limits(question: GoalSeek, resource: Resource, factor: float) -> AnswerTable:
    limit = LIMITS[resource.limit]
    before, after = (
        limit.rows_of(instance) for instance in (question.instance, question.at(resource, factor))
    )
    amount = limit.origin.column
    rows = before[[limit.code, "region", "year"]].assign(
        given=before[amount].to_numpy(float), needed=after[amount].to_numpy(float)
    )
    rows = rows[rows["given"] != rows["needed"]] if factor != 1.0 else rows
    keys = [limit.code, "region"]
    frame = rows.groupby(keys, sort=False).agg(
        first_year=("year", "min"), last_year=("year", "max"), given=("given", "sum"),
        needed=("needed", "sum"),
    ).reset_index()  # fmt: skip
    frame = frame.assign(more=frame["needed"] - frame["given"])
    frame = frame.sort_values("more", ascending=False, key=abs, kind="stable")
    show = figures.pounds if limit.money else figures.fte
    shown = (
        *columns(**{limit.code: limit.code, "region": "region"}),
        *columns(figures.year, first_year="from", last_year="to"),
        *columns(show, given="given", needed="needed", more="more"),
    )
    unit = "£" if limit.money else limit.what
    note = "A limit of a region counts within those of the regions around it."
    return AnswerTable(
        "takes", f"What that is, {unit}, all years of the horizon", frame, shown, _MOST, note
    )


def _rates(question: GoalSeek, resource: Resource, factor: float) -> AnswerTable:
    before, after = question.instance, question.at(resource, factor)
    fte, gone = before.fte, before.leaver_rate - after.leaver_rate
    moved = (before.leaver_rate != after.leaver_rate) | (
        before.early_leaver_rate != after.early_leaver_rate
    )
    rows = []
    for p, code in enumerate(before.professions["profession"]):
        if not moved[p].any():
            continue
        own = np.where(moved[p], fte[p], 0.0)
        count = float(own.sum())
        weight = own / count if count else moved[p] / moved[p].sum()
        rows.append(
            {
                "profession": code,
                "fte": count,
                "given": float(weight @ before.leaver_rate[p]),
                "needed": float(weight @ after.leaver_rate[p]),
                "points": 100.0 * float(weight @ gone[p]),
                "stay": float(own @ gone[p]),
            }
        )
    names = ["profession", "fte", "given", "needed", "points", "stay"]
    frame = pd.DataFrame(rows, columns=names)
    frame = frame.sort_values("stay", ascending=False, kind="stable")
    shown = (
        *columns(profession="profession"),
        *columns(figures.fte, fte="in post, FTE"),
        *columns(figures.percent, given="leave in a year", needed="may leave"),
        *columns(figures.fte, points="percentage points fewer", stay="more stay in a year, FTE"),
    )
    note = "Weighted by those in post in the first year; early leavers change by the same factor."
    return AnswerTable("takes", "What that is, by profession", frame, shown, _MOST, note)
