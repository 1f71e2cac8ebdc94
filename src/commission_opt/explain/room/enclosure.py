"""Ends of near-optimal ranges, enclosed from both sides by everything that is found on the way.

``V(v)``, the least objective with a target at v places, is convex in v. Any multipliers y of the
rows bound it from below by a line: with ``L`` the Lagrangian bound over the box and ``r`` the
reduced cost of the target's column, ``V(v) ≥ L + r·(v − l)`` for r > 0, l being the column's lower
end, and ``V(v) ≥ L + r·(v − u)`` for r < 0. Where the line passes the most that is allowed, no
allocation is left: an end that is proved, for every target and every tolerance from the same y. An
allocation that keeps the rules is within reach for every target at once.

So a target is held at the outermost number that is not excluded yet, and the objective minimised.
If the best is within the tolerance, that end is reached. If not, its multipliers exclude it and
more, and the next number is tried. As V is convex and made of finitely many lines, this ends.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.arrays import Floats, Ints
from commission_opt.certificate.trees import priced_cost
from commission_opt.core.linear_program import LinearProgram, lagrangian_bound
from commission_opt.explain.room.near_optimal import NearOptimal, capped, decision_columns
from commission_opt.solvers.highs import solve_linear
from commission_opt.solvers.persistent import PersistentProgram
from commission_opt.solvers.status import Limits, Result, Status, Watch

LOW, HIGH = 0, 1
OUTWARDS = (-1.0, 1.0)
NEAR = 1e-6  # places, relative, at which an end counts as reached
_SURE = 1e-6  # relative distance of bound and value at which a solve is believed
_INSIDE = 1e-7  # places, relative, by which a target is held inside of its end
_TRIES = 40


@dataclass(frozen=True, eq=False)
class Ends:
    """Least and most of m targets at e tolerances, each an array of shape (2, m, e).

    Parameters
    ----------
    proved : array
        No allocation within the tolerance has fewer, or more.
    reached : array
        An allocation within the tolerance has as many.
    by_plan : array
        The same of allocations in whole places.
    """

    proved: Floats
    reached: Floats
    by_plan: Floats

    def with_proved(self, ends: Floats) -> Ends:
        """Return tighter proved ends, of shape (2, m, e) or broadcast to it."""
        return replace(self, proved=_within(self.proved, ends))

    def with_reached(self, places: Floats, within: np.ndarray, *, whole: bool = False) -> Ends:
        """Return ends that reach as far as the totals of an allocation, where it is within."""
        totals = places[:, None]

        def further(ends: Floats) -> Floats:
            return np.where(within, _around(ends, np.stack([totals, totals])), ends)

        by_plan = further(self.by_plan) if whole else self.by_plan
        return replace(self, reached=further(self.reached), by_plan=by_plan)

    def merged(self, other: Ends) -> Ends:
        """Return what two enclosures know together."""
        return Ends(
            _within(self.proved, other.proved),
            _around(self.reached, other.reached),
            _around(self.by_plan, other.by_plan),
        )


def _within(a: Floats, b: Floats) -> Floats:
    return np.stack([np.maximum(a[LOW], b[LOW]), np.minimum(a[HIGH], b[HIGH])])


def _around(a: Floats, b: Floats) -> Floats:
    return np.stack([np.minimum(a[LOW], b[LOW]), np.maximum(a[HIGH], b[HIGH])])


def unknown_ends(low: Floats, high: Floats, tolerances: int) -> Ends:
    """Return ends that are only proved by the box of the targets, shape (m,), and not reached."""
    proved = np.repeat(np.stack([low, high])[:, :, None], tolerances, axis=2)
    nothing = np.stack([np.full(proved.shape[1:], -sign * np.inf) for sign in OUTWARDS])
    return Ends(proved, nothing, nothing)


def proved_by_prices(
    program: LinearProgram, columns: Ints, caps: Floats, multipliers: Floats
) -> Floats:
    """Return the ends that any multipliers prove for columns whose objective is capped.

    Parameters
    ----------
    program : LinearProgram
    columns : array of int, shape (m,)
    caps : array, shape (e,)
        The most that the objective may be, in units of the program.
    multipliers : array, shape (rows,)

    Returns
    -------
    array, shape (2, m, e)
        Least and most, infinite where nothing is proved beyond the box.
    """
    reduced = priced_cost(program, multipliers)[columns][:, None]
    room = caps - lagrangian_bound(program, multipliers)
    size = np.abs(reduced)
    reach = np.divide(room, size, out=np.full((len(reduced), len(room)), np.inf), where=size > 0)
    low = np.where(reduced < 0, program.upper[columns][:, None] - reach, -np.inf)
    high = np.where(reduced > 0, program.lower[columns][:, None] + reach, np.inf)
    return np.stack([low, high])


class Enclosure:
    """Ends of all targets, getting closer with every solve, and proved one by one.

    Parameters
    ----------
    near : NearOptimal
    hot : PersistentProgram
        Whose home is the program of ``near``.
    limits : Limits
        Of a solve that is repeated cold.
    watch : Watch
        Can stop between two solves.
    known : Ends, optional
        Known before; what plans in whole places reach is not taken over.

    Attributes
    ----------
    ends : Ends
    counts : Counter
        Of solves, by how they went.
    """

    def __init__(
        self,
        near: NearOptimal,
        hot: PersistentProgram,
        limits: Limits,
        watch: Watch,
        known: Ends | None = None,
    ) -> None:
        self.near, self._hot, self._limits, self._watch = near, hot, limits, watch
        self.counts: Counter[str] = Counter()
        program, columns = near.program, near.columns
        unknown = unknown_ends(program.lower[columns], program.upper[columns], len(near.caps))
        self.ends = unknown
        if known is not None:
            self.ends = replace(unknown.merged(known), by_plan=unknown.by_plan)
        multipliers = near.relaxation.multipliers
        totals = len(program.row_lower) - len(multipliers)
        self._base = near.relaxation.columns
        self._base_value, _ = near.judged(self._base, whole=False)
        self._price(np.pad(multipliers, (0, totals)))
        self._reach(self._base)

    def open(self, k: int, side: int, e: int) -> bool:
        """Say whether an end is still to be reached, or to be excluded."""
        number = self.outermost(k, side, e)
        apart = OUTWARDS[side] * (number - self.ends.reached[side, k, e])
        return bool(apart > NEAR * max(1.0, abs(number)))

    def outermost(self, k: int, side: int, e: int) -> float:
        """Return the outermost number of a target that is not excluded."""
        return float(self.near.inwards(self.ends.proved[:, k], k)[side, e])

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
        self._hot.back()
        for e in range(len(self.near.caps)):
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
        near = self.near
        if not near.whole:  # as good as the end, and not beyond what the rules allow
            number -= OUTWARDS[side] * _INSIDE * max(1.0, abs(number))
        lower, upper = near.program.lower.copy(), near.program.upper.copy()
        lower[near.columns[k]] = upper[near.columns[k]] = number
        program = replace(near.program, lower=lower, upper=upper)
        result, _ = self._hot.solve(program, self._limits.seconds)
        self.counts["solves"] += 1
        if result.status == Status.INFEASIBLE:
            self.counts["by the rules alone"] += 1
            program = _outwards(near.program, int(near.columns[k]), side)
            result, _ = self._hot.solve(program, self._limits.seconds)
            self._bound(k, side, slice(None), program, result)
            return None
        if not self._believed(program, result):
            self.counts["repeated cold"] += 1
            self._hot.forget()
            result = solve_linear(program, self._limits, self._watch.inner())
            self._believed(program, result)
        return None if result.x is None else decision_columns(near.program, result.x)

    def take(self, plan: Floats) -> None:
        """Take decision columns in whole places as reached, if they keep the rules."""
        value, kept = self.near.judged(plan, whole=True)
        if kept:
            totals = self.near.targets.weights @ plan
            self.ends = self.ends.with_reached(totals, value <= self.near.caps, whole=True)

    def _believed(self, program: LinearProgram, result: Result) -> bool:
        """Take what a solve shows; say whether its bound is near its value."""
        if result.x is None or result.multipliers is None:
            return False
        value = self._reach(decision_columns(program, result.x))
        self._price(result.multipliers)
        bound = lagrangian_bound(program, result.multipliers)
        return abs(bound - value) <= _SURE * max(1.0, abs(value))

    def _go(self, k: int, side: int, e: int) -> None:
        """Go as far as a tolerance allows, with the cap as a row, cold."""
        near = self.near
        self.counts["with the cap as a row"] += 1
        program = capped(near.program, float(near.caps[e]))
        program = _outwards(program, int(near.columns[k]), side)
        result = solve_linear(program, self._limits, self._watch.inner())
        self._bound(k, side, slice(e, e + 1), program, result)
        if result.x is not None:
            self._reach(decision_columns(near.program, result.x))

    def _bound(
        self, k: int, side: int, where: slice, program: LinearProgram, result: Result
    ) -> None:
        """Take the bound on one target that a program with that target as its cost proves."""
        if result.multipliers is not None:
            bound = lagrangian_bound(program, result.multipliers)
            ends = self.ends.proved.copy()
            ends[side, k, where] = -OUTWARDS[side] * bound
            self.ends = self.ends.with_proved(ends)

    def _price(self, multipliers: Floats) -> None:
        near = self.near
        self.ends = self.ends.with_proved(
            proved_by_prices(near.program, near.columns, near.caps, multipliers)
        )

    def _reach(self, x: Floats) -> float:
        """Take decision columns as reached, or as much of the way to them as the caps allow."""
        near = self.near
        value, kept = near.judged(x, whole=False)
        if not kept:
            self.counts["broke a rule"] += 1
            return value
        within = value <= near.caps
        self.ends = self.ends.with_reached(near.targets.weights @ x, within)
        for e in np.flatnonzero(~within & (self._base_value <= near.caps)):
            # Rules are linear and the objective is convex: what lies between two such is such.
            part = (near.caps[e] - self._base_value) / (value - self._base_value)
            between = self._base + part * (x - self._base)
            only = np.arange(len(near.caps)) == e
            self.ends = self.ends.with_reached(near.targets.weights @ between, only)
        return value


def _outwards(program: LinearProgram, column: int, side: int) -> LinearProgram:
    """Return the program whose least value is the least of a column, or minus its greatest."""
    cost = np.zeros_like(program.cost)
    cost[column] = -OUTWARDS[side]
    return replace(program, cost=cost, offset=0.0)
