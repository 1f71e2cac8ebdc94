"""Relaxations that differ in one number t: a scale of budgets, or a cap on another objective."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from scipy import sparse

from commission_opt.allocation.conditioned import EVERY_DIGIT, conditioned
from commission_opt.allocation.relaxation import REPEATED, HotRelaxations, relaxed, solve_relaxation
from commission_opt.allocation.settled import pointed
from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram, lagrangian_bound
from commission_opt.errors import NoPlanError, StoppedError
from commission_opt.formulation.assemble import Formulation, formulate, rule_parts
from commission_opt.formulation.objectives import OBJECTIVES, first_objective
from commission_opt.formulation.problem import Planning
from commission_opt.frontier.lines import Support
from commission_opt.frontier.over import Over
from commission_opt.solvers.basis import moved
from commission_opt.solvers.believed import believed, way_by
from commission_opt.solvers.linear import Algorithm, is_large
from commission_opt.solvers.status import Limits, Status, Watch

_SLACK = 1e-9  # room over the least cap, relative


@dataclass(frozen=True, eq=False)
class Family:
    """The first objective of a model as a function of t.

    Parameters
    ----------
    problem : Planning
        Steady, so that every program has the same layout.
    over : Over
        Budgets, which t multiplies, or an objective, which t caps in its unit.
    scaled : array of bool, shape (budget rows,)
        Budget rows that t multiplies.
    """

    problem: Planning
    over: Over
    scaled: np.ndarray

    def planned(self, t: float) -> Planning:
        """Return the problem at t, without a cap."""
        if self.over.caps:
            return self.problem
        effects, spend = self.problem.effects, self.problem.effects.spend
        upper = np.where(self.scaled, t * spend.upper, spend.upper)
        return self.problem.with_effects(replace(effects, spend=replace(spend, upper=upper)))

    def at(self, t: float) -> Formulation:
        """Return the stage at t."""
        problem = self.planned(t)
        held = [(OBJECTIVES[self.over.name].aim(problem), t)] if self.over.caps else []
        return formulate(
            problem, first_objective(problem.policy).aim(problem), rule_parts(problem), held
        )

    @cached_property
    def drift(self) -> tuple[Floats, Floats]:
        """How far the lower and upper ends of the rows move with t; they do so evenly."""
        zero, one = self.at(0.0).program, self.at(1.0).program
        return moved(zero.row_lower, one.row_lower), moved(zero.row_upper, one.row_upper)


@dataclass(frozen=True)
class Domain:
    """Where a frontier begins and ends.

    Parameters
    ----------
    least, greatest : float
        The least t that has a plan, within rounding, and the greatest that matters.
    proved : float or None
        No t below this has a plan; None if none smaller than ``least`` was looked for.
    """

    least: float
    greatest: float
    proved: float | None


def domain_of(family: Family, asked: tuple[float, float], limits: Limits, watch: Watch) -> Domain:
    """Find the least t with a plan and the greatest that matters.

    Budgets lie in the range asked for, which does not count for a cap: that runs from the least
    that the capped objective can be to what it is without a cap.

    Raises
    ------
    InfeasibleError
        If there is no plan at any t.
    NoPlanError, StoppedError
        If the time limit or the user came first.
    """
    problem = family.problem
    if not family.over.caps:
        return least_scale(family, asked, limits, watch)
    parts = rule_parts(problem)
    kind = OBJECTIVES[family.over.name]
    capped = kind.aim(problem)
    found = [
        relaxed(formulate(problem, aim, parts), solve_relaxation, limits, watch, limits.seconds)
        for aim in (capped, first_objective(problem.policy).aim(problem))
    ]
    values = [
        kind.value(problem, problem.outcome(problem.layout.to_amounts(one.columns), one.deployed))
        for one in found
    ]
    least = values[0] + _SLACK * max(1.0, abs(values[0]))
    return Domain(least, max(least, values[1]), min(found[0].bound * capped.scale, least))


class Scaled(Protocol):
    """Programs of one layout whose rows have ends that move evenly with t, wider as it grows."""

    def at(self, t: float) -> Formulation:
        """Return the stage at t."""

    @property
    def drift(self) -> tuple[Floats, Floats]:
        """How far the lower and upper ends of the rows move with t."""


def least_scale(family: Scaled, asked: tuple[float, float], limits: Limits, watch: Watch) -> Domain:
    """Find the least t with a plan, from the program with t as a column of its own.

    Raises
    ------
    InfeasibleError
        If there is no plan at the greatest t asked for either.
    NoPlanError, StoppedError
        If the time limit or the user came first.
    """
    own, zero = conditioned(family.at(asked[1]), EVERY_DIGIT), family.at(0.0).program
    factors = own.factors
    lower, upper = family.drift
    moving = np.where(upper != 0.0, upper, lower)

    # Budgets may restrict the box of courses without a limit: it must be that of the largest.
    def with_t(program: LinearProgram, unit: Floats) -> LinearProgram:
        """Return the program at t = 0 with t, to be made least, as its last column."""
        every = np.arange(len(moving))
        column = sparse.csc_array((-moving * unit, (every, np.zeros_like(every))))
        return LinearProgram(
            sparse.csc_array(sparse.hstack([program.matrix, column])),
            np.append(np.zeros_like(program.cost), 1.0),
            np.append(program.lower, asked[0]),
            np.append(program.upper, asked[1]),
            zero.row_lower * unit,
            zero.row_upper * unit,
            0.0,
            {},
            {},
        )

    algorithm = Algorithm.INTERIOR_POINT if is_large(zero) else Algorithm.SIMPLEX
    ways = [way_by(algorithm, with_t(own.program, factors), limits, watch)]
    result = believed(ways, lambda result, _: result.multipliers, limits.seconds).result
    if result.status == Status.INFEASIBLE:
        # Raises, and says what is in conflict.
        relaxed(family.at(asked[1]), solve_relaxation, limits, watch, limits.seconds)
    if result.status == Status.STOPPED:
        raise StoppedError("stopped before the least amount with a plan was found")
    if result.status != Status.OPTIMAL or result.x is None or result.multipliers is None:
        raise NoPlanError("the least amount with a plan was not found; give more --time-limit")
    found = float(result.x[-1])
    if found <= asked[0]:
        return Domain(asked[0], asked[1], None)
    least = min(asked[1], found * (1.0 + _SLACK) + _SLACK)
    as_given = with_t(own.given.program, np.ones_like(factors))
    proved = lagrangian_bound(as_given, result.multipliers * factors)
    return Domain(least, asked[1], min(proved, least))


@dataclass(eq=False)
class Solving:
    """Solves a family at one t after the other: each from the last, a large one from nothing.

    ``columns`` keeps the decision columns found at each t.
    """

    family: Family
    limits: Limits
    watch: Watch = field(default_factory=Watch)
    columns: dict[float, Floats] = field(default_factory=dict)
    _hot: HotRelaxations = field(default_factory=HotRelaxations)

    @property
    def cold(self) -> int:
        """How many solves were repeated cold, as the hot one did not prove itself."""
        return self._hot.counts[REPEATED]

    def __call__(self, t: float) -> Support:
        """Solve at t; cold if a hot start does not prove itself; ``StoppedError`` if stopped."""
        if self.watch.stopped:
            raise StoppedError("stopped before the frontier was enclosed; nothing was written")
        self.watch.begin(f"solve {len(self.columns) + 1} of the frontier, at {t:.6g}")
        formulation = self.family.at(t)
        if is_large(formulation.program):
            self._hot.forget()  # the simplex method from far away would take longer
        found = relaxed(formulation, self._hot, self.limits, self.watch, self.limits.seconds)
        self.columns[t] = found.columns
        scale, program = formulation.aim.scale, formulation.program
        point = pointed(formulation, formulation.problem.layout.to_amounts(found.columns))
        lower, upper = self.family.drift
        y = found.multipliers
        slope = float(np.sum(np.where(y > 0, y * lower, y * upper)))
        return Support(t, program.value(point) * scale, found.bound * scale, slope * scale)
