"""What is proved of each future by itself: what no plan for it alone is below, and what one has.

Below is said in whole places or, where regret is measured from it, in fractions of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from commission_opt.arrays import Floats
from commission_opt.certificate.bound import proved_bound
from commission_opt.certificate.certify import Proof, keeps_rules
from commission_opt.certificate.trees import Tree
from commission_opt.formulation.alone import apart, first_stage
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.goals import regrets
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.problem import Planning


@dataclass(frozen=True, eq=False)
class AloneProof:
    """The proof of one future by itself.

    Parameters
    ----------
    multipliers : array, shape (m,)
        Of the rows of its only stage.
    bound : float
        What no plan for it alone is below in the first objective.
    value : float
        What the best that was found for it has, or the bound where that is more by a rounding;
        infinite if nothing is shown.
    trees : tuple of Tree
    places : array, shape (L, K), or None
        What has the value.
    deployed : array, shape (S, Y), or None
        Who is deployed then.
    """

    multipliers: Floats
    bound: float
    value: float = math.inf
    trees: tuple[Tree, ...] = ()
    places: Floats | None = None
    deployed: Floats | None = None


def is_relaxed(problem: Planning) -> bool:
    """Say whether bounds of futures are those of fractions of places, as regret is defined."""
    return regrets(problem) or not problem.policy.integer


def stages_apart(problem: Planning) -> Iterator[tuple[Planning, Formulation]]:
    """Yield every future as a problem of its own, and the stage that its bound is of."""
    relaxed = is_relaxed(problem)
    for own in apart(problem):
        yield own, first_stage(own, relaxed=relaxed)


def proved_alone(own: Planning, proof: Proof) -> AloneProof:
    """Return what is proved of a future by itself.

    Parameters
    ----------
    own : Planning
        The future as a problem of its own.
    proof : Proof
        Of its only stage.

    Raises
    ------
    ValueError
        If trees prove nothing.
    """
    bound = proved_bound(proof.formulation, proof.multipliers, proof.trees)
    value, places = math.inf, proof.places
    if places is not None:
        result = own.outcome(places, proof.deployed)
        if keeps_rules(own, result):
            value = max(bound, first_objective(own.policy).value(own, result))
    return AloneProof(proof.multipliers, bound, value, proof.trees, places, proof.deployed)


def proofs_alone(problem: Planning, proofs: Iterable[Proof]) -> Iterator[AloneProof]:
    """Yield what is proved of each future by itself."""
    for own, proof in zip(apart(problem), proofs, strict=True):
        yield proved_alone(own, proof)
