"""What limits a region, a profession or a provider: its courses' own ends, funds and pools."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from commission_opt.explain.answer import AnswerTable
from commission_opt.explain.units import Unit, unit_of
from commission_opt.explain.why.balances import Balances, Counterpart
from commission_opt.formulation.limits import Limit
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.rules import LIMITS
from commission_opt.report.facts import Facts
from commission_opt.report.packs.scope import Scope
from commission_opt.report.section import Exhibit, Section, tabled, typographic
from commission_opt.report.sections.moves import named
from commission_opt.views import words

_PRICED = 1e-9  # relative to the largest price of the rows of a kind
_ENDS = (
    ("is full", "are full"),
    ("has the most that the pace of change allows", "have the most that the pace of change allows"),
    (
        "has the least that the pace of change allows",
        "have the least that the pace of change allows",
    ),
    ("has its smallest cohort", "have their smallest cohort"),
    ("is closed", "are closed"),
)


@dataclass(frozen=True)
class Held:
    """A fund or pool in a region that holds courses of a scope back.

    Parameters
    ----------
    name : str
        Of the fund or pool.
    region : str
        Code of the region that it is for.
    own : bool
        Whether it is for the scope alone.
    years : tuple of int
        In which more of it would save something.
    saved : float
        Of the first objective, by ``limit.price_step`` more in each of the years; at most.
    """

    limit: Limit
    name: str
    region: str
    own: bool
    years: tuple[int, ...]
    saved: float


def holding(facts: Facts, scope: Scope) -> Section:
    """Return the section."""
    said, exhibits = [standing_words(facts, scope)], []
    of = facts.balances
    if of is not None:
        found = list(held(facts, of, scope))
        said += [_held_words(found)]
        if found:
            exhibits = [Exhibit(_table(facts, found, unit_of(of.problem)))]
    return Section("limits", "What limits it", tuple(said), tuple(exhibits))


def standing_words(facts: Facts, scope: Scope) -> str:
    """Say how many of its courses and measures stand at which of their own ends."""
    where = facts.standing.met
    counts = [int(met[scope.at, 0].sum()) for met in where]
    said = [
        f"{count:,} {words.agreed(count, *ends)}"
        for count, ends in zip(counts, _ENDS, strict=True)
        if count
    ]
    between = int((~np.any([met[scope.at, 0] for met in where], axis=0)).sum())
    if between:
        stand = ("stands between its limits", "stand between their limits")
        said.append(f"{between:,} {words.agreed(between, *stand)}")
    lines = "course or measure" if facts.units else "course"
    some = lines.replace("course", "courses").replace("measure", "measures")
    return f"Of {words.plural(len(scope.at), lines, some)}, {words.joined(said) or 'none is here'}."


def held(facts: Facts, of: Balances, scope: Scope) -> Iterator[Held]:
    """Yield the funds and pools that lines of a scope use and more of which would save something.

    Those of one code and region are told together, with a step more in each year that has a price:
    by weak duality that saves no more than the prices say.
    """
    program, instance = of.formulation.program, facts.instance
    columns = program.columns[PLACES].start + of.problem.layout.columns_of(scope.at)
    for limit in LIMITS.values():
        if limit.table not in program.rows:
            continue
        where = program.rows[limit.table]
        price = np.abs(of.multipliers[where])
        used = np.zeros(len(price), dtype=bool)
        used[program.matrix.tocsr()[where][:, columns].tocoo().coords[0]] = True
        rows = np.flatnonzero(used & (price > _PRICED * max(1.0, float(price.max(initial=0.0)))))
        worth = price * limit.price_step / limit.origin.scale * of.formulation.aim.scale
        table = limit.rows_of(instance).iloc[rows].reset_index(drop=True)
        for (code, region), own in table.groupby([limit.code, "region"], sort=False):
            yield Held(
                limit,
                named(facts, Counterpart(limit.table, str(code))),
                str(region),
                scope.covers(instance.scopes[str(region)]),
                tuple(own["year"].astype(int)),
                float(worth[rows[own.index.to_numpy()]].sum()),
            )


def _held_words(found: list[Held]) -> str:
    if not found:
        return "No fund or pool that it uses holds the plan back."
    shared = [each for each in found if not each.own]
    names = [*dict.fromkeys(f"the {each.name}" for each in found)]
    text = f"What holds the plan back of all that it uses: {words.joined(names)}."
    if shared and len(shared) == len(found):
        return f"{text} It shares {words.agreed(len(names), 'it', 'all of them')} with others."
    return text


def _table(facts: Facts, found: list[Held], unit: Unit) -> AnswerTable:
    columns = (
        ("limit", "fund or pool", [each.name for each in found]),
        ("region", "region", [facts.names.regions[each.region] for each in found]),
        ("own", "whose", ["its own" if each.own else "shared" for each in found]),
        ("years", "scarce in", [words.in_years(each.years) for each in found]),
        ("step", "more in each of these years", [_step(each) for each in found]),
        (
            "saved", f"would save at most, {unit.name}", [each.saved for each in found],
            typographic(unit.show),
        ),
    )  # fmt: skip
    note = (
        "Worked out at the prices next to the plan, in fractions of places: what more of it saves "
        "of the first objective in the whole country, wherever it is then used."
    )
    return tabled("held", "What more of each fund and pool would be worth", columns, note=note)


def _step(each: Held) -> str:
    return str(each.limit.said(each.limit.price_step))
