"""Staff taken: courses take no more staff from a profession than are at work there."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from commission_opt.accounts.many import Excess, Many, of_cells
from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Ints
from commission_opt.core.account import Account
from commission_opt.formulation.parts import Part
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.violations import Violation, worst
from commission_opt.formulation.within import in_words, kept_within, of_workforce
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.supply.taken import takers

TITLE = "staff taken by courses"
NO_MORE = "no more staff can go on courses"
_WHAT = "staff at work"


def words(_policy: Policy) -> str:
    """Say how many staff courses may take."""
    return "no more than are at work"


def rows(problem: Planning) -> Part:
    """Keep supply from falling below nothing where courses take staff."""
    cells, supply = _cells(problem.instance), problem.effects.supply
    if not len(cells):
        return Part()
    fewer = Account(-supply.constant[cells], -supply.matrix[cells], np.zeros(len(cells)))
    return kept_within(problem, "staff_taken", fewer, cells, _STAFF, _WHAT)


def violations(problem: Planning, result: Outcome) -> Iterator[Violation]:
    """Check the supply that is left in every year."""
    cells = _cells(problem.instance)
    yield worst(
        -result.supply.ravel()[cells], 0.0,
        lambda at: in_words(_WHAT, problem.instance, int(cells[at[0]])),
    )  # fmt: skip


def excesses(problem: Planning, many: Many) -> Iterator[Excess]:
    """Check the same in many futures."""
    cells = _cells(problem.instance)
    supply = of_cells(many.balance.supply)[cells]
    yield -supply, np.zeros(1), lambda row: in_words(_WHAT, problem.instance, int(cells[row]))


def _cells(instance: Instance) -> Ints:
    """Return the cells of supply from which courses take staff."""
    taking = takers(instance)
    if not len(taking):
        return np.zeros(0, dtype=np.int64)
    own = instance.courses.iloc[taking]
    where = np.zeros(instance.shape, dtype=bool)
    where[own["from_p"].to_numpy(int), own["q"].to_numpy(int)] = True
    return np.flatnonzero(where)


_STAFF = of_workforce("staff in post", "fte", "FTE", lambda i: i.fte)
ORIGINS = (_STAFF,)
