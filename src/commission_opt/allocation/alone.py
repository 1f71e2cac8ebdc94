"""What regret is measured from: the best that fractions of places could do in each future alone."""

from __future__ import annotations

import numpy as np

from commission_opt.allocation.relaxation import relaxed, solve_relaxation
from commission_opt.certificate.alone import AloneProof, stages_apart
from commission_opt.certificate.bound import proved_bound
from commission_opt.errors import InfeasibleError
from commission_opt.formulation.goals import measured_from, names_of
from commission_opt.formulation.problem import Planning
from commission_opt.solvers.status import Limits, Watch
from commission_opt.text.plain import escaped


class NoPlanAloneError(InfeasibleError):
    """One of several futures has no plan even by itself; the message names it."""


def none_alone(name: str) -> str:
    """Say that a future has no plan by itself."""
    return (
        f"scenario {escaped(repr(name))} has no plan even by itself, in fractions of "
        "places: make it milder, or leave it out"
    )


def with_least(
    problem: Planning, limits: Limits, watch: Watch
) -> tuple[Planning, tuple[AloneProof, ...]]:
    """Work out what no plan for each future alone is below, in fractions of places.

    Parameters
    ----------
    problem : Planning
        With futures.
    limits : Limits
        The time limit is for all of them.
    watch : Watch

    Returns
    -------
    problem : Planning
        Which knows it.
    proofs : tuple of AloneProof
        One for each future. What their multipliers prove is what regret is measured from: never
        more than the optimum, so that no regret is stated too small.

    Raises
    ------
    NoPlanAloneError
        If a future has no plan by itself.
    NoPlanError, StoppedError
        If the time limit or the user came first.
    """
    end, names = watch.now() + limits.budget, names_of(problem)
    found: list[AloneProof] = []
    for name, (_, stage) in zip(names, stages_apart(problem), strict=True):
        watch.begin(f"the least of {name} alone")
        left = max(1.0, end - watch.now())
        try:
            relaxation = relaxed(stage, solve_relaxation, limits, watch, left)
        except InfeasibleError as error:
            raise NoPlanAloneError(f"{error}\n{none_alone(name)}") from error
        bound = proved_bound(stage, relaxation.multipliers, ())
        found.append(AloneProof(relaxation.multipliers, bound))
    return measured_from(problem, np.array([each.bound for each in found])), tuple(found)
