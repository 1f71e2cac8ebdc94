"""Plans in whole places that reach an end: a plan moved there, and mended by the package's search.

Some courses are set to given numbers and stay there. The plan's other courses give way where a
rule is broken, and take up what gains, step by step; a plan that is found is checked from its
places alone.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from commission_opt.allocation.improve import mended
from commission_opt.allocation.search.landscape import landscape
from commission_opt.allocation.search.nudge import nudged
from commission_opt.allocation.search.state import State
from commission_opt.allocation.task import Task
from commission_opt.arrays import Floats, Ints
from commission_opt.explain.room.ground import Ground
from commission_opt.formulation.cohorts import outermost
from commission_opt.formulation.parts import PLACES
from commission_opt.solvers.status import Limits, Watch

_SECONDS = 0.5  # to mend by branch and bound


class Mover:
    """Moves a plan to where it is asked to be, in whole places.

    Parameters
    ----------
    ground : Ground
    limits : Limits
    watch : Watch
    """

    def __init__(self, ground: Ground, limits: Limits, watch: Watch) -> None:
        self._ground, self._limits, self._watch = ground, limits, watch
        assert ground.places is not None, "the plan is in whole places"
        self._plan = ground.places
        land = landscape(ground.formulation, ground.relaxation.multipliers)
        self._state = None if land is None else State(land, self._plan)

    def moved(self, held: Ints, numbers: Floats, good: float, *, thorough: bool) -> Floats | None:
        """Return admissible decision columns with some of them held that keep every rule.

        Parameters
        ----------
        held : array of int
            Columns that are held.
        numbers : array
            Admissible numbers, one for each.
        good : float
            Value of the objective that is good enough, in units of the program.
        thorough : bool
            Whether chains of steps, and branch and bound, are tried too.

        Returns
        -------
        array, shape (n,), or None
            None if nothing was found that keeps every row.
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
        return self._mended(x, held)

    def _mended(self, x: Floats, held: Ints) -> Floats | None:
        program = self._ground.formulation.program
        lower, upper = program.lower.copy(), program.upper.copy()
        lower[held] = upper[held] = x[held]
        formulation = replace(
            self._ground.formulation, program=replace(program, lower=lower, upper=upper)
        )
        task = Task(
            formulation, self._ground.relaxation, self._limits, self._watch.inner(), _SECONDS
        )
        return mended(task, x)


def nearest(ground: Ground, x: Floats, columns: Ints, *, up: bool) -> Floats:
    """Round decision columns to the next admissible numbers, all up or all down where possible."""
    program = ground.formulation.program
    places = program.columns[PLACES]
    lower, upper = program.lower[places][columns], program.upper[places][columns]
    step, smallest = ground.formulation.step[columns], ground.formulation.smallest[columns]
    least, greatest = outermost(x[columns], np.minimum(x[columns], upper), step, smallest)
    return np.clip(least if up else greatest, lower, upper)
