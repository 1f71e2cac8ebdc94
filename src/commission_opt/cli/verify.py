"""``commission-opt verify`` and ``sign``."""

from __future__ import annotations

from dataclasses import asdict

from commission_opt.certificate import StageCertificate
from commission_opt.cli.problems import as_records, print_problems
from commission_opt.cli.screen import Text, console, put_out_json
from commission_opt.errors import CertificateError
from commission_opt.sign_off import Role, Signature, sign, signatures, state_of
from commission_opt.stored_plan import StoredPlan, read_plan
from commission_opt.verify import Verification, verify

_SHOWN = ("minimise", "unit", "final", "bound", "gap")


def run_verify(folder: str, *, as_json: bool) -> int:
    """Verify a plan, print what was found, and return the exit code."""
    plan = read_plan(folder)
    found, signed = verify(plan), signatures(plan.folder)
    screen = console()
    if found.problems:
        print_problems(found.problems)
    for text in [_verdict(found), *_stages(found), *_signed(plan, signed)]:
        screen.print(Text(text))
    if as_json:
        put_out_json(_record(found, signed))
    return 0 if found.holds else CertificateError.exit_code


def _verdict(found: Verification) -> str:
    certificate = found.certificate
    if found.holds:
        return (
            f"The plan in {found.plan.folder} holds: its inputs and tables are what they were, "
            "every rule is kept, and its bounds are proved again from its files alone."
        )
    if not certificate.feasible:
        return (
            f"The plan does not hold: {certificate.where} is broken by a relative "
            f"{certificate.largest_violation:.3g}."
        )
    if not certificate.consistent:
        return "The plan does not hold: its proof does not fit its places."
    return "The plan is not what it says; see above."


def _stages(found: Verification) -> list[str]:
    return [_stage(stage) for stage in found.certificate.stages]


def _stage(stage: StageCertificate) -> str:
    return (
        f"{stage.minimise}: {stage.final:,.1f} {stage.unit}; no plan can be below "
        f"{stage.bound:,.1f} (gap {100 * stage.gap:.3f} %)."
    )


def _signed(plan: StoredPlan, signed: list[Signature]) -> list[str]:
    if not signed:
        return ["Nobody has signed it."]
    now = state_of(plan)
    lines = []
    for signature in signed:
        state = "as it is" if signature.plan == now else "before it was CHANGED"
        note = f": {signature.note}" if signature.note else ""
        lines.append(
            f"Signed {state} by {signature.name}, {signature.role}, on {signature.signed}{note}"
        )
    return lines


def _record(found: Verification, signed: list[Signature]) -> dict[str, object]:
    now = state_of(found.plan)
    certificate = found.certificate
    return {
        "holds": found.holds,
        "plan": now,
        "feasible": certificate.feasible,
        "largest_violation": certificate.largest_violation,
        "stages": [{name: getattr(stage, name) for name in _SHOWN} for stage in certificate.stages],
        "problems": as_records(found.problems),
        "signatures": [{**asdict(s), "unchanged": s.plan == now} for s in signed],
    }


def run_sign(folder: str, role: str, name: str, note: str) -> int:
    """Sign a plan that holds, and return the exit code."""
    plan = read_plan(folder)
    found = verify(plan)
    if not found.holds:
        if found.problems:
            print_problems(found.problems)
        raise CertificateError(f"{_verdict(found)} It was not signed.")
    signature = sign(plan, Role(role), name, note)
    console().print(
        Text(
            f"Signed by {signature.name}, {signature.role}, on {signature.signed}: "
            f"plan {signature.plan[:12]}…"
        )
    )
    return 0
