"""What a method that finds whole places is given, and what it returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from commission_opt.allocation.relaxation import Relaxation
from commission_opt.arrays import Floats
from commission_opt.formulation.assemble import Formulation
from commission_opt.solvers.status import Limits, Result, Watch


@dataclass(frozen=True)
class Task:
    """One stage whose places are to be made whole.

    Parameters
    ----------
    formulation : Formulation
    relaxation : Relaxation
        Its solved relaxation.
    limits : Limits
    watch : Watch
        Told of better plans; can stop the search; knows the objective that is good enough.
    seconds : float
        Time for the task.
    start : array, shape (C, K), optional
        Places that keep every rule.
    prove : callable, optional
        Raises the bound towards what places and units, shape (L, K), cost, and with it the
        objective that is good enough.
    """

    formulation: Formulation
    relaxation: Relaxation
    limits: Limits
    watch: Watch
    seconds: float
    start: Floats | None = None
    prove: Callable[[Floats], None] | None = None


IntegerMethod = Callable[[Task], tuple[Result, Floats | None]]
"""Returns how the search ended, and the decision columns found, in places."""
