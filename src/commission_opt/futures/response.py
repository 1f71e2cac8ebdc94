"""Supply and demand over decision columns that differ between futures, and their adjoint.

``reach`` has one number for each stream, year and future, for places that are the same in all; it
would take a column, and its years, for each future here. This goes through the yearly recursion.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.futures import flows
from commission_opt.futures.staff import Staff
from commission_opt.futures.staying import correlated, worth_of_entering
from commission_opt.futures.varied import Varied
from commission_opt.instance.instance import Instance


@dataclass(frozen=True, eq=False)
class Response:
    """What decisions lead to in W futures, linear in them.

    Parameters
    ----------
    bought : Staff
        A plan of the problem; of its amounts nothing is used.
    varied : Varied
        The figures.
    """

    bought: Staff
    varied: Varied

    @property
    def instance(self) -> Instance:
        """The instance as given."""
        return self.bought.instance

    def adds(self, columns: Floats) -> tuple[Floats, Floats]:
        """Return the supply that decisions add, and the demand that they take away.

        Parameters
        ----------
        columns : array, shape (n, W)

        Returns
        -------
        supply, spared : array, shape (P * Q, Y, W)
        """
        size, horizon = len(self._late), self.instance.horizon
        entering = self._entering @ (columns * self._each)
        nobody = np.zeros((1, horizon, 1))
        supply = self.bought.stayed(self.varied, entering, nobody, self._early, self._late)
        spared = np.zeros((size, horizon, 1))
        if self._own or self._relief:
            layout = self.bought.problem.layout
            started = (layout.started.matrix @ columns).reshape(-1, horizon, columns.shape[1])
            late = self._late
            supply = supply + flows.flowing(self._own, self.varied, late, started, size)
            spared = flows.flowing(self._relief, self.varied, late, started, size)
        return supply, spared

    def slopes(self, per_supply: Floats, per_demand: Floats) -> Floats:
        """Return what one more of each decision is worth, shape (n, W): the adjoint of ``adds``.

        Parameters
        ----------
        per_supply, per_demand : array, shape (P * Q, Y, W)
            What one FTE more of supply, and of demand, is worth in each cell.
        """
        years = self.instance.early_years.ravel()
        entering = worth_of_entering(per_supply, self._early, self._late, years)
        count = per_supply.shape[2]
        found = (self._entering.T @ entering.reshape(-1, count)) * self._each
        layout, horizon = self.bought.problem.layout, self.instance.horizon
        if self._own or self._relief:
            by_start = np.zeros((layout.n_lines, horizon, count))
            for flow in self._own:
                stays = flow.stays(self.varied, self._late)
                by_start[flow.line] += correlated(per_supply[flow.pair], stays, flow.delay)
            for flow in self._relief:
                stays = flow.stays(self.varied, self._late)
                by_start[flow.line] -= correlated(per_demand[flow.pair], stays, flow.delay)
            found = found + layout.started.matrix.T @ by_start.reshape(-1, count)
        return np.asarray(found)

    @cached_property
    def _leaving(self) -> tuple[Floats, Floats]:
        return self.varied.leaving()

    @property
    def _early(self) -> Floats:
        return self._leaving[0]

    @property
    def _late(self) -> Floats:
        return self._leaving[1]

    @cached_property
    def _each(self) -> Floats:
        """FTE who enter for one of each decision, shape (n, W) or (n, 1)."""
        return flows.each(self.varied)[0][self.bought.problem.layout.line]

    @property
    def _entering(self) -> sparse.csr_array:
        return self.bought.entering_by_column

    @property
    def _own(self) -> tuple[flows.OwnFlow, ...]:
        return self.bought.own

    @property
    def _relief(self) -> tuple[flows.OwnFlow, ...]:
        return self.bought.relief
