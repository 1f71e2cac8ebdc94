"""The relaxation of a stage, solved in units of its own and proved in those of the stage."""

from __future__ import annotations

import time
from collections.abc import Callable

from commission_opt.allocation.conditioned import EVERY_DIGIT, Conditioned, conditioned
from commission_opt.allocation.relaxation import Relaxation, UnsolvedError, relaxation_from
from commission_opt.formulation.assemble import Formulation
from commission_opt.solvers.status import Limits, Watch

Relax = Callable[[Formulation, Limits, Watch, float], Relaxation]


def relaxed(
    given: Formulation, relax: Relax, limits: Limits, watch: Watch, seconds: float
) -> Relaxation:
    """Relax a stage in units of its own.

    Parameters
    ----------
    given : Formulation
    relax : callable
        Such as ``solve_relaxation``, or ``HotRelaxations`` for one stage after the other.
    limits : Limits
    watch : Watch
    seconds : float

    Returns
    -------
    Relaxation
        Of the stage as given: its multipliers, and what they prove there.

    Raises
    ------
    InfeasibleError, UnsolvedError, NoPlanError, StoppedError
        As ``solve_relaxation`` does.
    """
    own = conditioned(given, EVERY_DIGIT)  # rounding would be seen in what is proved
    found = relaxed_own(own, relax, limits, watch, seconds)
    return relaxation_from(given, found.columns, own.multipliers(found.multipliers))


def relaxed_own(
    own: Conditioned, relax: Relax, limits: Limits, watch: Watch, seconds: float
) -> Relaxation:
    """Relax a stage that is in units of its own already; as it was given if that fails.

    Rounding can take the last point from a stage whose earlier objectives are held where they are.
    """
    start = time.perf_counter()
    try:
        return relax(own, limits, watch, seconds)
    except UnsolvedError:
        left = max(0.0, seconds - (time.perf_counter() - start))
        found = relax(own.given, limits, watch, left)
    return relaxation_from(own, found.columns, own.taken(found.multipliers))
