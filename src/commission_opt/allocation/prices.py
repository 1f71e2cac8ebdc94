"""The best multipliers of a relaxation that was solved approximately."""

from __future__ import annotations

from dataclasses import replace

from commission_opt.allocation.relaxation import Relaxation, relaxation_from
from commission_opt.formulation.assemble import Formulation
from commission_opt.solvers.believed import way_by
from commission_opt.solvers.linear import Algorithm
from commission_opt.solvers.status import Limits, Watch
from commission_opt.solvers.work import of_interior

_CLOSE = 1e-3  # a gap asked for, below which an approximate bound is not near enough
_ITERATIONS = 40  # about as many as the method takes
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
        Without trees; the one given where the gap that is asked for is wide, the program too large
        for the time, or the method proves no more than the multipliers that there are.
    """
    program = formulation.program
    nonzeros = program.matrix.nnz
    dear = nonzeros > _LARGE or of_interior(nonzeros, _ITERATIONS) > seconds
    if limits.gap >= _CLOSE or dear:
        return relaxation
    result = way_by(Algorithm.INTERIOR_POINT, program, limits, watch).solve(seconds)
    if result.x is None or result.multipliers is None:
        return relaxation
    found = relaxation_from(formulation, result.x, result.multipliers)
    known = relaxation_from(formulation, result.x, relaxation.multipliers)
    if found.bound <= known.bound:
        return relaxation
    return replace(found, deployed=relaxation.deployed)
