"""Ends of near-optimal ranges, enclosed from both sides by everything that is found on the way.

A target is driven outwards over the allocations whose objective is within a cap, which is a row of
the program, from where the last solve ended. Its multipliers prove that nothing lies beyond.

They prove more: divided by the one of the cap, they are multipliers y of the stage itself. With
``L`` the Lagrangian bound over the box and ``r`` the reduced cost of a column in ``[l, u]``, an
allocation with ``v`` there is no better than ``L + r·(v − l)`` for r > 0, and ``L + r·(v − u)`` for
r < 0. Where that passes the most that is allowed, no allocation is left: an end that is proved, for
every column and every tolerance. An allocation that keeps the rules is within reach for all too.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.certificate.trees import priced_cost
from commission_opt.core.linear_program import LinearProgram, lagrangian_bound
from commission_opt.explain.room.near_optimal import NearOptimal, decision_columns
from commission_opt.solvers.believed import believed
from commission_opt.solvers.persistent import PersistentProgram
from commission_opt.solvers.status import Limits, Result, Watch

LOW, HIGH = 0, 1
SIGNS = (-1.0, 1.0)  # outwards
OUTWARDS = np.array(SIGNS)[:, None, None]
NEAR = 1e-6  # places, relative, at which an end counts as reached


@dataclass(frozen=True, eq=False)
class Ends:
    """How far outwards m targets go at e tolerances, the least of each counted as its negative.

    So what is proved only falls and what is reached only rises, on either side.

    Parameters
    ----------
    proved : array, shape (2, m, e)
        No allocation within the tolerance goes further.
    reached, by_plan : array, shape (2, m, e)
        An allocation within the tolerance goes as far, and one in whole places.
    done, looked : array of bool, shape (m,)
        Whether a target's ends were sought to the end, and plans in whole places at them.
    """

    proved: Floats
    reached: Floats
    by_plan: Floats
    done: Bools
    looked: Bools

    def merged(self, other: Ends) -> Ends:
        """Return what is known together."""
        return Ends(
            np.minimum(self.proved, other.proved),
            np.maximum(self.reached, other.reached),
            np.maximum(self.by_plan, other.by_plan),
            self.done | other.done,
            self.looked | other.looked,
        )


def unknown_ends(box: Floats, tolerances: int) -> Ends:
    """Return ends that are only proved by the box of the targets, shape (2, m), and not reached."""
    proved = np.repeat(OUTWARDS * box[:, :, None], tolerances, axis=2)
    nothing, no = np.full(proved.shape, -np.inf), np.zeros(box.shape[1], dtype=bool)
    return Ends(proved, nothing, nothing, no, no)


def proved_by_prices(
    program: LinearProgram, columns: Ints, caps: Floats, multipliers: Floats
) -> Floats:
    """Return how far outwards any multipliers let columns go whose objective is capped.

    Parameters
    ----------
    columns : array of int, shape (m,)
    caps : array, shape (e,)
        The most that the objective may be, in units of the program.
    multipliers : array, shape (rows,)

    Returns
    -------
    array, shape (2, m, e)
        As in ``Ends``; infinite where nothing is proved.
    """
    reduced = priced_cost(program, multipliers)[columns][:, None]
    room = caps - lagrangian_bound(program, multipliers)
    size = np.abs(reduced)
    reach = np.divide(room, size, out=np.full((len(reduced), len(room)), np.inf), where=size > 0)
    low = np.where(reduced < 0, reach - program.upper[columns][:, None], np.inf)
    high = np.where(reduced > 0, reach + program.lower[columns][:, None], np.inf)
    return np.stack([low, high])


class Enclosure:
    """Ends of all targets, getting closer with every solve, and proved one by one.

    Limits are those of each solve; the watch can stop between two. ``ends`` starts from what is
    known before.
    """

    def __init__(self, near: NearOptimal, limits: Limits, watch: Watch, known: Ends) -> None:
        self.near, self.ends = near, known
        self._limits, self._watch, self._hot = limits, watch, PersistentProgram(limits)
        self._base = near.relaxation.columns
        self._base_value, _ = near.judged(self._base, whole=False)

    def begin(self) -> None:
        """Learn from the relaxation."""
        self._price(self.near.relaxation.multipliers)
        self._reach(self._base)

    def open(self, k: int, side: int, e: int) -> bool:
        """Say whether an end is still to be reached, or to be excluded."""
        number = SIGNS[side] * self.outermost(k, side, e)
        return bool(number - self.ends.reached[side, k, e] > NEAR * max(1.0, abs(number)))

    def outermost(self, k: int, side: int, e: int) -> float:
        """Return the outermost number of a target that is not excluded."""
        return float(self.near.inwards(OUTWARDS[:, 0] * self.ends.proved[:, k], k)[side, e])

    def settle(self, k: int, side: int, end: float) -> None:
        """Find the end of the k-th target on a side at every tolerance, until ``time.time``."""
        for e in range(len(self.near.caps)):
            if self.open(k, side, e) and time.time() < end and not self._watch.stopped:
                self.drive(k, side, e)

    def drive(self, k: int, side: int, e: int) -> Floats | None:
        """Drive a target outwards as far as a tolerance allows, learn, and return the columns."""
        program = self.near.driven(k, -SIGNS[side], e)

        def learn(result: Result, _: float) -> bool | None:
            """Take what a solve shows; say nothing while the end is open."""
            if result.x is None or result.multipliers is None:
                return None
            self._reach(decision_columns(program, result.x))
            y = result.multipliers
            cap = float(y[-1])
            proved = self.ends.proved.copy()
            of = slice(None) if cap == 0.0 else e  # what the rules alone prove holds for every cap
            proved[side, k, of] = np.minimum(proved[side, k, of], -lagrangian_bound(program, y))
            self.ends = replace(self.ends, proved=proved)
            if cap < 0.0:
                self._price(y[:-1] / -cap)
            return not self.open(k, side, e) or None

        x = believed(self._hot.ways(program), learn, self._limits.seconds).result.x
        return None if x is None else decision_columns(program, x)

    def take(self, plan: Floats) -> None:
        """Take decision columns in whole places as reached, if they keep the rules."""
        value, kept = self.near.judged(plan, whole=True)
        if kept:
            self._take(plan, value <= self.near.caps)
            ends = OUTWARDS * (self.near.targets.weights @ plan)[:, None]
            further = np.where(value <= self.near.caps, ends, -np.inf)
            self.ends = replace(self.ends, by_plan=np.maximum(self.ends.by_plan, further))

    def _price(self, multipliers: Floats) -> None:
        """Take what multipliers of the stage prove of the targets that are columns of it."""
        near, single = self.near, self.near.targets.single
        columns = near.targets.weights[single].indices.astype(np.int64)
        found = proved_by_prices(near.formulation.program, columns, near.caps, multipliers)
        proved = self.ends.proved.copy()
        proved[:, single] = np.minimum(proved[:, single], found)
        self.ends = replace(self.ends, proved=proved)

    def _reach(self, x: Floats) -> None:
        """Take decision columns as reached, or as much of the way to them as the caps allow."""
        near = self.near
        value, kept = near.judged(x, whole=False)
        if not kept:
            return
        within = value <= near.caps
        self._take(x, within)
        for e in np.flatnonzero(~within & (self._base_value <= near.caps)):
            # Rules are linear and the objective is convex: what lies between two such is such.
            part = (near.caps[e] - self._base_value) / (value - self._base_value)
            between = self._base + part * (x - self._base)
            self._take(between, np.arange(len(near.caps)) == e)

    def _take(self, x: Floats, within: Bools) -> None:
        """Take decision columns as reached where they are within."""
        ends = OUTWARDS * (self.near.targets.weights @ x)[:, None]
        reached = np.maximum(self.ends.reached, np.where(within, ends, -np.inf))
        self.ends = replace(self.ends, reached=reached)
