"""The near-optimal allocations of a stage, and the targets whose ranges over them are asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from commission_opt.allocation.relaxation import Relaxation
from commission_opt.arrays import Floats, Ints
from commission_opt.certificate.certify import keeps_rules
from commission_opt.core.linear_program import LinearProgram
from commission_opt.explain.room.targets import Targets, admissible, with_totals
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.cohorts import outermost
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.parts import PLACES

_ROUNDING = 1e-9  # relative room over a cap


@dataclass(frozen=True, eq=False)
class NearOptimal:
    """Everything that the ends of ranges follow from.

    Parameters
    ----------
    formulation : Formulation
        The first stage of the model.
    relaxation : Relaxation
        Solved, within the smallest cap.
    targets : Targets
        m of them.
    best : float
        The objective that tolerances are counted from, in its own unit.
    within : tuple of float
        Tolerances, rising, as shares of ``best``; e of them.
    places : array, shape (n,), or None
        Decision columns of the plan, if it is in whole places.
    """

    formulation: Formulation
    relaxation: Relaxation
    targets: Targets
    best: float
    within: tuple[float, ...]
    places: Floats | None

    @property
    def whole(self) -> bool:
        """Whether places must be whole."""
        return self.places is not None

    @cached_property
    def program(self) -> LinearProgram:
        """The stage with a column for each target that is a total."""
        return with_totals(self.formulation.program, self.targets)

    @cached_property
    def columns(self) -> Ints:
        """Columns of the targets in the program, shape (m,)."""
        return self.targets.columns % len(self.program.cost)

    @cached_property
    def caps(self) -> Floats:
        """The most that the objective may be, in units of the program, shape (e,)."""
        most = self.best + np.array(self.within) * abs(self.best)
        most = most + _ROUNDING * max(1.0, abs(self.best))
        return np.asarray(most / self.formulation.aim.scale)

    @cached_property
    def numbers(self) -> tuple[Floats, Floats]:
        """Step and smallest number that a target can be in whole places, shape (m, 1) each."""
        step, smallest = admissible(self.targets, self.formulation)
        return step[:, None], smallest[:, None]

    def inwards(self, ends: Floats, k: int | slice) -> Floats:
        """Round the least and the most of targets to numbers that they can be.

        Parameters
        ----------
        ends : array, shape (2, e) or (2, m, e)
        k : int or slice
            Which targets.
        """
        if not self.whole:
            return ends
        step, smallest = self.numbers
        return np.stack(outermost(ends[0], ends[1], step[k], smallest[k]))

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
        result = problem.outcome(problem.layout.to_amounts(x))
        kept = keeps_rules(problem, result)
        return OBJECTIVES[aim.name].value(problem, result) / aim.scale, kept


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
