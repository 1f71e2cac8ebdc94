"""A program in the solver, and the basis of its optimum, from which every end is looked for."""

from __future__ import annotations

from commission_opt.core.linear_program import LinearProgram
from commission_opt.solvers.persistent import PersistentProgram
from commission_opt.solvers.status import Limits, Result


class Base:
    """A solver that returns to the same optimum, so that no end depends on those before it.

    Parameters
    ----------
    program : LinearProgram
    limits : Limits
        Seed; ``seconds`` for each solve.
    """

    def __init__(self, program: LinearProgram, limits: Limits) -> None:
        self._program, self._limits = program, limits
        self._held = PersistentProgram(limits)
        self._started = False

    def solve(self, program: LinearProgram) -> Result:
        """Solve a program of the same layout, from wherever the last solve ended."""
        if not self._started:
            self._held.solve(self._program, self._limits.seconds)
            self._held.keep()
            self._started = True
        return self._held.solve(program, self._limits.seconds)[0]

    def back(self) -> None:
        """Start the next solve from the optimum of the program itself."""
        if self._started:
            self._held.back()

    def forget(self) -> None:
        """Start anew at the next solve."""
        self._held.forget()
        self._started = False
