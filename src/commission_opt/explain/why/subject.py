"""A course or a measure in a commissioning year of a plan, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import compress

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
_PACE = "most that the pace of change allows", "least that the pace of change allows"
_ENDS = {  # at the most, at the ends of the pace, at the fewest, and at none
    "course": ("full: capacity", *_PACE, "its smallest cohort", "closed"),
    "measure": ("the most there is", *_PACE, "its least amount", "none bought"),
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

    @cached_property
    def years(self) -> pd.DataFrame:
        """What it has by commissioning year, what it may have, and where that stands.

        ``year``, ``places`` or ``units``, ``before``, ``change``, ``least``, ``most``, ``stands``.
        """
        program, now, cohort = self.free.program, self.amounts[self.line], self.problem.cohorts
        capacity, smallest = cohort.capacity[self.line], cohort.smallest[self.line]
        at = self.problem.layout.column(self.line, np.arange(len(now)))
        before = np.append(float(self.row["last_amount"]), now[:-1])
        low, high = self._pace()
        full, least = now >= capacity - self.step + _MET, np.maximum(program.lower[at], low)
        runs = (now > 0) & (self.problem.policy.integer and smallest > self.step)
        met = (
            full,
            ~full & (now >= np.minimum(program.upper[at], high) - _MET),
            (least > 0) & (now <= least + _MET),
            runs & (now <= smallest + _MET),
            now <= _MET,
        )
        return pd.DataFrame(
            {
                "year": self.problem.instance.first_year + np.arange(len(now)),
                f"{self.one}s": now,
                "before": before,
                "change": now - before,
                "least": low,
                "most": np.minimum(high, capacity),
                "stands": [
                    ", ".join(compress(_ENDS[self.called], there)) or BETWEEN
                    for there in zip(*met, strict=True)
                ],
            }
        )

    def _pace(self) -> tuple[Floats, Floats]:
        """Return the least and most that the years before allow, as the plan has them."""
        if not self.is_course:  # of which no rule of pace speaks
            now = self.amounts[self.line]
            return np.zeros_like(now), np.full_like(now, np.inf)
        cohort, places = self.problem.cohorts, self.amounts[: len(self.problem.instance.courses)]
        low, high = (end[self.line] for end in year_ends(self.problem, places))
        limited, ends = np.isfinite(high), (low, np.minimum(high, cohort.capacity[self.line]))
        if self.problem.policy.integer:
            ends = cohort.tightened(*ends, np.full(len(low), self.line))
        return np.where(limited, ends[0], low), np.where(limited, ends[1], high)
