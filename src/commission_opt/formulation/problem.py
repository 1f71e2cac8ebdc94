"""One planning problem as every rule and objective sees it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from commission_opt.accounts.effects import Effects, effects
from commission_opt.accounts.outcome import Decision, Outcome, outcome
from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.formulation.cohorts import Cohorts, cohorts
from commission_opt.formulation.decisions import Decisions, decisions
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy, RiskMeasure
from commission_opt.text.card import Card, Shown


@dataclass(frozen=True, repr=False)
class Planning(Shown):
    """An instance under a commissioning model.

    Parameters
    ----------
    effects : Effects
        Supply, spending and placement weeks that places and units lead to.
    layout : Decisions
        How decision columns become places and units.
    cohorts : Cohorts
        Numbers of places and units that lines may take.
    paced : Cohorts, optional
        Those by which the pace of change goes, which is the same in all futures; ``cohorts`` if not
        given.
    relaxed_from : int, optional
        The first commissioning year that is decided in fractions; none if not given.
    column_effects : Effects
        The effects by decision column.
    steady : bool
        Whether rows and columns that this instance could do without are kept, so that programs
        of instances that differ in their figures only have the same layout.
    futures : tuple of Future
        What may come instead, if more than the instance is weighed; see ``formulation.futures``.
    given : Instance, optional
        In a future, the instance as it is given, which says what is fair.
    drawn : Draws, optional
        Futures that are too many to be problems of their own.
    """

    instance: Instance
    policy: Policy
    effects: Effects
    layout: Decisions
    cohorts: Cohorts
    column_effects: Effects
    steady: bool = False
    futures: tuple[Future, ...] = ()
    given: Instance | None = None
    drawn: Draws | None = None
    paced: Cohorts | None = None
    relaxed_from: int | None = None

    def card(self) -> Card:
        """Return what is planned, and how many decisions that is."""
        decisions = f"{self.layout.size:,} decisions"
        return Card(f"{self.instance.name} under {self.policy.name}: {decisions}")

    @property
    def deploys(self) -> bool:
        """Whether anybody may be deployed to do the work of others."""
        return self.policy.rules.substitution and len(self.instance.substitution) > 0

    @property
    def deployments(self) -> tuple[int, int]:
        """How many pairs of professions, of every future in turn, and years FTE are deployed by."""
        pairs, years = self.instance.deployments.shape
        return pairs * (max(1, len(self.futures)) if self.deploys else 1), years

    @property
    def as_given(self) -> Instance:
        """The instance as it is given, also in a future: it says what is fair."""
        return self.given or self.instance

    @cached_property
    def course_cohorts(self) -> Cohorts:
        """Numbers of places that courses may take."""
        return self.cohorts.of_first(len(self.instance.courses))

    @cached_property
    def pace_cohorts(self) -> Cohorts:
        """Numbers of places of courses by which the pace of change goes."""
        return (self.paced or self.cohorts).of_first(len(self.instance.courses))

    @cached_property
    def column_cohorts(self) -> Cohorts:
        """Numbers that decision columns may take: in each future its own, before for all."""
        found = self.cohorts.at(self.layout.line)
        if self.layout.times is None:
            return found
        for future in self.futures:
            assert future.columns is not None
            later = future.problem.layout.time >= self.layout.times.now
            own = future.problem.column_cohorts.at(later)
            found = found.with_others(future.columns[: len(later)][later], own)
        return found

    @property
    def now_years(self) -> int:
        """How many commissioning years are decided before the future is known."""
        times = self.layout.times
        return self.policy.commissioning_years if times is None else times.now

    @property
    def whole_years(self) -> int:
        """How many commissioning years are decided in whole places and units."""
        if not self.policy.integer:
            return 0
        years = self.policy.commissioning_years
        return years if self.relaxed_from is None else min(years, self.relaxed_from)

    @cached_property
    def whole(self) -> Bools:
        """Which decision columns are whole, shape (n,)."""
        return np.asarray(self.layout.year < self.whole_years)

    def with_effects(self, effects: Effects) -> Planning:
        """Return the same problem where what is bought leads to something else."""
        known = (self.effects, self.column_effects)
        over = effects.over(self.layout.started, known)
        return replace(self, effects=effects, column_effects=over)

    def outcome(self, amounts: Floats, deployed: Floats | None = None) -> Outcome:
        """Work out the consequences of places and units, shape (L, K), and of FTE deployed.

        Parameters
        ----------
        amounts : array, shape (L, K)
        deployed : array, shape ``deployments``, optional
            Left out only where nobody can be deployed; ``allocation.settled`` finds the best.
            Where futures are weighed their mean is taken for what is deployed as given.
        """
        if deployed is None and self.deploys:
            raise ValueError("what follows from places hangs on who is deployed")
        given, sent = self.layout.as_given(amounts), self._mean(deployed)
        found = outcome(self.instance, self.policy, self.effects, given, sent)
        if self.layout.times is None and sent is deployed:
            return found
        decided = found.deployed if deployed is None else deployed
        return replace(found, decided=Decision(amounts, decided))

    def _mean(self, deployed: Floats | None) -> Floats | None:
        """Return the mean of those deployed over the futures, if there are any."""
        if deployed is None or not self.deploys or not self.futures:
            return deployed
        p = np.array([future.probability for future in self.futures])
        shape = self.instance.deployments.shape
        return np.asarray(np.tensordot(p, deployed.reshape(len(p), *shape), axes=1))


class Draws(Protocol):
    """W futures of a problem that are weighed together; see ``uncertainty.sampled``."""

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called."""

    @property
    def probability(self) -> Floats:
        """How likely each is, shape (W,)."""

    @property
    def least(self) -> Floats:
        """What no plan for each alone is below in the first objective, shape (W,); or not known."""

    @property
    def ruling(self) -> tuple[Future, ...]:
        """Those of which programs have the rows of every rule."""

    def ruled(self, rule: str) -> tuple[Any, ...]:
        """Return further ``Rows`` of a rule."""

    @property
    def explicit(self) -> tuple[Future, ...]:
        """Those that are written out."""

    def measured_from(self, least: Floats) -> Draws:
        """Return the same, of which that is known, shape (W,)."""

    def instance(self, w: int) -> Instance:
        """Return the instance of one of them."""

    def values(self, minimise: str, amounts: Floats) -> Floats:
        """Return an objective of places and units, shape (L, K), in each, shape (W,)."""

    def without(self, minimise: str) -> Floats:
        """Return the same with nothing bought or continued."""

    def cells(self, name: str, amounts: Floats) -> Floats:
        """Return demand, supply or shortfall of places and units in each, shape (W, cells)."""

    def violations(self, result: Outcome) -> list[Any]:
        """Return the worst break of each rule over all of them, each a ``Violation``."""

    def aim(self, minimise: str, risk: RiskMeasure) -> Any:
        """Write an objective as an ``Aim`` of programs: nowhere above its risk."""


@dataclass(frozen=True, repr=False)
class Future(Shown):
    """What may come, as a problem of its own.

    Parameters
    ----------
    problem : Planning
        Of the instance as it is then, over the same decisions.
    drawn : bool
        Whether it was drawn; if not, somebody wrote it out.
    columns : array of int, shape (n,), optional
        Its decision columns, and after them those deployed, among all that is decided, if some of
        it is decided in each future.
    times : array of int, shape (K,), optional
        The times of its commissioning years there.
    pairs : slice, optional
        Its rows of those deployed, if anybody can be.
    least : float
        What no plan for it alone is below in the first objective, from which regret is measured;
        NaN where it is not known.
    """

    name: str
    probability: float
    problem: Planning
    drawn: bool = False
    columns: Ints | None = None
    times: Ints | None = None
    pairs: slice | None = None
    least: float = math.nan

    def card(self) -> Card:
        """Return the name and how likely it is."""
        return Card(f"{self.name}, probability {self.probability:g}: {self.problem.card().title}")

    def outcome(self, decision: Decision) -> Outcome:
        """Work out what follows from what is decided in a program that weighs this future."""
        amounts = decision.amounts if self.times is None else decision.amounts[:, self.times]
        deployed = None if self.pairs is None else decision.deployed[self.pairs]
        return self.problem.outcome(amounts, deployed)

    def own(self, x: Floats) -> Floats:
        """Return its own part of the decision columns of the program and those deployed."""
        return x if self.columns is None else x[self.columns]


def planning(
    instance: Instance,
    policy: Policy,
    effect: Effects | None = None,
    *,
    steady: bool = False,
    last: Planning | None = None,
) -> Planning:
    """Put together what the rules and objectives of a model need.

    Parameters
    ----------
    effect : Effects, optional
        The effects of the instance; worked out if not given.
    steady : bool
        Whether to keep rows and columns that the instance could do without.
    last : Planning, optional
        A problem worked out before. What follows from the same inputs is taken from it.
    """
    effect = effect or effects(instance, None if last is None else (last.instance, last.effects))
    if last is not None and policy is last.policy and _same_lines(instance, last.instance):
        layout, cohort = last.layout, last.cohorts
        per_column = effect.over(layout.started, (last.effects, last.column_effects))
    else:
        layout, cohort = decisions(instance, policy), cohorts(instance, policy)
        per_column = effect.over(layout.started)
    return Planning(instance, policy, effect, layout, cohort, per_column, steady)


def by_year(problem: Planning) -> Planning:
    """Return the relaxation with a decision for each course and year, whatever the layout keeps."""
    layout = decisions(problem.instance, problem.policy, by_year=True)
    return replace(
        problem,
        policy=problem.policy.relaxed(),
        layout=layout,
        column_effects=problem.effects.over(layout.started),
    )


def _same_lines(one: Instance, other: Instance) -> bool:
    return one.courses is other.courses and one.measures is other.measures
