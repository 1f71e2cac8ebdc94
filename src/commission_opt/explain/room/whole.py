"""Plans in whole places that reach an end: a plan moved there, and mended by the package's search.

Some courses are set to given numbers and stay there. The plan's other courses give way where a
rule is broken, and take up what gains, step by step; a plan that is found is checked from its
places alone.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from commission_opt.allocation.improve import mended
from commission_opt.allocation.search.landscape import landscape
from commission_opt.allocation.search.nudge import nudged
from commission_opt.allocation.search.state import State
from commission_opt.allocation.task import Task
from commission_opt.arrays import Floats, Ints
from commission_opt.explain.room.enclosure import LOW, NEAR, SIGNS, Enclosure
from commission_opt.explain.room.near_optimal import NearOptimal
from commission_opt.formulation.cohorts import outermost
from commission_opt.formulation.parts import PLACES
from commission_opt.solvers.status import Limits, Watch

_SECONDS = 0.5  # to mend by branch and bound
_HALVES = 3  # further numbers of a line that are tried where no plan reaches an end; of a total, 1


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
