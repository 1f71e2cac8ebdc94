"""The certificate in words, and who has signed the plan."""

from __future__ import annotations

from decimal import ROUND_FLOOR

from commission_opt.certificate.certify import TOLERANCE, StageCertificate
from commission_opt.explain.answer import AnswerTable
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.plan.judged import judged_plan, search_words
from commission_opt.plan.sign import Signature, state_of
from commission_opt.report.facts import Facts
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.views import words
from commission_opt.views.commitments import kept_words
from commission_opt.views.verdict import figure, objectives_words
from commission_opt.views.weighing import weighing_of

_PROVED = "Objectives and what is proved of them"


def verdict_of(facts: Facts) -> tuple[str, ...]:
    """Say how good the plan is."""
    return judged_plan(facts.found.plan, facts.futures, facts.found.certificate)


def signed_words(facts: Facts) -> str:
    """Say who has signed the plan as it is."""
    same = signed_now(facts)
    if not facts.signed:
        return "nobody has signed it"
    if not same:
        return "it was changed since it was signed"
    who = words.joined([f"{words.clean(s.name)} ({words.clean(s.role)})" for s in same])
    return f"it is signed by {who}"


def signed_now(facts: Facts) -> list[Signature]:
    """Return the signatures of the plan as it is."""
    now = state_of(facts.found.plan)
    return [signature for signature in facts.signed if signature.plan == now]


def status_words(facts: Facts) -> str:
    """Say whether the plan is a draft, or who signed it and when."""
    signed = signed_now(facts)
    if not signed:
        return f"Draft: {signed_words(facts)}"
    who = [
        f"{words.clean(s.name)} ({words.clean(s.role)}, {words.clean(s.signed[:10])})"
        for s in signed
    ]
    return f"Signed by {words.joined(who)}"


def proof(facts: Facts) -> Section:
    """Return the section."""
    certificate = facts.found.certificate
    stages = certificate.stages
    said = [
        "A solver's word is not taken for anything. When this page was made, the program checked "
        f"every rule on the {facts.bought} themselves, worked every figure out again from them, "
        "and proved again, from the proof that the plan carries, how good any plan could be.",
        _kept(kept_words(facts.found.plan.problem), certificate.largest_violation),
        *objectives_words(certificate, weighing_of(facts.found.plan.problem)),
        *search_words(facts.found.plan, certificate),
        *_held(stages),
        "This proves that the plan is right for its inputs. It does not prove that the inputs are "
        "right: see the assumptions below.",
    ]
    signed = signed_words(facts)
    said.append(f"Of the plan as it is, with the SHA-256 {state_of(facts.found.plan)}: {signed}.")
    exhibits = [Exhibit(_stages(certificate.stages))]
    if facts.signed:
        exhibits.append(Exhibit(_signatures(facts)))
    return Section("proof", "How far it is proved, and who signed it", tuple(said), tuple(exhibits))


def _kept(kept: str, violation: float) -> str:
    kept = f"{kept[0].upper()}{kept[1:]}"
    if violation <= 0:
        return f"{kept} exactly."
    return (
        f"{kept}: the largest deviation is {violation:.1e}, relative to its limit, and "
        f"{TOLERANCE:.0e} is allowed for rounding."
    )


def _held(stages: tuple[StageCertificate, ...]) -> list[str]:
    """Say what the order of several objectives means."""
    if len(stages) < 2:
        return []
    return [
        "Objectives are made least in the order given. Once one is settled, the later ones may "
        "make it worse up to its limit, which is its value then and the tolerance that the model "
        "gives it. What is proved of a later one holds among plans that keep those limits, and "
        "says nothing of plans that do not."
    ]


def _stages(stages: tuple[StageCertificate, ...]) -> AnswerTable:
    bounds = [figure(stage, stage.bound, ROUND_FLOOR) for stage in stages]
    columns = (
        ("minimise", "made least", [OBJECTIVES[stage.minimise].title for stage in stages]),
        ("unit", "unit", [stage.unit for stage in stages]),
        ("objective", "when optimised", [figure(s, s.objective) for s in stages], str),
        ("final", "in the plan", [figure(stage, stage.final) for stage in stages], str),
        ("bound", "no plan is below", bounds, str),
        ("now", "gap", [stage.final_gap for stage in stages], words.ceil_percent),
    )
    if len(stages) == 1:
        return tabled("stages", _PROVED, columns)
    limits = [*(figure(s, s.limit, ROUND_FLOOR) for s in stages[:-1]), words.NOTHING]
    later = (
        ("gap", "gap when optimised", [stage.gap for stage in stages], words.ceil_percent),
        ("limit", "limit for later ones", limits, str),
    )
    note = (
        "What no plan is below holds among plans that keep the rules and the limits of the "
        "objectives above; for the first, the rules alone."
    )
    return tabled("stages", _PROVED, (*columns, *later), note=note)


def _signatures(facts: Facts) -> AnswerTable:
    now = state_of(facts.found.plan)
    rows = [
        (s.name, s.role, s.signed, s.note, "as it is" if s.plan == now else "CHANGED since")
        for s in facts.signed
    ]
    headings = ("name", "role", "signed (UTC)", "note", "plan")
    columns = zip(headings, headings, zip(*rows, strict=True), strict=True)
    note = (
        "A signature records what was signed, by the hash of the plan; it does not prove who a "
        "person is."
    )
    return tabled("signatures", "Signatures", columns, note=note)
