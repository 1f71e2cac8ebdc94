"""Pathways: nobody is drawn from a pool who is not in it, ``drawn[y] ≤ eligible[y]``."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import sparse

from commission_opt.accounts.outcome import Outcome
from commission_opt.core.account import Account
from commission_opt.formulation.origin import Elastic, Origin, Price
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
from commission_opt.instance.pools import NOWHERE
from commission_opt.policy import Policy

TITLE = "pathways"
ALIKE = True
TABLE = "pathways"
NO_MORE = "too few people are left for one more place"
CELLS = "pool, region and year", "pools, regions and years"
UNIT = "people"
_WHAT, _LIMIT = "people drawn from", "the limit on people drawn from"


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
        lambda i: in_words(_WHAT, instance, i) + _why(problem, i),
        lambda i: "{},{},{}".format(*named_pool(instance, i)),
    )  # fmt: skip


def _why(problem: Planning, cell: int) -> str:
    """Say where those drawn do not hang on what is decided."""
    policy, (*_, year) = problem.policy, named_pool(problem.instance, cell)
    last = problem.instance.first_year + policy.commissioning_years - 1
    if policy.rules.continuation != "last_intake" or year <= last:
        return ""
    return f", as courses take last_intake again in each year after {last} (continuation)"


def violations(problem: Planning, result: Outcome) -> Iterator[Violation]:
    """Check those drawn from each pool in every year."""
    eligible, drawn = result.pools.eligible.ravel(), result.pools.drawn.ravel()
    if drawn.size:
        yield worst(drawn - eligible, eligible, lambda at: in_words(_WHAT, problem.instance, at[0]))


def _prices(instance: Instance) -> Price:
    """Price a person as a place of those courses, on average, that draw from the pool."""
    cost, pathways = place_costs(instance), instance.pathways
    draws = pathways[(pathways["role"] == "draws") & (pathways["place"] != NOWHERE)]
    each = pd.Series(cost[draws["course"]], index=draws["place"]).groupby(level=0).mean()
    usual = float(cost.mean()) if len(cost) else 1.0
    place = pd.Series(np.arange(instance.pools.size) // instance.horizon, index=lines_of(instance))
    known = place.groupby(level=0).first().map(each).fillna(usual)
    return lambda line: usual if line is None else float(known.loc[line])


_ENTRANTS = Origin(
    "entrants of a pool", "eligible.csv", "entrants", said_in("entrants", "entrants of"), lines,
    unit="people", drawn=True,
    alone="The {name} ({where}) are {amount} too few whatever is decided: after the last "
    "commissioning year courses take their last_intake again, as continuation says.",
    relax=Elastic("entrants", _prices, "{number} more {name}", 1.0),
)  # fmt: skip
ORIGINS = (_ENTRANTS,)
