"""The certificate in words, and who has signed the plan."""

from __future__ import annotations

import pandas as pd

from commission_opt.certificate import TOLERANCE, StageCertificate
from commission_opt.explain.answer import Column, Table
from commission_opt.report import words
from commission_opt.report.facts import Facts
from commission_opt.report.section import Block, Section
from commission_opt.sign_off import state_of

_WORDS = {
    "shortfall": "the weighted shortfall of {} FTE-years",
    "worst_region": "the shortfall of the worst region, {} of its demand,",
    "cost": "the cost of £{}",
    "change": "the change of {} places",
    "surplus": "the surplus of {} FTE-years",
}


def in_words(minimise: str, value: float) -> str:
    """Say an objective and its value."""
    text = words.percent(value) if minimise == "worst_region" else words.value(value)
    return _WORDS[minimise].format(text)


def signed_words(facts: Facts) -> str:
    """Say who has signed the plan as it is."""
    now = state_of(facts.found.plan)
    same = [s for s in facts.signed if s.plan == now]
    if not facts.signed:
        return "nobody has signed it"
    if not same:
        return "it was changed since it was signed"
    who = words.joined([f"{words.clean(s.name)} ({words.clean(s.role)})" for s in same])
    return f"it is signed by {who}"


def proof(facts: Facts) -> Section:
    """Return the section."""
    certificate = facts.found.certificate
    said = [
        "A solver's word is not taken for anything. When this page was made, the program checked "
        "every rule on the places themselves, worked every figure out again from them, and "
        "proved again, from the proof that the plan carries, how good any plan could be.",
        _kept(certificate.largest_violation),
        *(_stage(stage) for stage in certificate.stages),
        "This proves that the plan is right for its inputs. It does not prove that the inputs are "
        "right: see the assumptions below.",
    ]
    signed = signed_words(facts)
    said.append(f"Of the plan as it is, with the SHA-256 {state_of(facts.found.plan)}: {signed}.")
    blocks = [Block(_stages(certificate.stages))]
    if facts.signed:
        blocks.append(Block(_signatures(facts)))
    return Section("proof", "How far it is proved, and who signed it", tuple(said), tuple(blocks))


def _kept(violation: float) -> str:
    if violation <= 0:
        return "Every rule is kept exactly."
    return (
        f"Every rule is kept: the largest deviation is {violation:.1e}, relative to its limit, and "
        f"{TOLERANCE:.0e} is allowed for rounding."
    )


def _stage(stage: StageCertificate) -> str:
    text = (
        f"{in_words(stage.minimise, stage.final)} is what the plan comes to; no plan that keeps "
        f"the rules can be below {_value(stage, stage.bound)}."
    )
    return text[0].upper() + text[1:]


def _value(stage: StageCertificate, value: float) -> str:
    return f"{100 * value:.4g} %" if stage.minimise == "worst_region" else words.value(value)


def _stages(stages: tuple[StageCertificate, ...]) -> Table:
    frame = pd.DataFrame(
        {
            "minimise": [stage.minimise.replace("_", " ") for stage in stages],
            "unit": [stage.unit for stage in stages],
            "objective": [stage.objective for stage in stages],
            "final": [stage.final for stage in stages],
            "bound": [stage.bound for stage in stages],
            "gap": [stage.gap for stage in stages],
        }
    )
    columns = (
        Column("minimise", "made least"),
        Column("unit", "unit"),
        Column("objective", "when optimised", words.value),
        Column("final", "in the plan", words.value),
        Column("bound", "no plan is below", words.value),
        Column("gap", "gap", words.ceil_percent),
    )
    note = "In this order: each is made least without giving up the ones before it."
    return Table("stages", "Objectives and what is proved of them", frame, columns, note=note)


def _signatures(facts: Facts) -> Table:
    now = state_of(facts.found.plan)
    rows = [
        (s.name, s.role, s.signed, s.note, "as it is" if s.plan == now else "CHANGED since")
        for s in facts.signed
    ]
    names = ("name", "role", "signed", "note", "state")
    frame = pd.DataFrame(rows, columns=names)
    headings = ("name", "role", "signed (UTC)", "note", "plan")
    columns = tuple(Column(n, h) for n, h in zip(names, headings, strict=True))
    note = (
        "A signature records what was signed, by the hash of the plan; it does not prove who a "
        "person is."
    )
    return Table("signatures", "Signatures", frame, columns, note=note)
