"""Ten more posts: what is asked at the margin, where staff may be too many for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.core.linear_program import LinearProgram
from commission_opt.explain.margins.consequences import Consequences, Leading
from commission_opt.explain.margins.questions import Changed, Question, setting
from commission_opt.formulation import posts
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.parts import DEPLOYED, PLACES
from commission_opt.formulation.shortage import SHORTAGE, settled_shortfall, shortage
from commission_opt.text.counts import plural

POSTS, MORE = "posts", 10.0
_NOTHING = 1e-6  # worth that counts as none


def post_questions(formulation: Formulation, change: Changed) -> Iterator[Question]:
    """Ask for ten more posts in every year, for each profession and region that has any.

    ``change`` leads from settings to the stage of the instance that they make. Nothing is asked
    where the first objective adds up no shortages.
    """
    problem, program = formulation.problem, formulation.program
    instance = problem.instance
    given = ~np.isnan(instance.posts)
    counted = first_objective(problem.policy).weighted and SHORTAGE in program.rows
    if not counted or not given.any():
        return
    enlarged = change((setting("posts", "+=", MORE, {}),))
    saved = settled_shortfall(problem) - settled_shortfall(enlarged.problem)
    saved /= formulation.aim.scale
    leading = Leading(problem), Leading(enlarged.problem)
    where = np.full(instance.cells.size, -1)
    for block in formulation.rows:
        if block.name == posts.POSTS and block.items is not None:
            at = program.rows[block.name]
            where[block.items] = np.arange(at.start, at.stop)
    for p, q in np.argwhere(given.any(axis=2)).tolist():
        own = np.zeros(instance.shape, dtype=bool)
        own[p, q] = True
        rows = where[own.ravel()]
        rows = rows[rows >= 0]
        about = {
            "profession": str(instance.professions["profession"].iloc[p]),
            "region": str(instance.regions["region"].iloc[q]),
        }
        filters = {name: [code] for name, code in about.items()}
        yield Question(
            POSTS, about, MORE, (setting("posts", "+=", MORE, filters),),
            partial(_enlarged, program, enlarged.program, rows, float(saved[p, q].sum())), rows,
            leading=partial(_leading, leading, own.ravel()), saved=float(saved[p, q].sum()),
            kept=partial(_kept, enlarged, _columns(formulation, own.ravel())),
        )  # fmt: skip


def _enlarged(
    program: LinearProgram, other: LinearProgram, rows: Ints, saved: float
) -> LinearProgram:
    lower = program.row_lower.copy()
    lower[rows] = other.row_lower[rows]
    return replace(program, row_lower=lower, offset=program.offset - saved)


def _columns(formulation: Formulation, own: Bools) -> Bools:
    """Say which columns of a program count what is missing in some cells."""
    program = formulation.program
    found = np.zeros(len(program.cost), dtype=bool)
    found[program.columns[SHORTAGE]] = own[shortage(formulation.problem).cell]
    return found


def _kept(enlarged: Formulation, own: Bools, point: Floats) -> Floats:
    """Return a point with as much missing in some columns as there is with more posts."""
    problem, columns = enlarged.problem, enlarged.program.columns
    amounts = problem.layout.to_amounts(point[columns[PLACES]])
    shape = problem.instance.deployments.shape
    sent = point[columns[DEPLOYED]].reshape(shape) if DEPLOYED in columns else None
    return np.where(own, enlarged.point(amounts, sent), point)


def _leading(of: tuple[Leading, Leading], own: Bools, columns: Floats) -> Consequences:
    """Return what columns lead to where some cells have the posts of the other instance."""
    now, then = (leading(columns) for leading in of)
    return replace(now, missing=np.where(own, then.missing, now.missing))


def best_posts(frame: pd.DataFrame, said: Callable[[pd.Series], str]) -> str:
    """Say where more posts would save most; ``said`` says what they save."""
    certain = frame[frame["low"] > _NOTHING].sort_values("low", ascending=False, kind="stable")
    worth = certain if len(certain) else frame[frame["worth"] > _NOTHING]
    pairs = plural(
        len(frame), "pair of a profession and a region", "pairs of a profession and a region"
    )
    if not len(worth):
        return f"Ten more posts would save nothing in any of {pairs} with posts."
    best = worth.iloc[0]
    return (
        f"Ten more posts in every year would save most for {best['profession']} in "
        f"{best['region']}: {said(best)}; they would save something in {len(worth):,} of {pairs} "
        "with posts."
    )
