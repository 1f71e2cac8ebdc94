"""Staff and demand that follow from what a plan buys, in many futures at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from commission_opt.accounts.outcome import start_years
from commission_opt.arrays import Floats
from commission_opt.formulation.problem import Planning
from commission_opt.futures import flows
from commission_opt.futures.staying import stayed
from commission_opt.futures.varied import Figures, RowsByCell, Varied
from commission_opt.instance.instance import Instance


@dataclass(frozen=True, eq=False)
class Staff:
    """What a plan buys, and what of its effects no figure changes.

    Parameters
    ----------
    problem : Planning
        The problem as it was given.
    amounts : array, shape (L, K)
        Places and units.
    deployed : array, shape (S, Y), or None
        FTE deployed; nobody if it is None.
    by_cell : RowsByCell, optional
        Where rows of tables stand, if somebody looked that up already.
    """

    problem: Planning
    amounts: Floats
    deployed: Floats | None = None
    by_cell: RowsByCell | None = None

    @property
    def instance(self) -> Instance:
        """The instance as given."""
        return self.problem.instance

    def within(self, pairs: slice) -> Staff:
        """Return the staff of some professions and regions, in whose place P * Q stands."""
        return replace(self, by_cell=self.rows.within(pairs))

    @property
    def cells(self) -> slice:
        """The cells of the professions and regions asked for."""
        pairs, horizon = self.rows.pairs, self.instance.horizon
        return slice(pairs.start * horizon, pairs.stop * horizon)

    def varied(self, figures: Figures) -> Varied:
        """Lay figures out by row and cell."""
        return Varied(self.rows, figures)

    def needed(self, varied: Varied) -> Floats:
        """Return the FTE needed as ``demand.csv`` has them, shape (P * Q, Y, W)."""
        demand = varied.placed("demand", "fte", varied.size * self.instance.horizon)
        return demand.reshape(-1, self.instance.horizon, demand.shape[1])

    def spared(self, varied: Varied, late: Floats) -> Floats:
        """Return the demand that measures take away, shape (P * Q, Y, W)."""
        return flows.flowing(self.relief, varied, late, self.started[..., None], varied.size)

    def supply(
        self, varied: Varied, early: Floats, late: Floats, *, nothing: bool = False
    ) -> Floats:
        """Return supply, shape (P * Q, Y, W).

        Parameters
        ----------
        varied : Varied
        early, late : array, shape (P * Q, W)
            Leaver rates.
        nothing : bool
            Whether nothing is bought or continued.
        """
        of_bought, of_students = flows.each(varied)
        entering = self._pipeline @ of_students
        if not nothing:
            entering = entering + self._bought @ of_bought
        supply = self.staying(varied, early, late, entering)
        if self.own and not nothing:
            size = len(supply)
            supply = supply + flows.flowing(self.own, varied, late, self.started[..., None], size)
        return supply

    def staying(self, varied: Varied, early: Floats, late: Floats, entering: Floats) -> Floats:
        """Return supply of those in post, other joiners, those who enter and the pipeline.

        Parameters
        ----------
        varied : Varied
        early, late : array, shape (P * Q, W)
        entering : array, shape (P * Q * Y, W)
            FTE who enter and stay like all others.
        """
        instance = self.instance
        size, horizon = len(late), instance.horizon
        others = varied.placed("joiners", "fte", size * horizon)
        in_post = varied.placed("workforce", "fte", size)
        joiners = others.reshape(size, horizon, -1)
        if in_post.shape[1] > joiners.shape[2]:
            joiners = np.repeat(joiners, in_post.shape[1], axis=2)
        joiners[:, 0] += in_post
        supply = self.stayed(varied, entering, joiners, early, late)
        if (instance.courses["from_p"] >= 0).any():
            supply = supply - flows.taken_by_cohorts(varied, late, afterwards=True)
        return supply

    def stayed(
        self, varied: Varied, entering: Floats, joiners: Floats, early: Floats, late: Floats
    ) -> Floats:
        """Return the staff of those who enter, (P * Q * Y, W), and of joiners, (P * Q, Y, W)."""
        shape = (len(late), varied.instance.horizon, -1)
        years = varied.instance.early_years.ravel()[self.rows.pairs]
        return stayed(entering.reshape(shape), joiners, early, late, years)

    def away(self, varied: Varied, late: Floats) -> Floats:
        """Return those on release, who are paid though not at work, shape (P * Q, Y, W)."""
        size = len(late)
        new = flows.flowing(self._released, varied, late, self.started[..., None], size)
        return new + flows.taken_by_cohorts(varied, late, afterwards=False)

    def retained(self, varied: Varied, late: Floats) -> Floats:
        """Return those whom measures keep, by the year they would leave in; (P * Q, Y, W)."""
        return flows.flowing(self._retained, varied, late, self.started[..., None], len(late))

    @cached_property
    def started(self) -> Floats:
        """What starts in every year, shape (L, Y)."""
        both = start_years(self.instance, self.problem.policy, self.amounts)
        return np.asarray(sum(both)).reshape(self.instance.starts.shape)

    @cached_property
    def rows(self) -> RowsByCell:
        """Where rows of tables stand."""
        return self.by_cell or RowsByCell(self.instance)

    @cached_property
    def _bought(self) -> sparse.csr_array:
        """Who enters of what is bought, by line, shape (P * Q * Y, L)."""
        return flows.by_line(flows.entering(self.instance), self.started)[self.cells]

    @cached_property
    def entering_by_column(self) -> sparse.csr_array:
        """Who enters by decision column, before the FTE of each, shape (P * Q * Y, n)."""
        started = self.problem.layout.started.matrix
        return sparse.csr_array(flows.entering(self.instance) @ started)

    @cached_property
    def _pipeline(self) -> sparse.csr_array:
        return flows.pipeline_entering(self.instance)[self.cells]

    @cached_property
    def own(self) -> tuple[flows.OwnFlow, ...]:
        """Staff who do not stay like others."""
        return flows.own_flows(self.instance)

    @cached_property
    def _released(self) -> tuple[flows.OwnFlow, ...]:
        return flows.released(self.instance)

    @cached_property
    def _retained(self) -> tuple[flows.OwnFlow, ...]:
        return flows.retained(self.instance)

    @cached_property
    def relief(self) -> tuple[flows.OwnFlow, ...]:
        """Work that measures take away."""
        return flows.relief(self.instance)
