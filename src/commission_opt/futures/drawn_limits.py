"""Budgets and placement capacities in many futures, row by row: which future uses each most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.formulation.limits import Limit
from commission_opt.formulation.parts import PLACES, Rows
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import LIMITS
from commission_opt.futures.columns import Key, chunks
from commission_opt.futures.futures import Futures
from commission_opt.futures.spending import Uses, per_student
from commission_opt.futures.staff import Staff
from commission_opt.instance.use import StartsCharged, starts_charged
from commission_opt.text.plain import escaped

_CHARGES: tuple[Key, ...] = (
    ("courses", "fill_rate"), ("courses", "completion_rate"), ("costs", "cost"),
    ("budgets", "amount"), ("placements", "capacity"),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class DrawnLimits:
    """The limits of one kind.

    Parameters
    ----------
    rule : str
        Name of the rule that keeps them.
    nothing : Staff
        What follows where every decision column is 0.
    futures : Futures
    """

    rule: str
    nothing: Staff
    futures: Futures

    @property
    def problem(self) -> Planning:
        """The problem as given."""
        return self.nothing.problem

    @property
    def limit(self) -> Limit:
        """The kind of limit."""
        return LIMITS[self.rule]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._table)

    def worst(self, amounts: Floats) -> tuple[Floats, Ints]:
        """Return by how much each limit is exceeded at worst, and in which future.

        Parameters
        ----------
        amounts : array, shape (L, K)

        Returns
        -------
        excess : array, shape (limits,)
            Relative to max(1, |limit|); below 0 where there is room in every future.
        future : array of int, shape (limits,)
        """
        staff = replace(self.nothing, amounts=amounts)
        uses, count = self._uses(staff.started), self.count
        worst, future = np.full(count, -np.inf), np.zeros(count, dtype=np.int64)
        for which in chunks(len(self.futures.names)):
            used = uses.of(staff.varied(self.futures.figures(which, _CHARGES)), None)
            relative = (used.use - used.limit) / np.maximum(1.0, np.abs(used.limit))
            at = np.argmax(relative, axis=1)
            size = relative[np.arange(count), at]
            more = size > worst
            worst[more], future[more] = size[more], which.start + at[more]
        return worst, future

    def rows(self, pairs: Sequence[tuple[int, int]]) -> Iterator[Rows]:
        """Yield the rows of some limits in some futures.

        Parameters
        ----------
        pairs : sequence of (int, int)
            Limit and future.
        """
        which = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        if not len(which):
            return
        limit, unit, order = (
            self.limit,
            self.limit.origin.scale,
            np.argsort(which[:, 1], kind="stable"),
        )
        parts = [self._rows(*own) for own in self._by_future(which[order])]
        columns, most = zip(*parts, strict=True)
        item, future = which[order].T
        names = self.futures.names
        codes = [self._table[column].tolist() for column in (limit.code, "region", "year")]

        def label(i: int) -> str:
            words = limit.label(self.problem.instance, int(item[i]))
            return f"{words} in scenario {escaped(repr(names[future[i]]))}"

        def key(i: int) -> str:
            return ",".join((*(str(column[item[i]]) for column in codes), names[future[i]]))

        ends = np.concatenate(most) / unit
        yield Rows(
            f"{limit.table}_drawn", {PLACES: sparse.csr_array(sparse.vstack(columns) / unit)},
            np.full_like(ends, -np.inf), ends, label, key, unit,
        )  # fmt: skip

    def _by_future(self, which: Ints) -> Iterator[tuple[int, Ints]]:
        for future in np.unique(which[:, 1]).tolist():
            yield future, which[which[:, 1] == future, 0]

    def _rows(self, future: int, items: Ints) -> tuple[sparse.csr_array, Floats]:
        """Return what columns use of limits in a future, and what is left to them, £ or weeks."""
        figures = self.futures.figures(slice(future, future + 1), _CHARGES)
        varied = self.nothing.varied(figures)
        place = per_student(varied, self.limit.rates)[1][:, 0]
        charged = self._charged
        by_start = sparse.csr_array(
            (place[charged.rate], (charged.row, charged.column)),
            shape=(len(self._table), self.problem.layout.started.matrix.shape[0]),
        )
        used = self._uses(self.nothing.started).of(varied, None)
        left = np.broadcast_to(used.limit - used.use, (len(self._table), 1))[items, 0]
        return sparse.csr_array(by_start[items] @ self.problem.layout.started.matrix), left

    def _uses(self, started: Floats) -> Uses:
        make = Uses.of_budgets if self.limit.money else Uses.of_placements
        return replace(make(self.problem.instance, started), pay=None)

    @cached_property
    def _table(self) -> pd.DataFrame:
        return self.limit.rows_of(self.problem.instance)

    @cached_property
    def _charged(self) -> StartsCharged:
        return starts_charged(
            self.problem.instance, getattr(self.problem.instance, self.limit.rates), self._table
        )


def drawn_limits(nothing: Staff, futures: Futures) -> dict[str, DrawnLimits]:
    """Return the kinds of limits that are kept row by row, by rule; none that carry pay."""
    problem = nothing.problem
    return {
        name: DrawnLimits(name, nothing, futures)
        for name, limit in LIMITS.items()
        if getattr(problem.policy.rules, name) and not (limit.money and len(problem.instance.pay))
    }
