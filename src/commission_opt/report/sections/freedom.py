"""How free the places are: between which numbers totals may move in plans nearly as good."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR

import numpy as np
import pandas as pd

from commission_opt.explain.answer import Answers, AnswerTable
from commission_opt.explain.room.room import room, tolerance
from commission_opt.plan.read import StoredPlan
from commission_opt.report.facts import Facts
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.solvers.status import Watch
from commission_opt.views import words

WITHIN = 0.01  # of the best, by which the first objective may be worse
_SECONDS = 60.0
_NEAR = 5.0  # places within which a total counts as fixed
_KINDS = {"professions": "profession", "regions": "region"}


def freedom_of(plan: StoredPlan, watch: Watch) -> Answers:
    """Work out the ranges that the section shows; takes up to a minute."""
    return room(plan, (WITHIN,), totals=True, seconds=_SECONDS, watch=watch)


def freedom(facts: Facts, answers: Answers) -> Section:
    """Return the section of an answer of ``freedom_of``."""
    frames, tag = answers.frames(), tolerance(WITHIN)
    tables = {kind: _named(facts, frames[kind], one, tag) for kind, one in _KINDS.items()}
    said = (
        f"In a plan that is at most {words.percent(WITHIN)} worse than the best, places may lie "
        "otherwise. “Found” are plans in which the total is as small, or as large; beyond what is "
        "proved there is no such plan. Each total moves by itself, while others give way.",
        *(_said(tables[kind], one) for kind, one in _KINDS.items()),
    )
    if not frames["courses"]["in time"].all():
        said += ("The time ended before all was worked out: more may be reached.",)
    exhibits = tuple(Exhibit(_table(kind, one, tables[kind])) for kind, one in _KINDS.items())
    return Section("freedom", "How free the places are", said, exhibits)


def _named(facts: Facts, frame: pd.DataFrame, one: str, tag: str) -> pd.DataFrame:
    """Return name, places of the plan, ends found and ends proved; the freest first."""
    names = facts.names.professions if one == "profession" else facts.names.regions
    found = pd.DataFrame(
        {
            "name": frame[one].map(names),
            "places": frame["places"],
            "least": frame[f"least reached {tag}"],
            "most": frame[f"most reached {tag}"],
            "low": frame[f"least {tag}"],
            "high": frame[f"most {tag}"],
        }
    )
    order = np.argsort(-(found["most"] - found["least"]).to_numpy(), kind="stable")
    return found.iloc[order].reset_index(drop=True)


def _said(table: pd.DataFrame, one: str) -> str:
    free = int((table["most"] - table["least"] > _NEAR).sum())
    fixed = int((table["high"] - table["low"] <= _NEAR).sum())
    text = (
        f"Of {words.plural(len(table), one)}, {free:,} {words.agreed(free, 'was', 'were')} found "
        f"to move by more than {_NEAR:g} places, and {fixed:,} "
        f"{words.agreed(fixed, 'is', 'are')} proved to stay within {_NEAR:g}"
    )
    if not free:
        return f"{text}."
    first = table.iloc[0]
    return (
        f"{text}. The most was found for {first['name']}: {words.count(first['least'])} to "
        f"{words.count(first['most'])}, with {words.count(first['places'])} in the plan."
    )


def _table(kind: str, one: str, table: pd.DataFrame) -> AnswerTable:
    columns = (
        ("name", one, table["name"]),
        ("places", "in the plan", table["places"], words.count),
        ("least", "fewest found", table["least"], words.count),
        ("most", "most found", table["most"], words.count),
        ("low", "fewer is impossible", table["low"], lambda v: words.rounded(v, 0, ROUND_FLOOR)),
        ("high", "more is impossible", table["high"], lambda v: words.rounded(v, 0, ROUND_CEILING)),
    )
    return tabled(f"freedom-{kind}", f"Places of each {one} in plans nearly as good", columns)
