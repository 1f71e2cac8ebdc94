"""A course in a commissioning year of a plan, and where it stands."""

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


@dataclass(frozen=True, eq=False)
class Subject:
    """A course in a commissioning year of a plan, with the prices next to it.

    Parameters
    ----------
    free : PricedProgram
        The relaxation, every course free within its own limits.
    near : PricedProgram
        The program next to the plan, with the same courses running.
    places : array, shape (C, K)
        The plan.
    c, k : int
        Positions of the course and of the commissioning year.
    column : int
        Position of its decision.
    """

    free: PricedProgram
    near: PricedProgram
    places: Floats
    c: int
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
        """The row of the course in its table."""
        return self.problem.instance.courses.iloc[self.c]

    @property
    def now(self) -> float:
        """Places in the plan."""
        return float(self.places[self.c, self.k])

    @property
    def step(self) -> float:
        """Its cohort step, places."""
        return float(self.problem.cohorts.step[self.c])

    @property
    def unit(self) -> str:
        """Unit of the first objective."""
        return first_objective(self.problem.policy).unit

    def stands(self, k: int) -> str:
        """Say at which of its own limits the course stands in a year of the plan."""
        program, layout = self.free.program, self.problem.layout
        at = int(layout.column(self.c, k))
        x, capacity = self.places[self.c, k], self.problem.cohorts.capacity[self.c]
        smallest = self.problem.cohorts.smallest[self.c]
        found = []
        if x >= capacity - self.step + _MET:
            found.append("full: capacity")
        elif x >= min(program.upper[at], self.pace(k)[1]) - _MET:
            found.append("most that the pace of change allows")
        least = max(program.lower[at], self.pace(k)[0])
        if least > 0 and x <= least + _MET:
            found.append("least that the pace of change allows")
        if self.problem.policy.integer and x > 0 and smallest > self.step and x <= smallest + _MET:
            found.append("its smallest cohort")
        if x <= _MET:
            found.append("closed")
        return ", ".join(found) or BETWEEN

    def pace(self, k: int) -> tuple[float, float]:
        """Return the least and most that the year before allows, as the plan has it."""
        cohort = self.problem.cohorts
        low, high = (float(end[self.c, k]) for end in year_ends(self.problem, self.places))
        if np.isinf(high):
            return low, high
        high = min(high, cohort.capacity[self.c])
        if self.problem.policy.integer:
            ends = cohort.tightened(np.array([low]), np.array([high]), slice(self.c, self.c + 1))
            low, high = (float(end[0]) for end in ends)
        return low, high
