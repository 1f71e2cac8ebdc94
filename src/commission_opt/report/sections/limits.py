"""Which limits hold the plan back, and what a step more of each would save and spend."""

from __future__ import annotations

import numpy as np

from commission_opt.explain import figures
from commission_opt.explain.answer import AnswerTable
from commission_opt.explain.limits import of_first, pursued, standing
from commission_opt.explain.scarce import More, Scarce, scarce
from commission_opt.explain.units import unit_of
from commission_opt.formulation.rules import LIMITS
from commission_opt.report.facts import Facts
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.views import words

_MOST = 20
_COUNTED = (
    "A budget or placement pool holds the plan back if more of it alone would save something, in "
    "fractions of {bought}."
)


def limits(facts: Facts, *, priced: bool) -> Section:
    """Return the section, ``priced`` if it says what a step more of each limit would save."""
    plan = pursued(facts.found.plan)
    proof = facts.found.proofs[len(plan.policy.held)]
    most = _MOST if priced else 1
    found = scarce(plan.problem, proof.formulation, proof.multipliers, plan.amounts, most)
    of = {each.kind: _sentence(each.words) for each in found}
    said = [of.get(kind, f"The model sets no limit to {kind.name}s.") for kind in LIMITS.values()]
    said += [_sentence(_standing(facts)), _COUNTED.format(bought=facts.bought)]
    if note := of_first(plan.problem.policy):
        said.insert(0, note)
    tables = []
    if priced:
        said += [
            f"{_where(facts, each, more)}: {more.says}."
            for each in found
            for more in (*each.more[:1], *each.every_year[:1])
        ]
        tables = [_table(facts, each) for each in found if each.more]
    return Section("limits", "What limits the plan", tuple(said), tuple(map(Exhibit, tables)))


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _where(facts: Facts, each: Scarce, more: More) -> str:
    row = each.kind.rows_of(facts.instance).iloc[more.row]
    known = facts.names.funds if each.kind.money else facts.names.pools
    when = "every year" if more in each.every_year else words.year(int(row["year"]))
    return f"{known[row[each.kind.code]]}, {facts.names.regions[row['region']]}, {when}"


def _table(facts: Facts, each: Scarce) -> AnswerTable:
    kind, rows = each.kind, [more.row for more in each.more]
    limited = kind.rows_of(facts.instance).iloc[rows]
    unit = unit_of(facts.found.plan.problem)
    codes = facts.names.funds if kind.money else facts.names.pools
    saved = "saved at most" if each.more[0].worth is None else "saved"
    known = [m.worth.more if m.worth else None for m in each.more]
    spent = [np.nan if more is None else more.pounds for more in known]
    columns = (
        ("code", kind.code, limited[kind.code].map(codes).to_numpy()),
        ("region", "region", limited["region"].map(facts.names.regions).to_numpy()),
        ("year", "year", limited["year"].to_numpy(int), words.year),
        ("saved", saved, [m.saved for m in each.more], lambda v: words.signed(unit.show(v))),
        ("spent", "£ more spent in all", spent, lambda v: words.signed(figures.pounds(v))),
    )
    step = f"{kind.said(kind.price_step)} more of each {kind.name}"
    title = f"What {step} that holds the plan back saves, {unit.name}"
    return tabled(kind.table, title, columns, _MOST)


def _standing(facts: Facts) -> str:
    formulation = facts.found.proofs[0].formulation
    return standing(facts.found.plan.problem, formulation.program, facts.outcome)
