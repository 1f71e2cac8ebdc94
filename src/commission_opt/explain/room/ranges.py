"""How far amounts move in plans that are nearly as good, in fractions and whole.

A plan in whole places reaches an end where some courses are set to given numbers and stay there:
the others give way where a rule is broken, and take up what gains, step by step. A plan that is
found is checked from its places alone.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from commission_opt.allocation.improve import mended
from commission_opt.allocation.search.landscape import landscape
from commission_opt.allocation.search.nudge import nudged
from commission_opt.allocation.search.state import State
from commission_opt.allocation.task import Task
from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.errors import CommissionOptError
from commission_opt.explain.room.enclosure import (
    HIGH,
    LOW,
    NEAR,
    OUTWARDS,
    SIGNS,
    Enclosure,
    Ends,
    unknown_ends,
)
from commission_opt.explain.room.near_optimal import PATIENCE, NearOptimal, near_optimal
from commission_opt.formulation.cohorts import outermost
from commission_opt.formulation.parts import PLACES
from commission_opt.plan.read import StoredPlan
from commission_opt.solvers.status import Limits, Watch
from commission_opt.workers.executor import Failure, in_turn
from commission_opt.workers.processes import local

_SECONDS = 0.5  # to mend by branch and bound
_HALVES = 3  # further numbers of a line that are tried where no plan reaches an end; of a total, 1
WITHIN = (0.001, 0.01, 0.05)
_ALONE = 2_000_000  # targets times coefficients below which one process is quicker
_CHUNK = 12  # targets worked on at a time


class Mover:
    """Moves a plan in whole places to the ends that an enclosure has proved, and tells it."""

    def __init__(self, enclosure: Enclosure, limits: Limits, watch: Watch) -> None:
        near = enclosure.near
        self._enclosure, self._near, self._limits, self._watch = enclosure, near, limits, watch
        assert near.places is not None, "the plan is in whole places"
        self._plan = near.places
        land = landscape(near.formulation, near.relaxation.multipliers, near.relaxation.deployed)
        self._state = None if land is None else State(land, self._plan)
        enclosure.take(self._plan)

    def reach(self, k: int, side: int, end: float, *, thorough: bool) -> None:
        """Look for plans in whole places as near to an end as they come, at every tolerance.

        If not ``thorough``, look quickly at the outermost number that is not excluded.
        """
        near, enclosure, outwards = self._near, self._enclosure, SIGNS[side]
        single, target = near.targets.single[k], near.targets.weights[[k]]
        held = near.targets.counted(k)
        if not thorough and not single:
            return
        for e in range(len(near.caps) if thorough else 1):
            aim = np.array([enclosure.outermost(k, side, e)])
            if outwards * aim[0] - enclosure.ends.by_plan[side, k, e] <= NEAR:
                continue
            if not single:
                x = enclosure.drive(k, side, e)
                if x is None:
                    continue
                aim = x[held]
            for _ in range(1 + (_HALVES if single else 1) * thorough):
                numbers = _nearest(near, aim, held, up=side == LOW)
                total, reached = float(target.data @ numbers), enclosure.ends.by_plan[side, k, e]
                late = thorough and (time.time() >= end or self._watch.stopped)
                if outwards * total - reached <= NEAR or late:
                    break
                plan = self.moved(held, numbers, float(near.caps[e]), thorough=thorough)
                if plan is not None:
                    enclosure.take(plan)
                there = outwards * enclosure.ends.by_plan[side, k, e]
                aim = (numbers + (there if single else self._plan[held])) / 2

    def moved(self, held: Ints, numbers: Floats, good: float, *, thorough: bool) -> Floats | None:
        """Return admissible decision columns that keep every rule; None if none were found.

        Some are ``held`` at admissible numbers. ``good`` is a value of the objective, in units of
        the program, that is good enough. If ``thorough``, chains of steps, and branch and bound,
        are tried too.
        """
        if self._state is not None:
            state = self._state.held(held, numbers)
            nudged(state, good, chains=thorough)
            if state.violation == 0.0:
                return state.x
        if not thorough:
            return None
        x = self._plan.copy()
        x[held] = numbers
        program = self._near.formulation.program
        lower, upper = program.lower.copy(), program.upper.copy()
        lower[held] = upper[held] = numbers
        formulation = replace(
            self._near.formulation, program=replace(program, lower=lower, upper=upper)
        )
        watch = self._watch.inner()
        return mended(Task(formulation, self._near.relaxation, self._limits, watch, _SECONDS), x)


def _nearest(near: NearOptimal, numbers: Floats, columns: Ints, *, up: bool) -> Floats:
    """Round numbers to the next admissible ones, all up or all down where possible."""
    formulation, program = near.formulation, near.formulation.program
    places = program.columns[PLACES]
    lower, upper = program.lower[places][columns], program.upper[places][columns]
    step, smallest = formulation.step[columns], formulation.smallest[columns]
    least, greatest = outermost(numbers, np.minimum(numbers, upper), step, smallest)
    return np.clip(least if up else greatest, lower, upper)


@dataclass(frozen=True, eq=False)
class Ranges:
    """The ranges of m targets at e tolerances.

    Parameters
    ----------
    proved, reached : array, shape (2, m, e)
        Least and most: ends rounded inwards to numbers that can be, and what is reached by places
        of the kind that the plan has, whole or not.
    fractions : array, shape (2, m, e)
        What is reached in fractions of places.
    done : array of bool, shape (m,)
        Whether a target's ends were worked out within the time.
    looked : array of bool, shape (m,)
        Whether plans in whole places, if the plan is one, were looked for at its ends too.
    """

    near: NearOptimal
    plan: StoredPlan
    proved: Floats
    reached: Floats
    fractions: Floats
    done: Bools
    looked: Bools

    @property
    def now(self) -> Floats:
        """The number of each target in the plan."""
        layout = self.plan.problem.layout
        return np.asarray(self.near.targets.weights @ layout.to_columns(self.plan.amounts))


def ranges(
    plan: StoredPlan,
    within: Sequence[float] = WITHIN,
    lines: Ints | None = None,
    *,
    totals: bool = False,
    seconds: float = 120.0,
    jobs: int = 1,
    watch: Watch | None = None,
) -> Ranges:
    """Find the near-optimal ranges of some lines or all; ``room`` says what is given and raised."""
    end, watch = time.time() + seconds, watch or Watch()
    limits = Limits(seconds=max(seconds, PATIENCE))
    watch.begin("room to move: relaxation")
    lines = np.arange(plan.problem.layout.n_lines) if lines is None else lines
    near = near_optimal(plan, lines, within, limits, watch, totals=totals)
    ends = _worked(near, limits, end, jobs, watch)
    proved = near.inwards(OUTWARDS * ends.proved, slice(None))
    fractions = OUTWARDS * ends.reached
    reached = OUTWARDS * ends.by_plan if near.whole else fractions
    # Ends that meet within rounding errors are one.
    meet = np.abs(proved - reached) <= NEAR * np.maximum(1.0, np.abs(proved))
    looked = ends.looked if near.whole else ends.done
    proved = np.where(meet, reached, proved)
    return Ranges(near, plan, proved, reached, fractions, ends.done, looked)


def _worked(near: NearOptimal, limits: Limits, end: float, jobs: int, watch: Watch) -> Ends:
    """Work on all targets, in chunks, here or in processes: first ends, then whole places."""
    count = len(near.targets)
    chunks = [range(i, min(i + _CHUNK, count)) for i in range(0, count, _CHUNK)]
    start = Enclosure(near, limits, watch, unknown_ends(near.box, len(near.caps)))
    start.begin()
    ends = start.ends
    small = count * near.formulation.program.matrix.nnz < _ALONE
    here = jobs == 1 or small or len(chunks) == 1
    execute = in_turn if here else local(min(jobs, len(chunks)))
    work = partial(_found, near, limits, end, watch)
    if not here:  # what was worked out from the problem is worked out again there
        work = partial(_found, replace(near), limits, end, None)
    for what in ("ranges", "plans in whole places")[: 1 + near.whole]:
        watch.begin(f"{what}: 0 of {count}")
        parts = [(chunk, ends, what != "ranges") for chunk in chunks]
        for k, (_, some) in enumerate(execute(work, dict(enumerate(parts)), watch)):
            if isinstance(some, Failure):
                raise CommissionOptError(f"some ranges could not be worked out: {some.reason}")
            ends = ends.merged(some)
            watch.begin(f"{what}: {min((k + 1) * _CHUNK, count)} of {count}")
    return ends


def _found(
    near: NearOptimal,
    limits: Limits,
    end: float,
    watch: Watch | None,
    part: tuple[Sequence[int], Ends, bool],
) -> Ends:
    """Seek ends of some targets, or plans in whole places at them; a solve tells of all."""
    positions, known, whole = part
    watch = watch or Watch()
    enclosure = Enclosure(near, limits, watch, known)
    mover = Mover(enclosure, limits, watch) if near.whole else None
    sought = np.zeros(len(near.targets), dtype=bool)
    for k in positions:
        for side in (LOW, HIGH):
            if mover is not None:
                mover.reach(k, side, end, thorough=whole)
            if not whole:
                enclosure.settle(k, side, end)
        if time.time() >= end or watch.stopped:
            break
        sought[k] = True
    return replace(enclosure.ends, **{"looked" if whole else "done": sought})
