"""What is best later in each future, for what is decided now: a linear program for each of them.

Its value is convex in what is decided now, so that the reduced costs of that are a slope by which
the value is never over-estimated elsewhere; where nothing can be done later, a Farkas proof says
which decisions leave the same future without a plan (Van Slyke and Wets, "L-shaped linear programs
with applications to optimal control and stochastic programming", SIAM J. Appl. Math. 17 (1969)).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.allocation.conditioned import conditioned
from commission_opt.arrays import Floats, Ints
from commission_opt.core.linear_program import LinearProgram, box_terms, priced, row_terms
from commission_opt.formulation.assemble import aims, formulate, rule_parts
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.problem import Future, Planning
from commission_opt.solvers.believed import believed, from_nothing
from commission_opt.solvers.status import Limits, Result, Status, Watch


@dataclass(frozen=True, eq=False)
class Cut:
    """``value + slope · (now − at)``, which the first objective in a future is never below.

    Where there is no plan, what must be 0 or less.

    Parameters
    ----------
    value : float
        In units of the first objective.
    slope, at : array, shape (decisions taken now,)
    """

    value: float
    slope: Floats
    at: Floats


@dataclass(frozen=True, eq=False)
class Recourse:
    """The best in one future after what is decided now.

    Parameters
    ----------
    cut : Cut
    columns : array, shape (n,), or None
        Its decision columns; None where no plan keeps every rule, of which the cut is the proof.
    """

    cut: Cut
    columns: Floats | None


@dataclass(frozen=True, eq=False)
class SecondStage:
    """One future over its own columns, of which those decided now come as given.

    Parameters
    ----------
    future : Future
    program : LinearProgram
    scale : float
        What 1 of its objective stands for.
    now : array of int
        Its decision columns that are decided now.
    """

    future: Future
    program: LinearProgram
    scale: float
    now: Ints

    def best(self, now: Floats, limits: Limits, watch: Watch, seconds: float) -> Recourse | None:
        """Return the best after what is decided now, shape (decided now,); None if not found."""
        lower, upper = self.program.lower.copy(), self.program.upper.copy()
        lower[self.now] = upper[self.now] = now
        program = replace(self.program, lower=lower, upper=upper)
        ways = from_nothing(program, limits, watch, exact=True)
        return believed(
            ways, lambda result, _: self._proved(program, result, now), seconds, watch
        ).proof

    def _proved(self, program: LinearProgram, result: Result, now: Floats) -> Recourse | None:
        """Return what a result shows: the best, or that there is none; None if nothing."""
        if result.status is Status.INFEASIBLE and result.ray is not None:
            return self._impossible(program, result.ray, now)
        if result.status is not Status.OPTIMAL or result.x is None or result.multipliers is None:
            return None
        slope = (program.cost - program.matrix.T @ result.multipliers)[self.now] * self.scale
        cut = Cut(program.value(result.x) * self.scale, slope, now)
        places = program.columns[PLACES]
        columns = np.clip(result.x[places], program.lower[places], program.upper[places])
        return Recourse(cut, columns)

    def _impossible(self, program: LinearProgram, ray: Floats, now: Floats) -> Recourse | None:
        """Return what a proof asks of the decisions taken now; None if it proves nothing."""
        pure = program.without_cost()
        for y in (ray, -ray):
            costs = priced(pure, y / float(np.max(np.abs(ray))))
            above = float(row_terms(pure, costs).sum() + box_terms(pure, costs)[0].sum())
            if above > 0.0:
                return Recourse(Cut(above, costs.cost[self.now], now), None)
        return None


def later_of(problem: Planning) -> Iterator[SecondStage]:
    """Yield every future of a problem, or the problem itself as the only one."""
    for future in problem.futures or (Future("", 1.0, problem),):
        one = replace(future.problem, policy=future.problem.policy.first_stages(1))
        own = conditioned(formulate(one, aims(one)[0], rule_parts(one)))
        yield SecondStage(future, own.program, own.aim.scale, np.flatnonzero(one.whole))


def put_together(problem: Planning, columns: list[Floats]) -> Floats:
    """Return the decision columns of a problem from those of each of its futures."""
    if not problem.futures:
        return columns[0]
    found = np.zeros(problem.layout.size)
    for future, own in zip(problem.futures, columns, strict=True):
        assert future.columns is not None
        found[future.columns[: len(own)]] = own  # those deployed come after them
    return found
