"""What is said of a plan that was verified, and of who has signed it."""

from __future__ import annotations

import re
from dataclasses import asdict

from commission_opt.cli.problems import as_records
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.plan.judged import judged_plan, said_only
from commission_opt.plan.read import StoredPlan
from commission_opt.plan.sign import SignOff, state_of
from commission_opt.plan.verify import Verification
from commission_opt.text.plain import escaped, shortened
from commission_opt.views import lines, words
from commission_opt.views.commitments import kept_words
from commission_opt.views.shortfall import Baselines

_LONGEST = 300  # characters of a name or a note that are shown
_OTHER = "NOT as it is (an earlier state, or another plan)"
_SHOWN = (
    "minimise", "unit", "objective", "final", "limit", "bound", "gap", "final_gap", "attained",
)  # fmt: skip


def verdict(found: Verification) -> str:
    """Say whether a plan holds, and if not, why."""
    plan, certificate = found.plan, found.certificate
    kept = kept_words(plan.problem)
    if found.holds and found.unproved:
        said = words.joined(
            [f"the {OBJECTIVES[s.minimise].title}" for s in certificate.stages if not s.attained]
        )
        return (
            f"The plan in {plan.folder} is proved in part only: its inputs and tables are what "
            f"they were, and {kept}, but what it says was reached of {said} before later "
            "objectives is unproved, and so is all that rests on it; see below."
        )
    if found.holds:
        return (
            f"The plan in {plan.folder} holds: its inputs and tables are what they were, "
            f"{kept}, and its bounds are proved again from its files alone."
        )
    if not certificate.feasible:
        return (
            f"The plan does not hold: {certificate.where} is broken by a relative "
            f"{certificate.largest_violation:.3g}."
        )
    if not certificate.consistent:
        return f"The plan does not hold: its proof does not fit its {lines.what(plan.instance)}."
    return "The plan is not what it says; see above."


def goodness(found: Verification) -> tuple[str, ...]:
    """Say how good a plan is that holds; of another nothing is said."""
    if not found.holds:
        return ()
    plan = found.plan
    return judged_plan(plan, Baselines(plan.problem, plan.outcome), found.certificate)


def unproved(found: Verification) -> list[str]:
    """Say what a plan says that is not proved."""
    return [
        *found.unproved,
        f"Said by the plan and not proved: {', '.join(said_only(found.plan))}.",
    ]


def signed(plan: StoredPlan, signed: SignOff) -> list[str]:
    """Say who signed, one line each whatever the names hold."""
    if not signed.signatures:
        return ["Nobody has signed it." if signed.whole else "Its signatures cannot be read."]
    now = state_of(plan)
    lines = []
    for signature in signed.signatures:
        state = "as it is" if signature.plan == now else _OTHER
        note = f": {line(signature.note)}" if signature.note else ""
        lines.append(
            f"Signed {state} by {line(signature.name)}, {line(signature.role)}, "
            f"on {line(signature.signed)}{note}"
        )
    if not signed.whole:
        lines.append("The record of signatures was changed or is damaged; see above.")
    return [*lines, *signed.several_roles()]


def line(text: str) -> str:
    """Write what somebody wrote as part of one line, too short to look like another."""
    return shortened(escaped(re.sub(" +", " ", text)), _LONGEST)


def record(found: Verification, signed: SignOff) -> dict[str, object]:
    """Return all that was found, for JSON."""
    now = state_of(found.plan)
    certificate = found.certificate
    return {
        "holds": found.holds,
        "proved": found.holds and not found.unproved,
        "plan": now,
        "feasible": certificate.feasible,
        "largest_violation": certificate.largest_violation,
        "stages": [{name: getattr(stage, name) for name in _SHOWN} for stage in certificate.stages],
        "not_pursued": list(found.plan.not_pursued),
        "verdict": [verdict(found), *goodness(found)],
        "problems": as_records(found.problems),
        "unproved": list(found.unproved),
        "said_by_the_plan": list(said_only(found.plan)),
        "signatures": [{**asdict(s), "unchanged": s.plan == now} for s in signed.signatures],
        "signatures_whole": signed.whole,
        "signature_problems": as_records(signed.problems),
        "several_roles": signed.several_roles(),
    }
