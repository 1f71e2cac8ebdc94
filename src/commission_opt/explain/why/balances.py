"""What one more place or unit of every line brings and takes at the prices, by what is scarce."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from commission_opt.allocation.decided import Decided
from commission_opt.arrays import Floats, Ints
from commission_opt.errors import NoPlanError
from commission_opt.explain.limits import pursued
from commission_opt.explain.margins.prices import first_stage, next_to_plan
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.parts import PLACES, Rows
from commission_opt.formulation.posts import POSTS
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import LIMITS, RULES
from commission_opt.formulation.shortage import SHORTAGE
from commission_opt.instance.schema import TABLES
from commission_opt.solvers.linear import is_large
from commission_opt.solvers.status import Limits, Watch

STAFF, ITSELF, COMMITMENT = "staff", "itself", "commitment"
_FLAT = 1e-7  # of what a place brings: a balance that is nothing


@dataclass(frozen=True)
class Counterpart:
    """What a place brings to or takes from.

    Parameters
    ----------
    kind : str
        ``STAFF`` who are short; ``ITSELF``, the objective as it charges places; the table of a
        limit (``budgets``, ``placements``); ``COMMITMENT``; or a rule.
    code : str
        Fund, pool or commitment; the title of a rule.
    """

    kind: str
    code: str = ""


@dataclass(frozen=True, eq=False)
class Balances:
    """The worth of one more on each of n decision columns, taken apart.

    With multipliers y of the rows, one more of a column with coefficients a changes the objective
    by ``cost − Σ y_i a_i``.

    Parameters
    ----------
    formulation : Formulation
        Of the first stage.
    multipliers : array, shape (m,)
        Prices of its rows.
    """

    formulation: Formulation
    multipliers: Floats

    @property
    def problem(self) -> Planning:
        """The instance under its model."""
        return self.formulation.problem

    @cached_property
    def sources(self) -> tuple[Counterpart, ...]:
        """What places bring to or take from."""
        return self._grouped[0]

    @cached_property
    def worth(self) -> Floats:
        """Units of the first objective, shape (sources, n): above 0 brought, below 0 taken."""
        program, scale = self.formulation.program, self.formulation.aim.scale
        places = program.columns[PLACES]
        found, group = self._grouped
        at = np.arange(len(group))
        priced = sparse.csr_array((self.multipliers, (group, at)), shape=(len(found), len(group)))
        worth = (priced @ program.matrix[:, places]).toarray() * scale
        worth[found.index(Counterpart(ITSELF))] -= program.cost[places] * scale
        return np.asarray(worth)

    @cached_property
    def gain(self) -> Floats:
        """What one more brings, shape (n,)."""
        return np.asarray(np.maximum(self.worth, 0.0).sum(axis=0))

    @cached_property
    def loss(self) -> Floats:
        """What one more takes from others, shape (n,)."""
        return np.asarray(-np.minimum(self.worth, 0.0).sum(axis=0))

    @cached_property
    def net(self) -> Floats:
        """What one more brings beyond what it takes, shape (n,); 0 where they are alike."""
        flat = _FLAT * np.maximum(1.0, np.maximum(self.gain, self.loss))
        net = self.gain - self.loss
        return np.where(np.abs(net) <= flat, 0.0, net)

    @cached_property
    def _grouped(self) -> tuple[tuple[Counterpart, ...], Ints]:
        """Return the sources, and that of each row."""
        of_rows = [source for block in self.formulation.rows for source in self._of(block)]
        found = tuple(dict.fromkeys([Counterpart(STAFF), Counterpart(ITSELF), *of_rows]))
        at = {source: i for i, source in enumerate(found)}
        return found, np.array([at[source] for source in of_rows], dtype=np.int64)

    def _of(self, block: Rows) -> Iterator[Counterpart]:
        name, count = block.name, len(block.lower)
        limit = next((limit for limit in LIMITS.values() if limit.table == name), None)
        if limit is not None:
            codes = limit.rows_of(self.problem.instance)[limit.code]
            yield from (Counterpart(name, str(code)) for code in codes)
        elif block.origin is not None and block.origin[0].file == TABLES["commitments"].file:
            codes_of_rows = (block.key(i).rpartition(",")[0] for i in range(count))
            yield from (Counterpart(COMMITMENT, code) for code in codes_of_rows)
        elif name in (SHORTAGE, POSTS):
            yield from [Counterpart(STAFF)] * count
        else:
            title = RULES[name].title if name in RULES else name
            yield from [Counterpart(name, title)] * count


def balances(plan: Decided, formulation: Formulation, multipliers: Floats) -> Balances:
    """Return the balances next to a plan, with the same courses running.

    Where the program next to the plan is too large to be solved again, or cannot be, the prices are
    those that prove the plan.

    Parameters
    ----------
    plan : Allocation or StoredPlan
        For one future.
    formulation : Formulation
        Of the first stage that the plan still pursues.
    multipliers : array, shape (m,)
        Of its proof.
    """
    if not is_large(formulation.program):
        with suppress(NoPlanError):
            plan = pursued(plan)
            stage = first_stage(plan.problem)
            near = next_to_plan(stage, plan.amounts, Limits(), Watch())
            return Balances(stage, near.optimum.multipliers)
    return Balances(formulation, multipliers)
