"""Level intake: a course takes the same number of places in every commissioning year.

The layout of the decisions gives such a course one column for all years, so no row is needed.
Where years have columns of their own all the same, as explanations have them, rows say so.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from commission_opt.accounts.outcome import Outcome
from commission_opt.formulation.origin import MODEL_FILE, Origin, Said
from commission_opt.formulation.parts import PLACES, Part, Rows
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.violations import Violation, of_line, worst
from commission_opt.policy import Policy

TITLE = "the same intake in every year"
ALIKE = True


def words(policy: Policy) -> str:
    """Say whether a course takes the same in every year."""
    return "yes" if policy.rules.level_intake else "no"


def rows(problem: Planning) -> Part:
    """Tie each year to the one before, unless the layout keeps this rule."""
    layout = problem.layout
    if not problem.policy.rules.level_intake or layout.grid.shape[1] == 1:
        return Part()
    now = layout.grid[:, 1:].ravel()
    columns = sparse.csr_array(sparse.eye_array(layout.size, format="csr"))
    same, zeros = sparse.csr_array(columns[now] - columns[now - 1]), np.zeros(len(now))
    course, year = layout.line[now], problem.instance.first_year + layout.year[now]
    codes = problem.instance.courses["course"].to_numpy()

    def key(i: int) -> str:
        return f"{codes[course[i]]},{year[i]}"

    block = Rows(
        "level_intake", {PLACES: same}, zeros, zeros, lambda i: f"level intake: {key(i)}", key,
        origin=(_LEVEL, _LEVEL), items=course,
    )  # fmt: skip
    return Part(rows=(block,))


def violations(problem: Planning, result: Outcome) -> Iterator[Violation]:
    """Check that places are the same in every year."""
    if problem.policy.rules.level_intake:
        first = result.places[:, :1]
        yield worst(np.abs(result.places - first), first, of_line(problem.instance, "level intake"))


def _said(problem: Planning, i: int) -> Said:
    return Said(f"level intake of course {problem.instance.courses['course'].iloc[i]!r}")


_LEVEL = Origin(
    "level intake", MODEL_FILE, "level_intake", _said, of_course=True, words="the same every year"
)
ORIGINS = (_LEVEL,)
