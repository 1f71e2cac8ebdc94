"""Where every line of a plan stands within its own limits, year by year."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import compress

import numpy as np

from commission_opt.arrays import Bools, Floats
from commission_opt.core.linear_program import LinearProgram
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import year_ends

BETWEEN = "between its own limits"
_MET = 1e-6
_PACE = "most that the pace of change allows", "least that the pace of change allows"
_ENDS = {  # at the most, at the ends of the pace, at the fewest, and at none
    "course": ("full: capacity", *_PACE, "its smallest cohort", "closed"),
    "measure": ("the most there is", *_PACE, "its least amount", "none bought"),
}


@dataclass(frozen=True, eq=False)
class Standing:
    """Where L lines stand in K commissioning years.

    Parameters
    ----------
    program : LinearProgram
        With the bounds of the model, every course free within its own limits.
    amounts : array, shape (L, K)
        The plan.
    """

    problem: Planning
    program: LinearProgram
    amounts: Floats

    @cached_property
    def before(self) -> Floats:
        """What each line had in the year before, shape (L, K)."""
        last = self.problem.instance.lines["last_amount"].to_numpy(float)
        return np.column_stack([last, self.amounts[:, :-1]])

    @cached_property
    def pace(self) -> tuple[Floats, Floats]:
        """The least and most that the years before allow, as the plan has them, shape (L, K)."""
        cohorts, amounts = self.problem.cohorts, self.amounts
        courses = len(self.problem.instance.courses)
        low, high = np.zeros_like(amounts), np.full_like(amounts, np.inf)
        low[:courses], high[:courses] = year_ends(self.problem, amounts[:courses])
        limited = np.isfinite(high)
        ends = low, np.minimum(high, cohorts.capacity[:, None])
        if self.problem.policy.integer:
            line = np.repeat(np.arange(len(amounts)), amounts.shape[1])
            tight = cohorts.tightened(ends[0].ravel(), ends[1].ravel(), line)
            ends = tight[0].reshape(low.shape), tight[1].reshape(low.shape)
        return np.where(limited, ends[0], low), np.where(limited, ends[1], high)

    @cached_property
    def met(self) -> tuple[Bools, ...]:
        """Which lines stand at which of their ends, each of shape (L, K).

        At the most there is, at the most and the least of the pace of change, at the smallest
        amount, and at none.
        """
        problem, now = self.problem, self.amounts
        cohort, (low, high) = problem.cohorts, self.pace
        at = problem.layout.column(*(grid.ravel() for grid in np.indices(now.shape)))
        program = self.program
        lower, upper = (ends[at].reshape(now.shape) for ends in (program.lower, program.upper))
        step, smallest = cohort.step[:, None], cohort.smallest[:, None]
        full, least = now >= cohort.capacity[:, None] - step + _MET, np.maximum(lower, low)
        runs = (now > 0) & (problem.policy.integer and smallest > step)
        return (
            full,
            ~full & (now >= np.minimum(upper, high) - _MET),
            (least > 0) & (now <= least + _MET),
            runs & (now <= smallest + _MET),
            now <= _MET,
        )

    def stands(self, line: int, k: int) -> str:
        """Say at which of its ends a line stands in a year, or that it is between them."""
        kind = "course" if line < len(self.problem.instance.courses) else "measure"
        return ", ".join(compress(_ENDS[kind], (met[line, k] for met in self.met))) or BETWEEN
