"""In fractions of places: the least factor or first year by which a target is reached, proved.

What no fractions reach no whole places reach. A limit moves the ends of rows alone, so that the
least factor is one linear program with the factor as a column. Other figures move coefficients;
then factors are tried one after the other: each has a plan, or it is proved that it has none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from commission_opt.allocation.relaxation import relaxed, solve_relaxation
from commission_opt.allocation.settled import outcome_of
from commission_opt.arrays import Floats
from commission_opt.errors import InfeasibleError, NoPlanError
from commission_opt.formulation.assemble import Formulation, formulate, rule_parts
from commission_opt.formulation.parts import Aim
from commission_opt.formulation.problem import Planning, planning
from commission_opt.formulation.targeted import asked, missed, prices
from commission_opt.frontier.family import Domain, least_scale
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy, Target
from commission_opt.reach.resource import Resource
from commission_opt.scenario.ground import Ground
from commission_opt.solvers.basis import moved
from commission_opt.solvers.status import Limits, Watch

MOST = 1000.0  # times as much, beyond which more of a limit is not looked at
FINEST = 1e-4  # of factors that are tried one after the other
_NEAR = 1e-6  # FTE, places: a miss that is none
_SAME = 1e-6  # of factors
_NOTHING = Aim("nothing", {})


@dataclass(frozen=True, eq=False)
class GoalSeek:
    """A target for an instance under a model.

    Parameters
    ----------
    policy : Policy
        Without the target.
    """

    instance: Instance
    policy: Policy
    target: Target
    limits: Limits
    watch: Watch

    def asking(self, target: Target) -> Policy:
        """Return the model with a target added to those it has."""
        return replace(self.policy, targets=(*self.policy.targets, target))

    def at(self, resource: Resource, factor: float) -> Instance:
        """Return the instance with figures multiplied."""
        return Ground(self.instance, self.policy).apply(resource.at(factor))[0]


@dataclass(frozen=True)
class Nearest:
    """How near to a target fractions of places come.

    Parameters
    ----------
    missed : float
        By how much the best ones miss it, FTE or places, the worst year of it.
    proved : float
        All years together: no plan misses it by less in all.
    total : float
        What the best ones miss in all years together.
    """

    missed: float
    proved: float
    total: float

    @property
    def reached(self) -> bool:
        """Whether it is reached."""
        return self.total <= _NEAR

    @property
    def impossible(self) -> bool:
        """Whether it is proved that nothing reaches it."""
        return self.proved > _NEAR


def nearest(question: GoalSeek, instance: Instance, target: Target) -> Nearest:
    """Find fractions of places that keep every rule and miss a target by least in all its years.

    Raises
    ------
    InfeasibleError
        If no plan keeps the other rules.
    NoPlanError, StoppedError
        If the time limit or the user came first.
    """
    soft = replace(target, price=1.0)
    problem = planning(instance, question.asking(soft).relaxed())
    parts = rule_parts(problem)
    number = len(problem.policy.targets) - 1
    counted = asked(problem, target.of)
    own = np.array([1.0 if e.number == number else 0.0 for e in counted if not e.hard])
    cost = {name: own for name in prices(problem) if name.endswith(f"_{target.of}")}
    stage = formulate(problem, Aim("missed", cost), parts)
    limits, watch = question.limits, question.watch
    found = relaxed(stage, solve_relaxation, limits, watch, limits.seconds)
    result = outcome_of(problem, problem.layout.to_amounts(found.columns))
    over = [
        max(0.0, float(np.ravel(missed(problem, e, result.shortfall[..., None], result.places))[0]))
        for e in counted
        if e.number == number
    ]
    return Nearest(max(over), min(found.bound * stage.aim.scale, sum(over)), sum(over))


def conflict(question: GoalSeek, instance: Instance, target: Target) -> str:
    """Say which rules keep a target from being reached; "" if none do."""
    problem = planning(instance, question.asking(target).relaxed())
    stage = formulate(problem, _NOTHING, rule_parts(problem))
    limits, watch = question.limits, question.watch
    try:
        relaxed(stage, solve_relaxation, limits, watch, limits.seconds)
    except InfeasibleError as error:
        return str(error)
    return ""


@dataclass(frozen=True, eq=False)
class Limited:
    """Programs of a model in which limits are multiplied by t."""

    question: GoalSeek
    resource: Resource
    policy: Policy

    def planned(self, t: float) -> Planning:
        """Return the problem at t."""
        return planning(self.question.at(self.resource, t), self.policy.relaxed())

    def at(self, t: float) -> Formulation:
        """Return the program at t, with nothing to minimise."""
        problem = self.planned(t)
        return formulate(problem, _NOTHING, rule_parts(problem))

    @cached_property
    def drift(self) -> tuple[Floats, Floats]:
        """How far the lower and upper ends of the rows move with t."""
        zero, one = self.at(0.0).program, self.at(2.0).program
        lower, upper = moved(zero.row_lower, one.row_lower), moved(zero.row_upper, one.row_upper)
        return lower / 2.0, upper / 2.0


@dataclass(frozen=True)
class Threshold:
    """From where on a target can be reached in fractions of places.

    Parameters
    ----------
    least : float
        A factor, or a year, at which they reach it.
    none : float or None
        One at which it is proved that nothing does; None if it is reached at every one.
    asks_more : bool
        Whether less would do without the target.
    """

    least: float
    none: float | None
    asks_more: bool = True


def least_factor(question: GoalSeek, resource: Resource) -> Threshold:
    """Find the least factor of limits at which fractions reach a target.

    Raises
    ------
    InfeasibleError
        If none up to ``MOST`` does; says which rules are in conflict.
    NoPlanError, StoppedError
        If the time limit or the user came first.
    """

    def least(policy: Policy) -> Domain:
        family = Limited(question, resource, policy)
        return least_scale(family, (0.0, MOST), question.limits, question.watch)

    found = least(question.asking(question.target))
    anyway = least(question.policy).proved or 0.0
    asks_more = found.proved is None or found.proved > anyway * (1.0 + _SAME) + _SAME
    return Threshold(found.least, found.proved, asks_more)


def greatest_rate(question: GoalSeek, resource: Resource) -> Threshold:
    """Find the greatest factor of leaver rates, from 1 down to 0, at which fractions reach it.

    Raises
    ------
    InfeasibleError
        If not even a factor of 0 does.
    """
    steps = round(1.0 / FINEST)

    def near(k: int) -> Nearest | None:
        question.watch.begin(f"leaver rates at {100 * k / steps:g} %")
        return _found(question, question.at(resource, k / steps), question.target)

    reached, none = _between(near, 0, steps)
    return Threshold(reached / steps, None if none is None else none / steps)


def first_year(question: GoalSeek, years: range) -> Threshold:
    """Find the first of some years from which on fractions reach a target.

    Raises
    ------
    InfeasibleError
        If they do not even in the last.
    """

    def near(k: int) -> Nearest | None:
        year = -k
        question.watch.begin(f"from {year} on")
        target = replace(question.target, first_year=year)
        return _found(question, question.instance, target)

    reached, none = _between(near, -years[-1], -years[0])
    return Threshold(-reached, None if none is None else -none)


def _found(question: GoalSeek, instance: Instance, target: Target) -> Nearest | None:
    """Return how near one comes; None if the other rules already have no plan."""
    try:
        return nearest(question, instance, target)
    except InfeasibleError:
        return None


def _between(near: Callable[[int], Nearest | None], easy: int, hard: int) -> tuple[int, int | None]:
    """Return the last number from the easy end that is reached, and the next, proved not to be.

    Numbers between are halved, as what is reached at one is taken to be reached at easier ones.
    """

    def reached(k: int) -> bool:
        found = near(k)
        if found is not None and not found.reached and not found.impossible:
            raise NoPlanError("it could not be told whether the target is reached")
        return found is not None and found.reached

    if reached(hard):
        return hard, None
    if not reached(easy):
        raise InfeasibleError(str(easy))
    while hard - easy > 1:
        middle = (easy + hard) // 2
        easy, hard = (middle, hard) if reached(middle) else (easy, middle)
    return easy, hard
