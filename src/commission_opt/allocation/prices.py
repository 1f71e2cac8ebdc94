"""The best multipliers of a relaxation that was solved approximately."""

from __future__ import annotations

from dataclasses import replace

from commission_opt.allocation.relaxation import Relaxation, relaxation_from
from commission_opt.formulation.assemble import Formulation
from commission_opt.solvers.believed import way_by
from commission_opt.solvers.linear import Algorithm
from commission_opt.solvers.status import Limits, Watch

_CLOSE = 1e-3  # a gap asked for, below which an approximate bound is not near enough
_LARGE = 1_000_000  # coefficients beyond which the interior point method takes too long


def tightened(
    formulation: Formulation,
    relaxation: Relaxation,
    limits: Limits,
    watch: Watch,
    seconds: float,
) -> Relaxation:
    """Return a relaxation at the multipliers that the interior point method finds.

    A first-order method ends some hundredths of a per cent below the best bound. Trees over blocks
    stand on its multipliers of the rows between them, and cannot make up for that.

    Parameters
    ----------
    formulation : Formulation
    relaxation : Relaxation
    limits : Limits
    watch : Watch
    seconds : float
        Time.

    Returns
    -------
    Relaxation
        Without trees; the one given where the gap that is asked for is wide, the program too large,
        or the method proves no more than the multipliers that there are.
    """
    program = formulation.program
    if limits.gap >= _CLOSE or program.matrix.nnz > _LARGE:
        return relaxation
    result = way_by(Algorithm.INTERIOR_POINT, program, limits, watch).solve(seconds)
    if result.x is None or result.multipliers is None:
        return relaxation
    found = relaxation_from(formulation, result.x, result.multipliers)
    known = relaxation_from(formulation, result.x, relaxation.multipliers)
    if found.bound <= known.bound:
        return relaxation
    return replace(found, deployed=relaxation.deployed)
