"""What ranges are asked about: a stage, its targets, and how good an allocation must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.allocation.relaxation import Relaxation
from commission_opt.arrays import Floats, Ints
from commission_opt.certificate.certify import keeps_rules
from commission_opt.core.linear_program import LinearProgram
from commission_opt.explain.room.targets import Targets, admissible, with_totals
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.cohorts import outermost
from commission_opt.formulation.objectives import OBJECTIVES

_ROUNDING = 1e-9  # relative room over a cap


@dataclass(frozen=True, eq=False)
class Ground:
    """Everything that the ends of ranges follow from.

    Parameters
    ----------
    formulation : Formulation
        The first stage of the model.
    relaxation : Relaxation
        Solved, within the smallest cap.
    aims : Targets
    program : LinearProgram
        With a column for each target that is a total.
    columns : array of int, shape (m,)
        Of the targets in the program.
    caps : array, shape (e,)
        The most that the objective may be, rising, in units of the program.
    places : array, shape (n,), or None
        Decision columns of the plan, if it is in whole places.
    step, smallest : array, shape (m,)
        Numbers that a target can be in whole places.
    """

    formulation: Formulation
    relaxation: Relaxation
    aims: Targets
    program: LinearProgram
    columns: Ints
    caps: Floats
    places: Floats | None
    step: Floats
    smallest: Floats

    @property
    def whole(self) -> bool:
        """Whether places must be whole."""
        return self.places is not None

    def rounded(self, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """Round ends, shape (m, e), inwards to numbers that the targets can be."""
        if not self.whole:
            return low, high
        return outermost(low, high, self.step[:, None], self.smallest[:, None])

    def outermost(self, k: int, low: float, high: float) -> tuple[float, float]:
        """Round the ends of one target inwards to numbers that it can be."""
        if not self.whole:
            return low, high
        least, greatest = outermost(
            np.array([low]), np.array([high]), self.step[k : k + 1], self.smallest[k : k + 1]
        )
        return float(least[0]), float(greatest[0])

    def judged(self, x: Floats, *, whole: bool) -> tuple[float, bool]:
        """Judge decision columns by their places and what these lead to.

        Returns
        -------
        value : float
            The objective, in units of the program.
        kept : bool
            Whether every rule is kept, in whole places or else in fractions.
        """
        problem, aim = self.formulation.problem, self.formulation.aim
        if not whole:
            problem = replace(problem, policy=problem.policy.relaxed())
        places = problem.layout.to_places(x)
        result = problem.outcome(places)
        kept = keeps_rules(problem, result)
        return OBJECTIVES[aim.name].value(problem, result) / aim.scale, kept


def ground(
    formulation: Formulation,
    relaxation: Relaxation,
    aims: Targets,
    best: float,
    within: Sequence[float],
    places: Floats | None,
) -> Ground:
    """Put together what the ends of ranges follow from.

    Parameters
    ----------
    formulation : Formulation
    relaxation : Relaxation
    aims : Targets
    best : float
        The objective that tolerances are counted from, in its own unit.
    within : sequence of float
        Tolerances, rising, as shares of ``best``.
    places : array, shape (n,), or None
        Decision columns of a plan in whole places.
    """
    program = with_totals(formulation.program, aims)
    step, smallest = admissible(aims, formulation)
    columns = aims.columns % len(program.cost)
    caps = most(best, np.array(within)) / formulation.aim.scale
    return Ground(formulation, relaxation, aims, program, columns, caps, places, step, smallest)


def most(best: float, within: Floats) -> Floats:
    """Return the most that the objective may be, with room for rounding errors."""
    return np.asarray(best + within * abs(best) + _ROUNDING * max(1.0, abs(best)))
