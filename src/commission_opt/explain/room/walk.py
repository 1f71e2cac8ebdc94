"""The ends of the ranges of some targets, in fractions of places: hot, and proved one by one.

A target is held at the outermost number that is not excluded yet, and the objective minimised.
If the best is within the tolerance, that end is reached. If not, its multipliers exclude it and
more, and the next number is tried. As V is convex and made of finitely many lines, this ends.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram, lagrangian_bound
from commission_opt.explain.room.base import Base
from commission_opt.explain.room.enclosure import proved_by_prices, unknown_ends
from commission_opt.explain.room.ground import Ground
from commission_opt.formulation.parts import PLACES
from commission_opt.solvers.highs import solve_linear
from commission_opt.solvers.status import Limits, Result, Status, Watch

LOW, HIGH = 0, 1
NEAR = 1e-6  # places, relative, at which an end counts as reached
_SURE = 1e-6  # relative distance of bound and value at which a solve is believed
_INSIDE = 1e-7  # places, relative, by which a target is held inside of its end
_TRIES = 40


class Walk:
    """Ends of all targets of a ground, getting closer with every solve.

    Parameters
    ----------
    ground : Ground
    base : Base
        Of the ground's program.
    limits : Limits
        Of a solve that is repeated cold.
    watch : Watch
        Can stop between two solves.

    Attributes
    ----------
    ends : Ends
    counts : Counter
        Of solves, by how they went.
    """

    def __init__(self, ground: Ground, base: Base, limits: Limits, watch: Watch) -> None:
        self.ground, self._solver = ground, base
        self._limits, self._watch = limits, watch
        program, columns = ground.program, ground.columns
        low, high = program.lower[columns], program.upper[columns]
        self.ends = unknown_ends(low, high, len(ground.caps))
        self.counts: Counter[str] = Counter()
        self._base = ground.relaxation.columns
        self._base_value, _ = ground.judged(self._base, whole=False)
        self._price(_extended(ground.relaxation.multipliers, program))
        self._reach(self._base)

    def open(self, k: int, side: int, e: int) -> bool:
        """Say whether an end is still to be reached, or to be excluded."""
        ends = self.ends
        number = self.outermost(k, side, e)
        near = NEAR * max(1.0, abs(number))
        if side == LOW:
            return bool(number < ends.reached_low[k, e] - near)
        return bool(number > ends.reached_high[k, e] + near)

    def outermost(self, k: int, side: int, e: int) -> float:
        """Return the outermost number of a target that is not excluded."""
        ends = self.ends
        return self.ground.outermost(k, ends.proved_low[k, e], ends.proved_high[k, e])[side]

    def settle(self, k: int, side: int, end: float) -> None:
        """Find one end of a target at every tolerance.

        Parameters
        ----------
        k : int
            Position of the target.
        side : {LOW, HIGH}
        end : float
            When to stop, on the clock of ``time.time``.
        """
        self._solver.back()
        for e in range(len(self.ground.caps)):
            for _ in range(_TRIES):
                if not self.open(k, side, e) or time.time() >= end or self._watch.stopped:
                    break
                before = self.outermost(k, side, e)
                self.hold(k, side, before)
                if self.open(k, side, e) and self.outermost(k, side, e) == before:
                    self._go(k, side, e)
                    break
            else:
                self._go(k, side, e)

    def hold(self, k: int, side: int, number: float) -> Floats | None:
        """Minimise the objective with a target held, and learn from what comes of it.

        Returns
        -------
        array, shape (n,), or None
            The decision columns found.
        """
        ground = self.ground
        if not ground.whole:  # as good as the end, and not beyond what the rules allow
            number += _INSIDE * max(1.0, abs(number)) * (1.0 if side == LOW else -1.0)
        program = _held(ground.program, int(ground.columns[k]), number)
        result = self._solver.solve(program)
        self.counts["solves"] += 1
        if result.status == Status.INFEASIBLE:
            self._far(k, side)
            return None
        if not self._believed(program, result):
            self.counts["repeated cold"] += 1
            self._solver.forget()
            result = solve_linear(program, self._limits, self._watch.inner())
            self._believed(program, result)
        return None if result.x is None else decision_columns(ground.program, result.x)

    def _believed(self, program: LinearProgram, result: Result) -> bool:
        """Take what a solve shows; say whether its bound is near its value."""
        if result.x is None or result.multipliers is None:
            return False
        value = self._reach(decision_columns(program, result.x))
        self._price(result.multipliers)
        bound = lagrangian_bound(program, result.multipliers)
        return abs(bound - value) <= _SURE * max(1.0, abs(value))

    def _far(self, k: int, side: int) -> None:
        """Prove how far a target may go by the rules alone."""
        ground = self.ground
        self.counts["by the rules alone"] += 1
        program = _outwards(ground.program, int(ground.columns[k]), side)
        result = self._solver.solve(program)
        self._bound(k, side, slice(None), program, result)

    def _go(self, k: int, side: int, e: int) -> None:
        """Go as far as a tolerance allows, with the cap as a row, cold."""
        ground = self.ground
        self.counts["with the cap as a row"] += 1
        program = capped(ground.program, float(ground.caps[e]))
        program = _outwards(program, int(ground.columns[k]), side)
        result = solve_linear(program, self._limits, self._watch.inner())
        self._bound(k, side, slice(e, e + 1), program, result)
        if result.x is not None:
            self._reach(decision_columns(ground.program, result.x))

    def _bound(
        self, k: int, side: int, where: slice, program: LinearProgram, result: Result
    ) -> None:
        """Take the bound on one target that a program with that target as its cost proves."""
        if result.multipliers is None:
            return
        bound = lagrangian_bound(program, result.multipliers)
        shape = self.ends.proved_low.shape
        low, high = np.full(shape, -np.inf), np.full(shape, np.inf)
        if side == LOW:
            low[k, where] = bound
        else:
            high[k, where] = -bound
        self.ends = self.ends.with_proved(low, high)

    def _price(self, multipliers: Floats) -> None:
        ground = self.ground
        self.ends = self.ends.with_proved(
            *proved_by_prices(ground.program, ground.columns, ground.caps, multipliers)
        )

    def _reach(self, x: Floats) -> float:
        """Take decision columns as reached, or as much of the way to them as the caps allow."""
        ground = self.ground
        value, kept = ground.judged(x, whole=False)
        if not kept:
            self.counts["broke a rule"] += 1
            return value
        within = value <= ground.caps
        self.ends = self.ends.with_reached(ground.aims.weights @ x, within)
        for e in np.flatnonzero(~within & (self._base_value <= ground.caps)):
            # Rules are linear and the objective is convex: what lies between two such is such.
            part = (ground.caps[e] - self._base_value) / (value - self._base_value)
            between = self._base + part * (x - self._base)
            only = np.arange(len(ground.caps)) == e
            self.ends = self.ends.with_reached(ground.aims.weights @ between, only)
        return value


def _held(program: LinearProgram, column: int, number: float) -> LinearProgram:
    lower, upper = program.lower.copy(), program.upper.copy()
    lower[column] = upper[column] = number
    return replace(program, lower=lower, upper=upper)


def _outwards(program: LinearProgram, column: int, side: int) -> LinearProgram:
    """Return the program whose least value is the least of a column, or minus its greatest."""
    cost = np.zeros_like(program.cost)
    cost[column] = 1.0 if side == LOW else -1.0
    return replace(program, cost=cost, offset=0.0)


def capped(program: LinearProgram, cap: float) -> LinearProgram:
    """Return the program with its objective held at a cap, by a row."""
    row = sparse.csr_array(program.cost[None, :])
    return replace(
        program,
        matrix=sparse.csc_array(sparse.vstack([program.matrix, row])),
        row_lower=np.append(program.row_lower, -np.inf),
        row_upper=np.append(program.row_upper, cap - program.offset),
    )


def decision_columns(program: LinearProgram, x: Floats) -> Floats:
    """Return the decision columns of a point, within their box."""
    places = program.columns[PLACES]
    return np.asarray(np.clip(x[places], program.lower[places], program.upper[places]))


def _extended(multipliers: Floats, program: LinearProgram) -> Floats:
    """Return multipliers of the stage's rows with 0 for the rows of totals."""
    return np.pad(multipliers, (0, len(program.row_lower) - len(multipliers)))
