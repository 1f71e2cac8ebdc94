"""What a tolerance would buy: a stage with earlier ones held less tightly, and its proof.

An earlier objective without tolerance is held at a value that is above its own bound, and what
little that leaves is worth a lot of the next. So the stage is solved once more with a small
tolerance for each that has none, and the verdict says between which values its objective then is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from commission_opt.certificate.bound import proved_bound
from commission_opt.certificate.certify import TOLERANCE, Certificate, Eased, Proof, keeps_rules
from commission_opt.certificate.limits import limit, limits_of
from commission_opt.formulation.assemble import Formulation, aims, formulate, rule_parts
from commission_opt.formulation.goals import goal_value, goals, weighs
from commission_opt.formulation.problem import Planning

SHARE = 0.001  # the tolerance that is tried
_FELT = 10.0 * TOLERANCE  # relative; what less changes no plan


@dataclass(frozen=True, eq=False)
class EasedProof:
    """The proof of a stage with earlier ones eased.

    Parameters
    ----------
    stage : int
        Which of the plan's stages it is.
    tolerance : float
        Of each earlier one that has none.
    proof : Proof
        Of the stage then, with its places.
    """

    stage: int
    tolerance: float
    proof: Proof


def eased_limits(problem: Planning, objectives: Sequence[float], tolerance: float) -> list[float]:
    """Return what a stage may let earlier ones become, with a tolerance for those without.

    Parameters
    ----------
    problem : Planning
    objectives : sequence of float
        What the earlier ones reached.
    tolerance : float
    """
    return [
        most if goal.objective.tolerance else limit(value, tolerance)
        for most, value, goal in zip(
            limits_of(problem, objectives), objectives, goals(problem), strict=False
        )
    ]


def is_eased(problem: Planning, objectives: Sequence[float]) -> bool:
    """Say whether a tolerance would let a stage more, in whole places and one future."""
    if weighs(problem) or not problem.policy.integer:
        return False
    pairs = zip(
        eased_limits(problem, objectives, SHARE), limits_of(problem, objectives), strict=True
    )
    return any(more - most > _FELT * max(1.0, abs(most)) for more, most in pairs)


def eased_formulation(
    problem: Planning, objectives: Sequence[float], tolerance: float
) -> Formulation:
    """Return the stage that follows earlier ones, which have a tolerance at least.

    Parameters
    ----------
    problem, objectives, tolerance
        As of ``eased_limits``.
    """
    targets = aims(problem)
    held = zip(targets, eased_limits(problem, objectives, tolerance), strict=False)
    return formulate(problem, targets[len(objectives)], rule_parts(problem), list(held))


def nearer(proof: Proof, own: Proof) -> Proof:
    """Return the proof of an eased stage by the multipliers that prove most.

    Parameters
    ----------
    proof : Proof
    own : Proof
        Of the stage as it stands in the plan, whose multipliers are as good for any limits.

    Raises
    ------
    ValueError
        If there are trees that prove nothing.
    """
    other = replace(proof, multipliers=own.multipliers, trees=own.trees)
    return max(proof, other, key=_bound)


def _bound(proof: Proof) -> float:
    return proved_bound(proof.formulation, proof.multipliers, proof.trees)


def proved_eased(problem: Planning, proofs: Sequence[Proof], eased: EasedProof) -> Eased:
    """Return what is proved of a stage with earlier ones eased.

    Parameters
    ----------
    problem : Planning
    proofs : sequence of Proof
        Of the plan's stages.
    eased : EasedProof

    Raises
    ------
    ValueError
        If it has trees that prove nothing.
    """
    proof, k = eased.proof, eased.stage
    bound = _bound(proof)
    value, wanted = inf, goals(problem)
    if proof.places is not None:
        result = problem.outcome(proof.places, proof.deployed)
        said = [each.objective for each in proofs[:k]]
        kept = keeps_rules(problem, result) and all(
            goal_value(problem, goal, result) - most <= TOLERANCE * max(1.0, abs(most))
            for goal, most in zip(
                wanted, eased_limits(problem, said, eased.tolerance), strict=False
            )
        )
        value = goal_value(problem, wanted[k], result) if kept else inf
    return Eased(eased.tolerance, value, min(bound, value))


def with_proofs(
    problem: Planning,
    certificate: Certificate,
    proofs: Sequence[Proof],
    eased: Sequence[EasedProof],
) -> Certificate:
    """Return a certificate with what is proved of eased stages.

    Raises
    ------
    ValueError
        If one has trees that prove nothing.
    """
    stages = list(certificate.stages)
    for each in eased:
        proved = proved_eased(problem, proofs, each)
        stages[each.stage] = replace(stages[each.stage], eased=proved)
    return replace(certificate, stages=tuple(stages))
