"""What a region, a profession or a provider could ask for: places, placements and money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from commission_opt.explain.units import unit_of
from commission_opt.explain.why.balances import Balances
from commission_opt.instance.typed import ANY
from commission_opt.report.facts import Facts
from commission_opt.report.packs.holding import Held, held
from commission_opt.report.packs.scope import Scope
from commission_opt.report.section import Exhibit, Section, tabled, typographic
from commission_opt.views import words

_MOST = 20


@dataclass(frozen=True)
class Ask:
    """A line of which one more would be better than what it takes from others.

    Parameters
    ----------
    stands : str
        At which of its own ends.
    gain, loss, net : float
        In the unit of the first objective.
    """

    line: int
    name: str
    stands: str
    gain: float
    loss: float
    net: float


def asking(facts: Facts, scope: Scope) -> Section | None:
    """Return the section; None where several futures are weighed, of which no prices are told."""
    of = facts.balances
    if of is None:
        return None
    unit, found = unit_of(of.problem), asks(facts, of, scope)
    said = [
        "What one more would save at most of the first objective, by the prices next to the plan, "
        "in fractions of places; by how much a plan in whole places would be better, solving again "
        "says (“commission-opt explain”)."
    ]
    points = [ask_words(facts, of, found), *_more(facts, of, scope)]
    exhibits = []
    if found:
        show = typographic(unit.show)
        titles = (("gain", "brings"), ("loss", "takes from others"), ("net", "better by at most"))
        columns = (
            ("line", "course or measure" if facts.units else "course", [a.name for a in found]),
            ("stands", "stands at", [a.stands for a in found]),
            *(
                (name, f"{head}, {unit.name}", [getattr(a, name) for a in found], show)
                for name, head in titles
            ),
        )  # fmt: skip
        title = "Where one more would be better than what it takes from others"
        exhibits = [Exhibit(tabled("asks", title, columns, _MOST))]
    return Section("ask", "What it could ask for", tuple(said), tuple(exhibits), tuple(points))


def asks(facts: Facts, of: Balances, scope: Scope) -> list[Ask]:
    """Return the lines of a scope of which one more in the first year is worth its price."""
    names = {**facts.names.courses, **facts.names.measures}
    codes = facts.instance.lines["line"].tolist()
    columns = of.problem.layout.column(scope.at, np.zeros(len(scope.at), dtype=np.int64))
    better = np.flatnonzero(of.net[columns] > 0)
    order = better[np.argsort(-of.net[columns][better], kind="stable")]
    return [
        Ask(
            int(scope.at[i]), names[codes[scope.at[i]]],
            facts.standing.stands(int(scope.at[i]), 0),
            *(float(each[columns[i]]) for each in (of.gain, of.loss, of.net)),
        )
        for i in order
    ]  # fmt: skip


def ask_words(facts: Facts, of: Balances, found: list[Ask]) -> str:
    """Say of which line one more would be worth most."""
    if not found:
        return (
            f"No more {facts.bought} on any of its courses would be better than what they would "
            "take from others."
        )
    unit, best = unit_of(of.problem), found[0]
    one = "place" if best.line < len(facts.instance.courses) else "unit"
    return (
        f"One more {one} would be worth most on {best.name}, which stands at: {best.stands}. It "
        f"would bring {unit.amount(best.gain)} and take {unit.show(best.loss)} from others: "
        f"{unit.show(best.net)} better, at most."
    )


def _more(facts: Facts, of: Balances, scope: Scope) -> Iterator[str]:
    """Say what a step more of each kind of limit that is scarce would save: the most valuable."""
    unit = unit_of(of.problem)
    best: dict[tuple[str, bool], Held] = {}
    for each in held(facts, of, scope):
        key = each.limit.table, each.own
        if key not in best or each.saved > best[key].saved:
            best[key] = each
    for each in best.values():
        where = f", {facts.names.regions[each.region]}," if each.region != ANY else ""
        first, last = each.years[0], each.years[-1]
        years = f"each year in which it is scarce ({words.span(first, last)})"
        years = words.year(first) if first == last else years
        shared = "" if each.own else ", wherever it is then used, for it is shared with others"
        yield (
            f"{each.limit.said(each.limit.price_step, 'more')} of the {each.name}{where} in "
            f"{years} would save at most {unit.amount(each.saved)}{shared}."
        )
