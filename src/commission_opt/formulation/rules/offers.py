"""Offers: of those eligible a share is offered a place, ``offer_rate · eligible ≤ drawn``."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from commission_opt.accounts.outcome import Outcome
from commission_opt.accounts.pools import figures
from commission_opt.arrays import Floats, Ints
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

TITLE = "offers"
_WHAT = "people offered a place from"


def words(_policy: Policy) -> str:
    """Say how many must be drawn."""
    return "the share of those eligible that a pool asks for is drawn"


def rows(problem: Planning) -> Part:
    """Draw at least the share of those eligible, in the commissioning years."""
    instance = problem.instance
    cells, share = _cells(problem)
    if not len(cells):
        return Part()
    drawn, eligible = problem.column_effects.drawn, eligible_over_columns(problem)
    fewer = Account(
        share * eligible.constant[cells] - drawn.constant[cells],
        sparse.csr_array(
            sparse.diags_array(share).tocsr() @ eligible.matrix[cells] - drawn.matrix[cells]
        ),
        np.zeros(len(cells)),
    )
    return kept(
        problem, "offers", fewer, cells, _OFFERS,
        lambda i: in_words(_WHAT, instance, int(cells[i])),
        lambda i: "{},{},{}".format(*named_pool(instance, int(cells[i]))),
    )  # fmt: skip


def violations(problem: Planning, result: Outcome) -> Iterator[Violation]:
    """Check those drawn from each pool in every commissioning year."""
    cells, share = _cells(problem)
    if len(cells):
        asked, drawn = (
            share * result.pools.eligible.ravel()[cells],
            result.pools.drawn.ravel()[cells],
        )
        yield worst(
            asked - drawn, drawn, lambda at: in_words(_WHAT, problem.instance, int(cells[at[0]]))
        )


def _cells(problem: Planning) -> tuple[Ints, Floats]:
    """Return where offers must be made, in the commissioning years, and to which share."""
    share = figures(problem.instance, "offer_rate")
    asked = (share > 0) | problem.steady
    asked[:, problem.policy.commissioning_years :] = False
    cells = np.flatnonzero(asked)
    return cells, share.ravel()[cells]


_OFFERS = Origin(
    "offers to a pool", "eligible.csv", "offer_rate",
    said_in("offer_rate", "offers to"), lines, unit="share", asks_for_more=True,
)  # fmt: skip
ORIGINS = (_OFFERS,)
