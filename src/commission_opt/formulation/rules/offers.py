"""Offers: of those eligible a share is offered a place, ``offer_rate · eligible ≤ drawn``."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from commission_opt.accounts.outcome import Outcome, outcome
from commission_opt.accounts.pools import figures, people
from commission_opt.arrays import Floats, Ints
from commission_opt.core.account import Account
from commission_opt.formulation.origin import Elastic, OfPlaces, Origin, Price
from commission_opt.formulation.parts import Part
from commission_opt.formulation.place_prices import place_costs
from commission_opt.formulation.pools import (
    eligible_over_columns,
    in_words,
    lines,
    lines_of,
    named_pool,
    said_in,
)
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.violations import Violation, worst
from commission_opt.formulation.within import kept
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy

TITLE = "offers"
ALIKE = True
TABLE = "pathways"
_GRAIN = 0.001  # to which shares of offers are lowered
_WHAT, _DUE = "people offered a place from", "the offers due in"


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
            asked - drawn, drawn, lambda at: in_words(_DUE, problem.instance, int(cells[at[0]]))
        )


def _cells(problem: Planning) -> tuple[Ints, Floats]:
    """Return where offers must be made, in the commissioning years, and to which share."""
    share = figures(problem.instance, "offer_rate")
    asked = (share > 0) | problem.steady
    asked[:, problem.policy.commissioning_years :] = False
    cells = np.flatnonzero(asked)
    return cells, share.ravel()[cells]


def _kept(problem: Planning, amounts: Floats, line: int) -> float:
    """Return the share that is offered a place in every commissioning year of a line."""
    result = outcome(problem.instance, problem.policy, problem.effects, amounts).pools
    own = np.flatnonzero(lines(problem) == line)
    own = own[problem.instance.pools.of("year", own) < problem.policy.commissioning_years]
    eligible, drawn = result.eligible.ravel()[own], result.drawn.ravel()[own]
    shares = np.divide(drawn, eligible, out=np.ones_like(drawn), where=eligible > 0)
    least = float(np.clip(np.min(shares, initial=1.0), 0.0, 1.0))
    return float(np.floor(least / _GRAIN) * _GRAIN)


def _people(instance: Instance, line: int) -> float:
    """Return the people who are eligible in a year of a line with no places, one at least."""
    without = people(instance, *(np.zeros(instance.pools.size),) * 2).eligible.ravel()
    return max(1.0, float(without[lines_of(instance) == line].mean()))


def _prices(instance: Instance) -> Price:
    """Price all who are eligible, as places on average."""
    each = float(place_costs(instance).mean())
    return lambda line: each * (1.0 if line is None else _people(instance, line))


_OFFERS = Origin(
    "offers to a pool", "eligible.csv", "offer_rate",
    said_in("offer_rate", "offers to"), lines, unit="share", asks_for_more=True,
    relax=Elastic("offers", _prices, "{name} {old} → {new}",
                  of_places=OfPlaces(_kept, _people)),
)  # fmt: skip
ORIGINS = (_OFFERS,)
