"""Pathways: nobody is drawn from a pool who is not in it, ``drawn[y] ≤ eligible[y]``."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from commission_opt.accounts.outcome import Outcome
from commission_opt.core.account import Account
from commission_opt.formulation.origin import Origin
from commission_opt.formulation.parts import Part
from commission_opt.formulation.pools import (
    eligible_over_columns,
    in_words,
    lines,
    named_pool,
    said_in,
)
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.violations import Violation, worst
from commission_opt.formulation.within import kept
from commission_opt.policy import Policy

TITLE = "pathways"
_WHAT = "people drawn from"


def words(_policy: Policy) -> str:
    """Say how many may be drawn."""
    return "no more are drawn from a pool than are eligible"


def rows(problem: Planning) -> Part:
    """Keep those drawn within those eligible, in every year of the horizon."""
    instance = problem.instance
    if not len(instance.eligible):
        return Part()
    drawn, eligible = problem.column_effects.drawn, eligible_over_columns(problem)
    over = Account(
        drawn.constant - eligible.constant,
        sparse.csr_array(drawn.matrix - eligible.matrix),
        np.zeros(instance.pools.size),
    )
    return kept(
        problem, "pathways", over, np.arange(instance.pools.size), _ENTRANTS,
        lambda i: in_words(_WHAT, instance, i),
        lambda i: "{},{},{}".format(*named_pool(instance, i)),
    )  # fmt: skip


def violations(problem: Planning, result: Outcome) -> Iterator[Violation]:
    """Check those drawn from each pool in every year."""
    eligible, drawn = result.pools.eligible.ravel(), result.pools.drawn.ravel()
    if drawn.size:
        yield worst(drawn - eligible, eligible, lambda at: in_words(_WHAT, problem.instance, at[0]))


_ENTRANTS = Origin(
    "entrants of a pool", "eligible.csv", "entrants",
    said_in("entrants", "entrants of"), lines, unit="people",
)  # fmt: skip
ORIGINS = (_ENTRANTS,)
