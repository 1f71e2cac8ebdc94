"""A course or a measure in a commissioning year of a plan, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.explain.margins.prices import PricedProgram
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import year_ends

MOVED = 1e-4  # places that count as moved
BETWEEN = "between its own limits"
_MET = 1e-6
_ENDS = {  # at the most, at the fewest, and at none
    "course": ("full: capacity", "its smallest cohort", "closed"),
    "measure": ("the most there is", "its least amount", "none bought"),
}


@dataclass(frozen=True, eq=False)
class Subject:
    """A line in a commissioning year of a plan, with the prices next to it.

    Parameters
    ----------
    free : PricedProgram
        The relaxation, every course free within its own limits.
    near : PricedProgram
        The program next to the plan, with the same courses running.
    amounts : array, shape (L, K)
        The plan.
    line, k : int
        Positions of the line and of the commissioning year.
    column : int
        Position of its decision.
    """

    free: PricedProgram
    near: PricedProgram
    amounts: Floats
    line: int
    k: int
    column: int

    @property
    def problem(self) -> Planning:
        """The instance under its model."""
        return self.near.formulation.problem

    @property
    def year(self) -> int:
        """The financial year."""
        return self.problem.instance.first_year + self.k

    @property
    def row(self) -> pd.Series:
        """The row of the line in ``Instance.lines``."""
        return self.problem.instance.lines.iloc[self.line]

    @property
    def is_course(self) -> bool:
        """Whether it is a course, and no measure."""
        return self.line < len(self.problem.instance.courses)

    @property
    def called(self) -> str:
        """What it is: a ``course`` or a ``measure``."""
        return "course" if self.is_course else "measure"

    @property
    def one(self) -> str:
        """What is bought of it: a ``place`` or a ``unit``."""
        return "place" if self.is_course else "unit"

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that name a line in tables."""
        return ("line", "kind") if len(self.problem.instance.measures) else ("course",)

    @property
    def cost(self) -> str:
        """What its cost is called."""
        return f"cost per {'student' if self.is_course else 'unit'}"

    @property
    def now(self) -> float:
        """Places or units in the plan."""
        return float(self.amounts[self.line, self.k])

    @property
    def step(self) -> float:
        """Its step, places or units."""
        return float(self.problem.cohorts.step[self.line])

    @property
    def unit(self) -> str:
        """Unit of the first objective."""
        return first_objective(self.problem.policy).unit

    def stands(self, k: int) -> str:
        """Say at which of its own limits the line stands in a year of the plan."""
        program, layout = self.free.program, self.problem.layout
        at = int(layout.column(self.line, k))
        x, capacity = self.amounts[self.line, k], self.problem.cohorts.capacity[self.line]
        smallest = self.problem.cohorts.smallest[self.line]
        full, fewest, none = _ENDS[self.called]
        found = []
        if x >= capacity - self.step + _MET:
            found.append(full)
        elif x >= min(program.upper[at], self.pace(k)[1]) - _MET:
            found.append("most that the pace of change allows")
        least = max(program.lower[at], self.pace(k)[0])
        if least > 0 and x <= least + _MET:
            found.append("least that the pace of change allows")
        if self.problem.policy.integer and x > 0 and smallest > self.step and x <= smallest + _MET:
            found.append(fewest)
        if x <= _MET:
            found.append(none)
        return ", ".join(found) or BETWEEN

    def pace(self, k: int) -> tuple[float, float]:
        """Return the least and most that the year before allows, as the plan has it."""
        if not self.is_course:  # of which no rule of pace speaks
            return 0.0, np.inf
        cohort, places = self.problem.cohorts, self.amounts[: len(self.problem.instance.courses)]
        low, high = (float(end[self.line, k]) for end in year_ends(self.problem, places))
        if np.isinf(high):
            return low, high
        high = min(high, cohort.capacity[self.line])
        if self.problem.policy.integer:
            own = slice(self.line, self.line + 1)
            ends = cohort.tightened(np.array([low]), np.array([high]), own)
            low, high = (float(end[0]) for end in ends)
        return low, high
