"""How far decisions reach in many futures: what is missing in each cell, affine in the places.

In future w the FTE missing in a cell are ``gap_w − reach_w · x``, if that is above 0. Both are laid
out pair by pair of a profession and a region, so that no more than a few million numbers lie in
memory at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.formulation.problem import Planning
from commission_opt.futures import flows
from commission_opt.futures.staff import Staff
from commission_opt.futures.varied import Figures, Varied


@dataclass(frozen=True, eq=False)
class PairReach:
    """One profession and region in W futures.

    Parameters
    ----------
    pair : int
        Position in (P, Q).
    columns : array of int, shape (c,)
        Decision columns that reach it.
    needed : array, shape (Y, W)
        FTE needed as ``demand.csv`` has them.
    gap : array, shape (Y, W)
        FTE missing, or to spare if below 0, with every decision column at 0.
    reach : array, shape (Y, c, W)
        FTE that 1 in each column supplies, or takes off what is needed.
    """

    pair: int
    columns: Ints
    needed: Floats
    gap: Floats
    reach: Floats

    def at(self, x: Floats) -> Floats:
        """Return what is missing at decision columns, shape (Y, W)."""
        own = x[self.columns]
        return np.asarray(self.gap - np.einsum("ycw,c->yw", self.reach, own))


@dataclass(frozen=True, eq=False)
class ManyReach:
    """All pairs in W futures.

    Parameters
    ----------
    problem : Planning
        The problem as given.
    figures : mapping of (table, column) to array, shape (W, N)
        Those that vary, in all futures.
    """

    problem: Planning
    figures: Figures

    def pairs(self) -> Iterator[PairReach]:
        """Yield every pair, those that no decision reaches too: they may be short as well."""
        for pair in range(len(self.gap)):
            yield self.of(pair)

    def of(self, pair: int) -> PairReach:
        """Return one pair."""
        columns = self._columns.get(pair, np.zeros(0, dtype=np.int64))
        reach = np.zeros((self.horizon, len(columns), self.count))
        stays = self._stays(pair)
        entering = self._entering[pair * self.horizon : (pair + 1) * self.horizon]
        dense = entering[:, columns].toarray()
        reach += _lagged(dense, stays) * self._each[self.problem.layout.line[columns]][None]
        for flow in self._own.get(pair, ()):
            own = np.flatnonzero(self.problem.layout.line[columns] == flow.line)
            starts = self._starts(flow.line)[:, columns[own]]
            by_year = np.zeros_like(starts)
            by_year[flow.delay :] = starts[: self.horizon - flow.delay]
            reach[:, own] += _lagged(by_year, flow.stays(self._varied, self._late))
        return PairReach(pair, columns, self.needed[pair], self.gap[pair], reach)

    @property
    def horizon(self) -> int:
        """Y."""
        return self.problem.instance.horizon

    @cached_property
    def count(self) -> int:
        """W."""
        return max(len(array) for array in self.figures.values())

    @cached_property
    def needed(self) -> Floats:
        """FTE needed, shape (P * Q, Y, W)."""
        return self._whole(self._nothing.needed(self._varied))

    @cached_property
    def gap(self) -> Floats:
        """FTE missing with every decision column at 0, shape (P * Q, Y, W)."""
        spared = self._nothing.spared(self._varied, self._late)
        supply = self._nothing.supply(self._varied, self._early, self._late)
        return self._whole(self.needed - spared - supply)

    def _whole(self, array: Floats) -> Floats:
        return np.broadcast_to(array, (*array.shape[:2], self.count))

    @cached_property
    def _nothing(self) -> Staff:
        layout = self.problem.layout
        return Staff(self.problem, layout.to_amounts(np.zeros(layout.size)))

    @cached_property
    def _varied(self) -> Varied:
        return self._nothing.varied(self.figures)

    @cached_property
    def _leaving(self) -> tuple[Floats, Floats]:
        return self._varied.leaving()

    @property
    def _early(self) -> Floats:
        return self._leaving[0]

    @property
    def _late(self) -> Floats:
        return self._leaving[1]

    @cached_property
    def _each(self) -> Floats:
        """FTE who enter for each place or unit, shape (L, W)."""
        each = flows.each(self._varied)[0]
        return np.broadcast_to(each, (len(each), self.count))

    @cached_property
    def _started(self) -> sparse.csr_array:
        return sparse.csr_array(self.problem.layout.started.matrix)

    @cached_property
    def _entering(self) -> sparse.csr_array:
        """Who enters by decision column before the rates of ``_each``, shape (P * Q * Y, n)."""
        return sparse.csr_array(flows.entering(self.problem.instance) @ self._started)

    @cached_property
    def _own(self) -> dict[int, list[flows.OwnFlow]]:
        """Those who stay in ways of their own, and the work that measures take away, by pair."""
        found: dict[int, list[flows.OwnFlow]] = {}
        instance = self.problem.instance
        for flow in (*flows.own_flows(instance), *flows.relief(instance)):
            found.setdefault(flow.pair, []).append(flow)
        return found

    @cached_property
    def _columns(self) -> dict[int, Ints]:
        """The decision columns that reach each pair."""
        entries = sparse.coo_array(self._entering)
        pair, column = entries.coords[0] // self.horizon, entries.coords[1]
        found: dict[int, set[int]] = {}
        for p, c in set(zip(pair.tolist(), column.tolist(), strict=True)):
            found.setdefault(p, set()).add(c)
        line = self.problem.layout.line
        for p, own in self._own.items():
            lines = [flow.line for flow in own]
            found.setdefault(p, set()).update(np.flatnonzero(np.isin(line, lines)).tolist())
        return {p: np.array(sorted(own), dtype=np.int64) for p, own in found.items()}

    def _starts(self, line: int) -> Floats:
        """Return what starts on a line in each year by decision column, shape (Y, n)."""
        rows = slice(line * self.horizon, (line + 1) * self.horizon)
        return np.asarray(self._started[rows].toarray())

    def _stays(self, pair: int) -> Floats:
        """Return the share of those who enter still there k years later, shape (Y, W or 1)."""
        years = int(self.problem.instance.early_years.ravel()[pair])
        k = np.arange(self.horizon)[:, None]
        soon, after = np.minimum(k, years), np.maximum(k - years, 0)
        return np.asarray((1.0 - self._early[pair]) ** soon * (1.0 - self._late[pair]) ** after)


def _lagged(starts: Floats, stays: Floats) -> Floats:
    """Return ``Σ_t starts[t, c] · stays[y − t, w]``, shape (Y, c, W)."""
    horizon, count = starts.shape
    lag = np.arange(horizon)[:, None] - np.arange(horizon)[None]
    shifted = np.where((lag >= 0)[:, :, None], starts[np.maximum(lag, 0)], 0.0)
    # shifted[y, k, c] = starts[y − k, c]
    flat = shifted.transpose(0, 2, 1).reshape(-1, horizon) @ stays
    return np.asarray(flat.reshape(horizon, count, stays.shape[1]))
