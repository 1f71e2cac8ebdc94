"""Which limits hold the plan back, and what a little more of each would save."""

from __future__ import annotations

import pandas as pd

from commission_opt.explain.answer import Column, Table
from commission_opt.explain.limits import KINDS, Binding, Kind, binding, scarce, standing
from commission_opt.explain.units import unit_of
from commission_opt.report.facts import Facts
from commission_opt.report.section import Block, Section
from commission_opt.views import words

_MOST = 20
_COUNTED = "A budget or placement pool is counted for each region and year it is set for."
_RATE = (
    "What more of it would save is a rate: the first pound or week saves at it, and it falls as "
    "more is given. It is that of the plan in fractions of places."
)


def limits(facts: Facts, *, priced: bool) -> Section:
    """Return the section.

    Parameters
    ----------
    facts : Facts
    priced : bool
        Whether to say what a little more of each limit would save.
    """
    proof = facts.found.proofs[0]
    program = proof.formulation.program
    found = {kind: binding(kind, program, proof.multipliers) for kind in KINDS}
    said = [_counted(kind, held) for kind, held in found.items()]
    said.append(_standing(facts))
    tables = [
        _table(facts, kind, held)
        for kind, held in found.items()
        if priced and held and len(held.rows)
    ]
    said.append(f"{_COUNTED} {_RATE}" if tables else _COUNTED)
    if tables:
        said += _whole_steps(facts)
    return Section("limits", "What limits the plan", tuple(said), tuple(map(Block, tables)))


def _whole_steps(facts: Facts) -> list[str]:
    """Say what a whole step more of the most valuable limit of each kind saves and spends."""
    plan, proof = facts.found.plan, facts.found.proofs[0]
    said = []
    for each in scarce(plan.problem, proof.formulation, proof.multipliers, plan.places, dearest=1):
        for more in each.more[:1]:
            row = getattr(facts.instance, each.kind.block).iloc[more.row]
            known = facts.names.funds if each.kind.code == "fund" else facts.names.pools
            where = f"{known[row[each.kind.code]]}, {facts.names.regions[row['region']]}"
            said.append(f"{where}, {words.year(int(row['year']))}: {more.says}.")
    return said


def _counted(kind: Kind, held: Binding | None) -> str:
    if held is None:
        return f"The model sets no limit to {kind.name}s."
    if not len(held.rows):
        return f"No {kind.name} of the {held.count:,} holds the plan back."
    verb = "holds" if len(held.rows) == 1 else "hold"
    return (
        f"{len(held.rows):,} of {words.plural(held.count, kind.name)} {verb} the plan back: more "
        "there would save something."
    )


def _table(facts: Facts, kind: Kind, held: Binding) -> Table:
    limited = getattr(facts.instance, kind.block).iloc[held.rows]
    unit = unit_of(facts.found.plan.problem)
    known = facts.names.funds if kind.code == "fund" else facts.names.pools
    frame = pd.DataFrame(
        {
            "code": limited[kind.code].map(known).to_numpy(),
            "region": limited["region"].map(facts.names.regions).to_numpy(),
            "year": limited["year"].to_numpy(int),
            "worth": held.worth * facts.found.proofs[0].formulation.aim.scale,
        }
    )
    columns = (
        Column("code", kind.code),
        Column("region", "region"),
        Column("year", "year", words.year),
        Column("worth", f"saved per {kind.step} at first", lambda v: words.signed(unit.show(v))),
    )
    title = f"What more of each {kind.name} that holds the plan back would save, {unit.name}"
    return Table(kind.block, title, frame, columns, _MOST)


def _standing(facts: Facts) -> str:
    formulation = facts.found.proofs[0].formulation
    at = standing(facts.found.plan.problem, formulation.program, facts.outcome.places)
    none = "none is" if not at.none else f"{at.none:,} {'is' if at.none == 1 else 'are'}"
    return (
        f"Of {at.count:,} {at.what}, {at.full:,} are full, {at.back:,} grow and {at.up:,} shrink "
        f"as fast as the rules allow, and {none} without places."
    )
