"""Who does the work of other professions because of a course or a measure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from commission_opt.allocation.settled import outcome_of
from commission_opt.arrays import Floats
from commission_opt.explain import figures
from commission_opt.explain.answer import AnswerTable, columns
from commission_opt.formulation.problem import Planning
from commission_opt.views import words

_NOBODY = 1e-6  # FTE-years: rounding
_NAMED = 3
_NOTE = (
    "FTE-years deployed within the horizon, with all that the plan decides and without this alone, "
    "each with the best deployment. Covered: the work of those needed that the difference does."
)


@dataclass(frozen=True, eq=False)
class DeployedBecause:
    """Who is deployed with all that is decided, and who would be without one line.

    Parameters
    ----------
    table : AnswerTable
        ``needed``, ``by``, ``region``, ``now``, ``without``, ``more`` (their difference) and
        ``covers``, FTE-years; pairs and regions in which the line makes no difference are left out.
    """

    sentence: str
    table: AnswerTable


def deployed_because(
    problem: Planning, amounts: Floats, line: int, one: str
) -> DeployedBecause | None:
    """Compare who is deployed with and without what a line has, all else the same.

    ``amounts`` are those of a plan, shape (L, K); ``one`` is a place or a unit. None where nobody
    can be deployed, or the line has nothing.
    """
    if not problem.deploys or not amounts[line].any():
        return None
    others = amounts.copy()
    others[line] = 0.0
    now, without = (outcome_of(problem, each).deployed.sum(axis=1) for each in (amounts, others))
    pairs = problem.instance.substitution[["needed", "by", "region"]].reset_index(drop=True)
    more = now - without
    covers = more * problem.instance.substitution["ratio"].to_numpy(float)
    frame = pairs.assign(now=now, without=without, more=more, covers=covers)
    frame = frame[np.abs(more) > _NOBODY]
    frame = frame.sort_values("covers", key=np.abs, ascending=False, kind="stable")
    shown = (
        *columns(needed="work of", by="done by staff of", region="in"),
        *columns(figures.fte, now="with it", without="without it"),
        *columns(figures.signed_fte, more="because of it", covers="covered"),
    )
    table = AnswerTable(
        "deployed", "Who stands in for whom because of it", frame.reset_index(drop=True), shown,
        note=_NOTE,
    )  # fmt: skip
    return DeployedBecause(_said(frame, one), table)


def _said(frame: pd.DataFrame, one: str) -> str:
    if frame.empty:
        return f"Its {one}s make no difference to who does the work of other professions."
    by_pair = frame.groupby(["by", "needed"], sort=False)[["more", "covers"]].sum().reset_index()
    parts = [
        f"staff of {row['by']} do the work of {row['needed']} for "
        f"{figures.fte(abs(row['more']))} FTE-years {'more' if row['more'] > 0 else 'less'}, which "
        f"cover {figures.fte(abs(row['covers']))}"
        for row in by_pair.head(_NAMED).to_dict("records")
    ]
    rest = len(by_pair) - len(parts)
    also = [words.plural(rest, "other pair changes", "other pairs change")] if rest else []
    return f"Because of its {one}s, all others as they are, {words.joined([*parts, *also])}."
