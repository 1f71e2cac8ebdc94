"""The program next to a plan, solved to a vertex, and what a changed program is worth beside it.

Nothing is taken from the solver but where to look: a value is that of a point that keeps the
program's own rows, a bound follows from multipliers by weak duality.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from commission_opt.arrays import Floats, Ints
from commission_opt.core.linear_program import LinearProgram, lagrangian_bound
from commission_opt.errors import NoPlanError, StoppedError
from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.problem import Planning, planning
from commission_opt.solvers.basis import Basis
from commission_opt.solvers.believed import agree, believed
from commission_opt.solvers.persistent import PersistentProgram
from commission_opt.solvers.status import Limits, Result, Watch

_KEPT = 1e-7  # largest violation of a point, relative
_NOBODY: Ints = np.zeros(0, dtype=np.int64)
_NONE = 1e-6  # places that count as none


@dataclass(frozen=True, eq=False)
class Optimum:
    """A point of a program and multipliers that prove how good it is.

    Parameters
    ----------
    x : array, shape (n,)
    multipliers : array, shape (m,)
        None leans on an end that a row does not have.
    value, bound : float
        Of the point, with what mending its rounding would cost, and by the multipliers; in units
        of the program.
    """

    x: Floats
    multipliers: Floats
    value: float
    bound: float


def proved(program: LinearProgram, x: Floats, multipliers: Floats) -> Optimum | None:
    """Return what a point and multipliers prove; None if the point breaks the program."""
    if not program.largest_violation(x) <= _KEPT:
        return None
    y = np.where((multipliers > 0) & np.isneginf(program.row_lower), 0.0, multipliers)
    y = np.where((y < 0) & np.isposinf(program.row_upper), 0.0, y)
    value = program.value(x) + _mending(program, x, y)
    return Optimum(x, y, value, lagrangian_bound(program, y))


def _mending(program: LinearProgram, x: Floats, multipliers: Floats) -> float:
    """Return what the rounding of a point would cost at the prices of its rows and bounds."""
    activity = program.matrix @ x
    reduced = np.abs(program.cost - program.matrix.T @ multipliers)
    rows = np.maximum(program.row_lower - activity, activity - program.row_upper)
    columns = np.maximum(program.lower - x, x - program.upper)
    return float(
        np.sum(np.abs(multipliers) * np.maximum(rows, 0.0))
        + np.sum(reduced * np.maximum(columns, 0.0))
    )


class PricedProgram:
    """A program at its optimum, ready to be asked what changes are worth.

    Parameters
    ----------
    formulation : Formulation
        Its program is the widest one.
    hot : PersistentProgram
        Solves; several may share one.
    limits : Limits
        Time for the first solve.
    plan : array, shape (n,), optional
        Decision columns. If given, the same courses run: a decision that is 0 stays 0, the others
        stay at or above their smallest cohort.
    but : array of int, optional
        Decision columns that may open though they are 0 in the plan.

    Raises
    ------
    NoPlanError, StoppedError
        If the program could not be solved to an optimum that proves itself.
    """

    def __init__(
        self,
        formulation: Formulation,
        hot: PersistentProgram,
        limits: Limits,
        watch: Watch,
        plan: Floats | None = None,
        but: Ints = _NOBODY,
    ) -> None:
        self.formulation, self._hot, self._plan, self._but = formulation, hot, plan, but
        self.program = self.restrict(formulation.program)
        found, basis = self.resolved(self.program, limits.seconds), None
        if found is not None:
            basis = hot.basis()
        if found is None or basis is None:
            if watch.stopped:
                raise StoppedError("stopped before the prices were worked out")
            raise NoPlanError("the program next to the plan could not be solved; give more time")
        exact = proved(self.program, *basis.vertex(self.program))
        self.optimum = exact if exact is not None and agree(exact.bound, exact.value) else found
        self.reduced = self.program.cost - self.program.matrix.T @ self.optimum.multipliers
        self.basis: Basis = basis

    @property
    def scale(self) -> float:
        """What one unit of the program's objective stands for."""
        return self.formulation.aim.scale

    def restrict(self, program: LinearProgram) -> LinearProgram:
        """Return a program in which the same courses run as in the plan, if there is one."""
        if self._plan is None:
            return program
        places = program.columns[PLACES]
        closed = self._plan <= _NONE
        stays = closed & ~np.isin(np.arange(len(closed)), self._but)
        lower, upper = program.lower.copy(), program.upper.copy()
        low, high = lower[places], upper[places]
        least = np.maximum(low, np.minimum(self.formulation.smallest, high))
        lower[places] = np.where(closed, low, least)
        upper[places] = np.where(stays, np.maximum(low, 0.0), high)
        return replace(program, lower=lower, upper=upper)

    def bound(self, program: LinearProgram) -> float:
        """Return the bound that the same prices prove of a changed program."""
        y, d, mine = self.optimum.multipliers, self.reduced, self.program
        if program.matrix is not mine.matrix:
            return lagrangian_bound(program, y)
        moved = program.offset - mine.offset
        for price, old, new in (
            (np.maximum(y, 0.0), mine.row_lower, program.row_lower),
            (np.minimum(y, 0.0), mine.row_upper, program.row_upper),
            (np.maximum(d, 0.0), mine.lower, program.lower),
            (np.minimum(d, 0.0), mine.upper, program.upper),
        ):
            which = np.flatnonzero((new != old) & (price != 0.0))
            moved += float(np.sum(price[which] * (new[which] - old[which])))
        return self.optimum.bound + moved

    def resolved(self, program: LinearProgram, seconds: float) -> Optimum | None:
        """Solve a changed program from the last one on; None if nothing proves itself in time."""

        def prove(result: Result, within: float) -> Optimum | None:
            if result.x is None or result.multipliers is None:
                return None
            found = proved(program, result.x, result.multipliers)
            return found if found is not None and agree(found.bound, found.value, within) else None

        return believed(self._hot.ways(program), prove, seconds).proof


def first_stage(problem: Planning) -> Formulation:
    """Return the first stage of a problem, whose programs keep one layout."""
    steady = planning(problem.instance, problem.policy, problem.effects, steady=True)
    return formulate(steady, aims(steady)[0])


def prices(
    problem: Planning, places: Floats, limits: Limits, watch: Watch, but: Ints = _NOBODY
) -> tuple[PricedProgram, PricedProgram]:
    """Solve the first stage of a model: with every course free, and next to a plan.

    Parameters
    ----------
    places : array, shape (C, K)
        The plan.
    but : array of int, optional
        Decision columns that may open though they are 0 in the plan.

    Returns
    -------
    open, near : PricedProgram
        The relaxation, whose bounds hold for every plan, and the one with the same courses running
        as in the plan; for a plan in fractions of places they are the same.

    Raises
    ------
    NoPlanError, StoppedError
        If either could not be solved.
    """
    formulation = first_stage(problem)
    hot = PersistentProgram(limits, watch)
    watch.begin("prices: every course free")
    free = PricedProgram(formulation, hot, limits, watch)
    if not problem.policy.integer:
        return free, free
    return free, next_to_plan(formulation, places, limits, watch, hot, but)


def next_to_plan(
    formulation: Formulation,
    places: Floats,
    limits: Limits,
    watch: Watch,
    hot: PersistentProgram | None = None,
    but: Ints = _NOBODY,
) -> PricedProgram:
    """Solve a first stage next to a plan only, as the second of ``prices``."""
    watch.begin("prices: the same courses running")
    problem, hot = formulation.problem, hot or PersistentProgram(limits, watch)
    columns = problem.layout.to_columns(places) if problem.policy.integer else None
    return PricedProgram(formulation, hot, limits, watch, columns, but)
