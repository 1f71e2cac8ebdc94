"""What each fund spends by year, against its budget."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.explain.answer import Column, Table
from commission_opt.report import words
from commission_opt.report.charts.money import PARTS, Fund, money_bars
from commission_opt.report.facts import Facts, share
from commission_opt.report.section import Block, Section

_MOST = 12  # funds in the chart


def money(facts: Facts) -> Section:
    """Return the section."""
    prices = words.clean(facts.instance.price_base)
    said = (
        f"£ in {prices}, not discounted. “Committed” pays for students already on course, "
        "“planned” for the places of this plan, “continued” for those of later years.",
    )
    funds = by_fund(facts)
    if not funds:
        return Section("money", "Money", ("No budget limits the plan.",))
    return Section("money", "Money", said, (_block(funds),))


def by_fund(facts: Facts) -> list[Fund]:
    """Return what each fund spends in the regions of its widest budgets, by year.

    A budget of a region that lies within another of the same fund and year is a limit of its own
    but not more money, so only the widest are added up.
    """
    spend = facts.outcome.spend
    budgets = facts.instance.budgets.reset_index(drop=True)
    parts = np.array([getattr(spend, part) for part in PARTS])
    funds = []
    for name, rows in budgets.groupby("fund", sort=False):
        at = {
            int(year): _widest(facts, rows[rows["year"] == year])
            for year in sorted(set(rows["year"]))
        }
        funds.append(
            Fund(
                facts.names.funds[str(name)],
                tuple(at),
                np.array([spend.limit[i].sum() for i in at.values()]),
                np.array([parts[:, i].sum(axis=1) for i in at.values()]).T,
            )
        )
    return funds


def _widest(facts: Facts, rows: pd.DataFrame) -> list[int]:
    """Return the positions of the budgets that lie within no other."""
    scopes = [facts.instance.scopes[region] for region in rows["region"]]
    inside = [
        any(other.sum() > scope.sum() and other[scope].all() for other in scopes)
        for scope in scopes
    ]
    return [int(i) for i, within in zip(rows.index, inside, strict=True) if not within]


def _block(funds: list[Fund]) -> Block:
    rows = [
        {
            "fund": fund.name,
            "year": year,
            "budget": fund.budget[i],
            **dict(zip(PARTS, fund.parts[:, i], strict=True)),
            "left": fund.budget[i] - fund.parts[:, i].sum(),
            "used": float(share(fund.parts[:, i].sum(), fund.budget[i])),
        }
        for fund in funds
        for i, year in enumerate(fund.years)
    ]
    columns = (
        Column("fund", "fund"),
        Column("year", "year", words.year),
        *(Column(name, f"{name}, £m", words.millions) for name in ("budget", *PARTS, "left")),
        Column("used", "used", words.percent),
    )
    title = "Money by fund and year"
    shown = sorted(funds, key=lambda fund: -fund.budget.sum())[:_MOST]
    shown = [fund for fund in funds if fund in shown]
    if len(shown) < len(funds):
        title += f": the {len(shown)} largest of {len(funds)} funds"
    table = Table("money", "Money by fund and year, £m", pd.DataFrame(rows), columns)
    return Block(table, (money_bars("money-by-fund", title, _summary(shown), shown),))


def _summary(funds: list[Fund]) -> str:
    said = []
    for fund in funds:
        used = share(fund.parts.sum(axis=0), fund.budget)
        at = int(np.argmax(np.nan_to_num(used)))
        said.append(f"{fund.name} {words.percent(used[at])} in {words.year(fund.years[at])}")
    return f"Most of each budget that is used in any year: {'; '.join(said)}."
