"""A linear program by one algorithm or another."""

from __future__ import annotations

from enum import StrEnum

from commission_opt.core.linear_program import LinearProgram
from commission_opt.solvers.by_dual import solve_by_dual
from commission_opt.solvers.first_order import solve_first_order
from commission_opt.solvers.highs import solve_linear
from commission_opt.solvers.interrupt import interruptible
from commission_opt.solvers.status import Limits, Result, Watch

_LARGE = 250_000  # coefficients from which the simplex method is slow from nothing
_SHARE, _LEAST, _MOST = 0.2, 1e-4, 1e-3  # of the gap asked for, how near a first-order run comes


class Algorithm(StrEnum):
    """How a linear program is solved."""

    SIMPLEX = "simplex"
    DUAL = "simplex on the dual"
    INTERIOR_POINT = "interior point"
    FIRST_ORDER = "first order"


def is_large(program: LinearProgram) -> bool:
    """Say whether a program is too large for the simplex method to be quick from nothing.

    ``python benchmarks/relaxations.py`` shows how the algorithms compare.
    """
    return program.matrix.nnz >= _LARGE


def solve_by(
    algorithm: Algorithm, program: LinearProgram, limits: Limits, watch: Watch, seconds: float
) -> Result:
    """Solve a linear program by an algorithm.

    Parameters
    ----------
    algorithm : Algorithm
        The simplex method solves exactly, on the program or its dual, the interior point method
        nearly so; the first-order method comes within a fifth of the gap asked for.
    watch : Watch
        Stops the run early when asked to.
    seconds : float
        Time left.
    """
    if algorithm is Algorithm.FIRST_ORDER:
        gap = min(max(_SHARE * limits.gap, _LEAST), _MOST)
        return interruptible(
            lambda: solve_first_order(program, watch, gap=gap, seconds=seconds), watch
        )
    if algorithm is Algorithm.DUAL:
        return solve_by_dual(program, limits, watch, seconds)
    interior_point = algorithm is Algorithm.INTERIOR_POINT
    return solve_linear(program, limits, watch, seconds=seconds, interior_point=interior_point)
