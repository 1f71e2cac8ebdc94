"""Reshaping: measures take no more demand away than there is, ``D[p,q,y] − Σ f · z ≥ 0``."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from commission_opt.accounts.many import Excess, Many, of_cells
from commission_opt.accounts.outcome import Outcome
from commission_opt.core.account import Account
from commission_opt.formulation.parts import Part
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.shortage import DEMAND
from commission_opt.formulation.violations import Violation, worst
from commission_opt.formulation.within import in_words, kept_within
from commission_opt.policy import Policy

TITLE = "work done otherwise"
_WHAT = "demand taken away"
NO_MORE = "no more demand can be taken away"


def words(_policy: Policy) -> str:
    """Say how much demand measures may take away."""
    return "no more than there is demand for"


def rows(problem: Planning) -> Part:
    """Keep demand from falling below nothing."""
    demand = problem.effects.demand
    cells = np.flatnonzero(np.diff(demand.matrix.indptr))
    if not len(cells):
        return Part()
    taken = Account(np.zeros(len(cells)), -demand.matrix[cells], demand.constant[cells])
    return kept_within(problem, "reshaping", taken, cells, DEMAND, _WHAT)


def violations(problem: Planning, result: Outcome) -> Iterator[Violation]:
    """Check the demand that is left in every year."""
    instance = problem.instance
    yield worst(
        -result.demand.ravel(), instance.demand.ravel(),
        lambda at: in_words(_WHAT, instance, at[0]),
    )  # fmt: skip


def excesses(problem: Planning, many: Many) -> Iterator[Excess]:
    """Check the same in many futures."""
    cells = np.flatnonzero(np.diff(problem.effects.demand.matrix.indptr))
    demand, needed = (of_cells(each)[cells] for each in (many.balance.demand, many.balance.needed))
    yield -demand, needed, lambda row: in_words(_WHAT, problem.instance, int(cells[row]))
