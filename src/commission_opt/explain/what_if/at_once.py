"""What a change leads to, at once: a bracket from the places and the multipliers of a plan.

Any multipliers prove a bound of any program, so those of the plan prove one of the changed
problem, and the plan's places, where they still keep every rule, show what can be had. Nothing is
solved, so that it takes as long for 5,000 courses as it takes to write their program down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome
from commission_opt.allocation.settled import first_value, outcome_of
from commission_opt.arrays import Floats
from commission_opt.certificate.bound import proved_bound
from commission_opt.certificate.certify import TOLERANCE, Proof, violations
from commission_opt.errors import CertificateError, UsageError
from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, AnswerColumn, AnswerTable, columns
from commission_opt.explain.what_if.replan import Variants
from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.problem import planning
from commission_opt.formulation.violations import Violation
from commission_opt.plan.read import StoredPlan
from commission_opt.plan.verify import verify
from commission_opt.policy import Policy
from commission_opt.scenario.scenario import read_changes

HOW = (
    "Nothing was solved: the least follows from the prices of the plan, the most from its places "
    "as they are. Both are certified. A plan made with the changes says where between them it lies."
)


@dataclass(frozen=True, eq=False)
class ChangedBracket:
    """Between which ends the first objective of the best plan lies when something is changed.

    Parameters
    ----------
    least : float
        No plan is below it; minus infinity if nothing is proved.
    kept : float
        What the plan's own places come to.
    broken : Violation or None
        The rule that they break most with the change; None if they keep all.
    outcome : Outcome
        What follows from the plan's own places.
    policy : Policy
        The model with the change.
    """

    least: float
    kept: float
    broken: Violation | None
    outcome: Outcome
    policy: Policy

    @property
    def most(self) -> float:
        """The best plan is not above it; infinity if the plan's places break a rule."""
        return self.kept if self.broken is None else np.inf


class AtOnce:
    """A plan of which changes are asked, with what proves its bound.

    Parameters
    ----------
    plan : StoredPlan
        Made for one future.

    Raises
    ------
    CertificateError
        If the plan is not what it says.
    InputError
        If its proof cannot be read.
    """

    def __init__(self, plan: StoredPlan) -> None:
        found = verify(plan)
        if not found.holds:
            raise CertificateError(
                f"the plan in {plan.folder} does not hold; commission-opt verify says more"
            )
        problem, self.plan = plan.problem, plan
        given = planning(plan.instance, problem.policy, problem.effects, steady=True)
        self._variants = Variants(given)
        self._given = formulate(given, aims(given)[0])
        self._multipliers = _carried(found.proofs[0], self._given)
        stage = found.certificate.stages[0]
        self.before = stage.bound, stage.shown

    def bracket(self, changes: Sequence[str]) -> ChangedBracket:
        """Return the bracket with changes made one after the other, as ``sweep --vary`` takes them.

        Raises
        ------
        UsageError, InputError
            If a change names what is not there, takes a figure out of its range, or lets other
            years be planned.
        """
        settings = read_changes(changes)
        self._variants.ground.check([setting.axis for setting in settings])
        changed = self._variants.planned(settings)
        if changed.policy.commissioning_years != self.plan.problem.policy.commissioning_years:
            raise UsageError(
                "the changes let other years be planned, of which this plan says nothing at once; "
                "make a plan with them"
            )
        stage = formulate(changed, aims(changed)[0])
        multipliers = _placed(self._given, self._multipliers, stage)
        outcome = outcome_of(changed, self.plan.amounts)
        worst = max(violations(changed, outcome), key=lambda violation: violation.size)
        return ChangedBracket(
            proved_bound(stage, multipliers, ()),
            first_value(changed, self.plan.amounts),
            worst if worst.size > TOLERANCE else None,
            outcome,
            changed.policy,
        )

    def answer(self, changes: Sequence[str]) -> Answer:
        """Return the bracket in sentences, and as a table ``bracket``; else as ``bracket``."""
        found, settings = self.bracket(changes), read_changes(changes)
        said = " and ".join(f"“{setting}”" for setting in settings) or "nothing changed"
        kind = first_objective(self.plan.problem.policy)
        frame = pd.DataFrame(self.rows(found), columns=["what", "least", "most"])
        table = AnswerTable(
            "bracket", f"The least possible {kind.title}, {kind.unit}", frame,
            (
                *columns(what=""), AnswerColumn("least", "at least", down),
                AnswerColumn("most", "at most", up),
            ),
        )  # fmt: skip
        touched = self._variants.ground.touched(settings)
        lines = [*self.sentences(found), HOW]
        lines += [f"“{s}” changes {t}." for s, t in zip(settings, touched, strict=True)]
        return Answer(f"{self.plan.instance.title}: what if {said}", tuple(lines), (table,))

    def rows(self, found: ChangedBracket) -> list[tuple[str, float, float]]:
        """Return the ends as it is and with the change; not a number where one is not known."""
        least, most = (np.nan if not np.isfinite(v) else v for v in (found.least, found.most))
        return [("as it is", *self.before), ("with the change", least, most)]

    def sentences(self, found: ChangedBracket) -> list[str]:
        """Say a bracket beside that of the plan as it is."""
        kind = first_objective(self.plan.problem.policy)
        before = f"as it is, it is {_between(*self.before)}"
        lines = [
            f"With the changes, the least possible {kind.title} is "
            f"{_between(found.least, found.most)} {kind.unit}; {before}."
        ]
        if found.broken is not None:
            lines.append(
                f"The plan's places cannot stay as they are: {found.broken.where} is not kept. "
                "Whether there is a plan with the changes, and how much it comes to at most, only "
                "making one says."
            )
        if found.policy != self.plan.problem.policy:
            lines.append(
                "The change is one of the model, so that figures before and after it may count "
                "different things."
            )
        return lines


def down(value: float) -> str:
    """Show a lower end, never rounded up."""
    return figures.at_least(value).removeprefix("+")


def up(value: float) -> str:
    """Show an upper end, never rounded down."""
    return figures.at_most(value).removeprefix("+")


def _between(low: float, high: float) -> str:
    """Say between which ends something lies: rounded outward, so that it does."""
    if not np.isfinite(low):
        return f"at most {up(high)}" if np.isfinite(high) else "not known"
    if not np.isfinite(high):
        return f"at least {down(low)}"
    return f"between {down(low)} and {up(high)}" if down(low) != up(high) else down(low)


def _carried(proof: Proof, to: Formulation) -> Floats:
    """Return the multipliers of a proof for a program that may have more rows, by their names."""
    known, at = dict[str, dict[str, float]](), 0
    for block in proof.formulation.rows:
        own = proof.multipliers[at : at + len(block.lower)].tolist()
        known[block.name] = {block.key(i): value for i, value in enumerate(own)}
        at += len(own)
    return np.concatenate(
        [np.zeros(0), *(
            np.array([known.get(b.name, {}).get(b.key(i), 0.0) for i in range(len(b.lower))])
            for b in to.rows
        )]
    )  # fmt: skip


def _placed(given: Formulation, multipliers: Floats, to: Formulation) -> Floats:
    """Return multipliers in the order of another program's rows; none of rows that it lacks."""
    known, at = dict[str, Floats](), 0
    for block in given.rows:
        known[block.name] = multipliers[at : at + len(block.lower)]
        at += len(block.lower)
    return np.concatenate(
        [np.zeros(0), *(
            own if (own := known.get(b.name)) is not None and len(own) == len(b.lower)
            else np.zeros(len(b.lower))
            for b in to.rows
        )]
    )  # fmt: skip
