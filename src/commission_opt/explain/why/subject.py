"""A course or a measure in a commissioning year of a plan, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.explain.margins.prices import PricedProgram
from commission_opt.explain.why.standing import Standing
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.problem import Planning

MOVED = 1e-4  # places that count as moved


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

    @cached_property
    def years(self) -> pd.DataFrame:
        """What it has by commissioning year, what it may have, and where that stands.

        ``year``, ``places`` or ``units``, ``before``, ``change``, ``least``, ``most``, ``stands``.
        """
        now, where = self.amounts[self.line], self.standing
        capacity = self.problem.cohorts.capacity[self.line]
        before, low, high = (of[self.line] for of in (where.before, *where.pace))
        return pd.DataFrame(
            {
                "year": self.problem.instance.first_year + np.arange(len(now)),
                f"{self.one}s": now,
                "before": before,
                "change": now - before,
                "least": low,
                "most": np.minimum(high, capacity),
                "stands": [where.stands(self.line, k) for k in range(len(now))],
            }
        )

    @cached_property
    def standing(self) -> Standing:
        """Where all lines stand."""
        return Standing(self.problem, self.free.program, self.amounts)
