"""What a region, a profession or a provider costs, by fund and year, against last year repeated."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome
from commission_opt.report.facts import Facts
from commission_opt.report.packs.scope import PROVIDER, REGION, Scope
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.views import words
from commission_opt.views.money import PARTS
from commission_opt.views.money_of_lines import of_lines


def money(facts: Facts, scope: Scope) -> Section:
    """Return the section."""
    prices = words.clean(facts.instance.price_base)
    pays = " and the pay of its staff" if facts.pays and scope.kind != PROVIDER else ""
    said = [
        f"What its own {facts.bought}{pays} cost, in £ (price base: {prices}), not discounted, "
        "whatever budget pays. “Committed” is for students already on course, “planned” for what "
        "this plan buys, “continued” for what later years go on with.",
        money_words(facts, scope),
    ]
    exhibits = [*_tables(facts, scope)]
    own = _own_budgets(facts, scope)
    if own is not None:
        exhibits.append(own)
    elif scope.kind == REGION:
        said.append("No budget is its own alone: it shares those that it draws on.")
    return Section("money", "Money", tuple(said), tuple(exhibits))


def spent(facts: Facts, scope: Scope, result: Outcome) -> pd.DataFrame:
    """Return £ by fund and year with an outcome."""
    return of_lines(facts.instance, facts.policy, result, scope.lines, scope.staff)


def money_words(facts: Facts, scope: Scope) -> str:
    """Say what is spent in the first year, against last year repeated."""
    first = facts.years[0]
    now, last = (
        float(rows.loc[rows["year"] == first, list(PARTS)].to_numpy().sum())
        for rows in (
            spent(facts, scope, facts.outcome), spent(facts, scope, facts.futures.last_year),
        )
    )  # fmt: skip
    if words.money(now) == words.money(last):
        against = "as much as with last year repeated"
    else:
        way = "more" if now > last else "less"
        against = f"{words.money(abs(now - last))} {way} than with last year repeated"
    return f"It costs {words.money(now)} in {words.year(first)}, {against}."


def _tables(facts: Facts, scope: Scope) -> tuple[Exhibit, ...]:
    """Return what is spent by year, and by fund and year, against last year repeated."""
    rows = spent(facts, scope, facts.outcome)
    before = spent(facts, scope, facts.futures.last_year)
    rows["total"], before["last"] = (of[list(PARTS)].sum(axis=1) for of in (rows, before))
    rows = rows.merge(before[["fund", "year", "last"]], "outer", ["fund", "year"], sort=False)
    rows = rows.fillna(0.0)
    rows["more"] = rows["total"] - rows["last"]
    heads = {
        **{part: f"{part}, £" for part in PARTS},
        "total": "all, £", "last": "with last year repeated, £", "more": "more than that, £",
    }  # fmt: skip
    years = rows.groupby("year", as_index=False)[[*heads]].sum()
    found = []
    for name, title, frame in (
        ("money-years", "Money by year, £", years),
        ("money", "Money by fund and year, £", rows),
    ):
        columns: list[tuple[Any, ...]] = [
            ("year", "year", frame["year"].tolist(), words.year),
            *((key, head, frame[key].to_numpy(float), words.pounds) for key, head in heads.items()),
        ]
        if "fund" in frame:
            columns.insert(0, ("fund", "fund", frame["fund"].map(facts.names.funds).tolist()))
        found.append(Exhibit(tabled(name, title, columns), folded="fund" in frame))
    return tuple(found)


def _own_budgets(facts: Facts, scope: Scope) -> Exhibit | None:
    """Return the budgets on its regions alone; None if there are none."""
    instance, use = facts.instance, facts.outcome.spend
    mine = [i for i, q in enumerate(instance.budgets["region"]) if scope.covers(instance.scopes[q])]
    if not mine:
        return None
    rows, total = instance.budgets.iloc[mine], use.total[mine]
    limit = rows["amount"].to_numpy(float)
    columns = (
        ("fund", "fund", rows["fund"].map(facts.names.funds).tolist()),
        ("region", "region", rows["region"].map(facts.names.regions).tolist()),
        ("year", "year", rows["year"].to_numpy(int), words.year),
        ("budget", "budget, £", limit, words.pounds),
        ("spent", "spent under it, £", total, words.pounds),
        ("left", "left, £", limit - total, words.pounds),
        ("used", "used", np.divide(total, limit, where=limit > 0, out=limit * np.nan), words.used),
    )
    return Exhibit(tabled("budgets", "Budgets of its own, £", columns))
