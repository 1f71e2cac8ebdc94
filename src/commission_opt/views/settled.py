"""Which places are decided, and which are one choice of possibly many that are as good.

A plan is as good if none of the objectives is worse than in the plan at hand. The multipliers of
every stage prove limits that the places of all such plans keep; nothing is solved for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from commission_opt.allocation.narrowing import narrowed
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import Certificate, Proof
from commission_opt.certificate.propagation import propagated
from commission_opt.formulation.goals import goals, weighs
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.problem import Planning
from commission_opt.views import words

NEAR = 5.0  # places within which a course counts as decided
_ROUNDING = 1e-9  # relative room over a value


@dataclass(frozen=True, eq=False)
class Settled:
    """Limits of the places of every plan that is as good, shape (C, years decided now)."""

    least: Floats
    most: Floats

    @property
    def decided(self) -> np.ndarray:
        """Whether a course is decided within a few places in every year, shape (C,)."""
        return np.asarray(np.all(self.most - self.least <= NEAR, axis=1))


def settled(problem: Planning, certificate: Certificate, proofs: Sequence[Proof]) -> Settled:
    """Return the limits that the proofs of a plan set to all plans that are as good."""
    layout = problem.layout
    least, most = np.full(layout.size, -np.inf), np.full(layout.size, np.inf)
    settling = iter([] if certificate.settling is None else [certificate.settling])
    stages = iter(certificate.stages)
    for goal, proof in zip(goals(problem), proofs, strict=True):
        stage = next(settling if goal.settles else stages)
        value = stage.final + _ROUNDING * max(1.0, abs(stage.final))
        formulation = propagated(proof.formulation)
        program = narrowed(formulation, proof.multipliers, value / formulation.aim.scale).program
        columns = program.columns[PLACES]
        bounds = [(program.lower[columns], program.upper[columns])]
        within = goal.kind.within
        if within is not None and not weighs(problem):  # which speaks of the instance as given
            bounds.append(within(problem, value))
        for low, high in bounds:
            least, most = np.maximum(least, low), np.minimum(most, high)
    courses = slice(len(problem.instance.courses))  # which stand before the measures
    ends = (layout.to_amounts(end)[courses, : problem.now_years] for end in (least, most))
    return Settled(*ends)


def settled_words(found: Settled, *, measured: bool = True) -> str:
    """Say how many courses are decided, and what the numbers of the others are.

    ``measured`` is whether ``room`` can measure how far they may move.
    """
    count, sure = len(found.decided), int(found.decided.sum())
    rest = count - sure
    nearly = (
        "All this is of plans that are as good. In plans a little worse any course may move further"
    )
    nearly += ": “commission-opt room” measures how far." if measured else "."
    if not sure:
        return (
            f"None of {words.plural(count, 'course')} is proved to be decided: the places may be "
            f"one choice of many that are as good in every objective. {nearly}"
        )
    text = (
        f"{sure:,} of {words.plural(count, 'course')} {words.agreed(sure, 'is', 'are')} decided to "
        f"within {NEAR:g} places: the proof of this plan shows that no plan as good in every "
        "objective lies outside."
    )
    if rest:
        text += (
            f" Of the other {words.agreed(rest, 'one', f'{rest:,}')} it does not show that: "
            f"{words.agreed(rest, 'its', 'their')} places may be one choice of many that are as "
            "good."
        )
    return f"{text} {nearly}"


def free_words(found: Settled) -> str:
    """Say in short how many courses are decided, and that the others may be one choice of many."""
    count, sure = len(found.decided), int(found.decided.sum())
    if sure == count:
        return f"Every course is decided to within {NEAR:g} places: no other plan is as good."
    return (
        f"{sure:,} of {words.plural(count, 'course')} {words.agreed(sure, 'is', 'are')} proved to "
        f"be decided to within {NEAR:g} places. The places of the others may be one choice of many "
        "that are as good, and may be agreed otherwise: see Places."
    )
