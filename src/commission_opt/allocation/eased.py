"""Stages once more with a tolerance for earlier ones that have none, to say what it would buy."""

from __future__ import annotations

import numpy as np

from commission_opt.allocation.clock import Clock
from commission_opt.allocation.methods import METHODS, Method
from commission_opt.allocation.stage import run_stage
from commission_opt.certificate.certify import Certificate, Proof
from commission_opt.certificate.eased import (
    SHARE,
    EasedProof,
    eased_formulation,
    is_eased,
    nearer,
    proved_eased,
    with_proofs,
)
from commission_opt.formulation.problem import Planning
from commission_opt.solvers.status import Limits, Watch

KEPT = 0.1  # of the limits, for this


def may_ease(problem: Planning) -> bool:
    """Say whether a stage stands behind one without tolerance, in whole places and one future."""
    wanted = problem.policy.objectives
    return is_eased(problem, [1.0] * (len(wanted) - 1))


def with_eased(
    problem: Planning,
    certificate: Certificate,
    proofs: tuple[Proof, ...],
    limits: Limits,
    watch: Watch,
    clock: Clock,
) -> tuple[Certificate, tuple[EasedProof, ...]]:
    """Search each stage behind one without tolerance once more, with one.

    Parameters
    ----------
    problem : Planning
    certificate : Certificate
    proofs : tuple of Proof
        Of each stage, with its places.
    limits : Limits
        Of the whole solve.
    watch : Watch
    clock : Clock

    Returns
    -------
    Certificate
        With what is proved.
    tuple of EasedProof
        Those that prove something.
    """
    found = []
    reached = [proof.objective for proof in proofs]
    behind = [k for k in range(1, len(proofs)) if is_eased(problem, reached[:k])]
    for n, k in enumerate(behind):
        left = min(KEPT * limits.budget, limits.budget - watch.now()) / (len(behind) - n)
        formulation = eased_formulation(problem, reached[:k], SHARE)
        _, proof = run_stage(
            formulation, limits, watch, left, proofs[k].places, METHODS[Method.FAST], clock
        )
        eased = EasedProof(k, SHARE, nearer(proof, proofs[k]))
        proved = proved_eased(problem, proofs, eased)
        if np.isfinite([proved.objective, proved.bound]).all():
            found.append(eased)
    return with_proofs(problem, certificate, proofs, found), tuple(found)
