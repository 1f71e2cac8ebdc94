"""``commission-opt verify`` and ``sign``."""

from __future__ import annotations

import re
from dataclasses import asdict

from commission_opt.cli.problems import as_records, print_problems
from commission_opt.cli.screen import Text, console, put_out_json
from commission_opt.errors import CertificateError
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.plan.judged import SAID
from commission_opt.plan.judgement import judged_plan
from commission_opt.plan.read import StoredPlan, read_plan
from commission_opt.plan.sign import Role, SignOff, sign, sign_off, state_of
from commission_opt.plan.verify import Verification, verify
from commission_opt.text.plain import escaped, shortened
from commission_opt.views import words
from commission_opt.views.commitments import kept_words
from commission_opt.views.shortfall import Futures

_UNPROVED = 6  # exit code: it holds as far as its files can show, and they do not show all
_LONGEST = 300  # characters of a name or a note that are shown
_OTHER = "NOT as it is (an earlier state, or another plan)"
_SHOWN = (
    "minimise", "unit", "objective", "final", "limit", "bound", "gap", "final_gap", "attained",
)  # fmt: skip


def run_verify(folder: str, *, as_json: bool) -> int:
    """Verify a plan, print what was found, and return the exit code."""
    plan = read_plan(folder, judged=False)
    found, signed = verify(plan), sign_off(plan.folder)
    screen = console()
    if problems := [*found.problems, *signed.problems]:
        print_problems(problems)
    for text in [_verdict(found), *_goodness(found), *_unproved(found)]:
        screen.print(Text(text))
    for text in _signed(plan, signed):
        screen.print(Text(text), soft_wrap=True)  # one line each, whatever the names hold
    if as_json:
        put_out_json(_record(found, signed))
    if not (found.holds and signed.whole):
        return CertificateError.exit_code
    return _UNPROVED if found.unproved else 0


def _verdict(found: Verification) -> str:
    plan, certificate = found.plan, found.certificate
    kept = kept_words(plan.instance, plan.policy)
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
        return "The plan does not hold: its proof does not fit its places."
    return "The plan is not what it says; see above."


def _goodness(found: Verification) -> tuple[str, ...]:
    """Say how good a plan is that holds; of another nothing is said."""
    if not found.holds:
        return ()
    plan = found.plan
    return judged_plan(plan, Futures(plan.problem, plan.outcome), found.certificate)


def _unproved(found: Verification) -> list[str]:
    return [*found.unproved, f"Said by the plan and not proved: {', '.join(SAID)}."]


def _signed(plan: StoredPlan, signed: SignOff) -> list[str]:
    """Say who signed, one line each whatever the names hold."""
    if not signed.signatures:
        return ["Nobody has signed it." if signed.whole else "Its signatures cannot be read."]
    now = state_of(plan)
    lines = []
    for signature in signed.signatures:
        state = "as it is" if signature.plan == now else _OTHER
        note = f": {_line(signature.note)}" if signature.note else ""
        lines.append(
            f"Signed {state} by {_line(signature.name)}, {_line(signature.role)}, "
            f"on {_line(signature.signed)}{note}"
        )
    if not signed.whole:
        lines.append("The record of signatures was changed or is damaged; see above.")
    return [*lines, *signed.several_roles()]


def _line(text: str) -> str:
    """Write what somebody wrote as part of one line, too short to look like another."""
    return shortened(escaped(re.sub(" +", " ", text)), _LONGEST)


def _record(found: Verification, signed: SignOff) -> dict[str, object]:
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
        "verdict": [_verdict(found), *_goodness(found)],
        "problems": as_records(found.problems),
        "unproved": list(found.unproved),
        "said_by_the_plan": list(SAID),
        "signatures": [{**asdict(s), "unchanged": s.plan == now} for s in signed.signatures],
        "signatures_whole": signed.whole,
        "signature_problems": as_records(signed.problems),
        "several_roles": signed.several_roles(),
    }


def run_sign(folder: str, role: str, name: str, note: str, *, same_person: bool) -> int:
    """Sign a plan that holds, and return the exit code."""
    plan = read_plan(folder, judged=False)
    found = verify(plan)
    if not found.holds:
        if found.problems:
            print_problems(found.problems)
        raise CertificateError(f"{_verdict(found)} It was not signed.")
    if found.unproved:
        console().print(Text(_verdict(found)))
    signature = sign(plan, Role(role), name, note, same_person=same_person)
    console().print(
        Text(
            f"Signed by {_line(signature.name)}, {signature.role}, on {signature.signed}: "
            f"plan {signature.plan[:12]}…"
        )
    )
    for text in sign_off(plan.folder).several_roles():
        console().print(Text(text))
    return 0
