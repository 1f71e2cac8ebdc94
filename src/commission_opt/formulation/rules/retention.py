"""Retention: nobody is kept who would not have left.

For each profession and region with a measure of the kind ``retain``, and each year y of the horizon
but the last, ``Σ f · z[m, y − lead_years] ≤ λ · supply[p,q,y]``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy import sparse

from commission_opt.accounts.many import Excess, Many, of_cells
from commission_opt.accounts.outcome import Outcome
from commission_opt.accounts.response import operator
from commission_opt.activities import retain
from commission_opt.arrays import Floats, Ints
from commission_opt.core.account import Account
from commission_opt.formulation.parts import Part
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.violations import Violation, worst
from commission_opt.formulation.within import in_words, kept_within, of_workforce
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy

TITLE = "retention"
_WHAT = "staff retained"
NO_MORE = "no more staff can be retained"


def words(_policy: Policy) -> str:
    """Say how many can be retained."""
    return "no more are retained than would leave"


def rows(problem: Planning) -> Part:
    """Keep those retained within those who would leave."""
    cells, share = _cells(problem.instance)
    if not len(cells):
        return Part()
    supply = problem.effects.supply
    leaving = sparse.diags_array(share).tocsr() @ supply.matrix[cells]
    kept = _would_leave(problem.instance)[cells]
    account = Account(
        -share * supply.constant[cells], sparse.csr_array(kept - leaving), np.zeros(len(cells))
    )
    return kept_within(problem, "retention", account, cells, _LEAVERS, _WHAT)


def violations(problem: Planning, result: Outcome) -> Iterator[Violation]:
    """Check those retained in every year against those who would leave."""
    cells, share = _cells(problem.instance)
    if not len(cells):
        return
    kept = (_would_leave(problem.instance) @ result.started)[cells]
    leaving = share * result.supply.ravel()[cells]
    yield worst(
        kept - leaving, leaving, lambda at: in_words(_WHAT, problem.instance, int(cells[at[0]])),
    )  # fmt: skip


def excesses(problem: Planning, many: Many) -> Iterator[Excess]:
    """Check the same in many futures."""
    cells, _ = _cells(problem.instance)
    if len(cells):
        pair = cells // problem.instance.horizon
        share = many.leaver_rate.reshape(-1, many.leaver_rate.shape[-1])[pair]
        leaving = share * of_cells(many.balance.supply)[cells]
        kept = of_cells(many.retained)[cells]
        where = lambda row: in_words(_WHAT, problem.instance, int(cells[row]))  # noqa: E731
        yield kept - leaving, leaving, where


def _cells(instance: Instance) -> tuple[Ints, Floats]:
    """Return where staff may be retained, in all years but the last, and the share who leave."""
    if not len(instance.measures):
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    pairs = instance.measures.loc[instance.measures["kind"] == "retain", ["p", "q"]]
    where = np.zeros(instance.shape, dtype=bool)
    where[pairs["p"].to_numpy(int), pairs["q"].to_numpy(int), : instance.horizon - 1] = True
    cells = np.flatnonzero(where)
    share = np.broadcast_to(instance.leaver_rate[..., None], instance.shape).ravel()[cells]
    return cells, share


def _would_leave(instance: Instance) -> sparse.csr_array:
    """Return the FTE that a unit keeps, by where and in which year they would leave."""
    stay = retain.arrivals(instance)
    once = np.zeros_like(stay.stays)
    once[:, 0] = 1.0
    return operator(instance, [replace(stay, delay=stay.delay - 1, stays=once)])


_LEAVERS = of_workforce("leavers", "leaver_rate", "share", lambda i: i.leaver_rate)
ORIGINS = (_LEAVERS,)
