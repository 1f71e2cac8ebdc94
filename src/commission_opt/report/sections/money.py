"""What each fund spends by year, against its budget."""

from __future__ import annotations

import numpy as np

from commission_opt.report.charts.money import Bars, money_bars
from commission_opt.report.drawing import Chart
from commission_opt.report.facts import Facts, share
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.views import words
from commission_opt.views.money import PARTS, Fund, decimals

_MOST = 12  # funds in the chart


def money(facts: Facts) -> Section:
    """Return the section."""
    prices = words.clean(facts.instance.price_base)
    funds = [bars_of(facts.names.funds[fund.code], fund) for fund in facts.funds]
    limited = [fund for fund in funds if fund.years]
    said = (
        f"Money in £ (price base: {prices}), not discounted. “Committed” pays for students "
        f"already on course, “planned” for the {facts.bought} of this plan, “continued” for those "
        "of later years. A budget that lies within another of the same fund is a limit of its own, "
        "and not more money.",
    )
    if not limited:
        said = ("No budget limits the plan.",)
    beside = [_beside(facts)] if facts.unbudgeted else []
    exhibits = (
        *([_block(limited, decimals(facts.funds), facts.bought)] if limited else []),
        *beside,
    )
    return Section("money", "Money", (*said, *facts.unbudgeted), exhibits)


def bars_of(name: str, fund: Fund) -> Bars:
    """Return what a fund spends in the years in which it has a budget."""
    at = np.flatnonzero(~np.isnan(fund.budget))
    return Bars(name, tuple(fund.years), fund.budget[at], fund.within[:, at])


def _beside(facts: Facts) -> Exhibit:
    """Return what is spent under no budget."""
    at = [(fund, i) for fund in facts.funds for i in np.flatnonzero(fund.beside.sum(axis=0))]
    spent = np.array([[*fund.beside[:, i], fund.beside[:, i].sum()] for fund, i in at]).T
    columns = (
        ("fund", "fund", [facts.names.funds[fund.code] for fund, _ in at]),
        ("year", "year", [facts.years[i] for _, i in at], words.year),
        *(
            (name, f"{name}, £", values, words.pounds)
            for name, values in zip((*PARTS, "all"), spent, strict=True)
        ),
    )
    return Exhibit(tabled("unbudgeted", "Spending under no budget, £", columns))


def _block(funds: list[Bars], digits: int, bought: str) -> Exhibit:
    def shown_in(value: float) -> str:
        return words.rounded(value / 1e6, digits)

    budget = np.concatenate([fund.budget for fund in funds])
    parts = np.concatenate([fund.parts for fund in funds], axis=1)
    spent = parts.sum(axis=0)
    money = zip(("budget", *PARTS, "left"), (budget, *parts, budget - spent), strict=True)
    columns = (
        ("fund", "fund", [fund.name for fund in funds for _ in fund.years]),
        ("year", "year", [year for fund in funds for year in fund.years], words.year),
        *((name, f"{name}, £m", values, shown_in) for name, values in money),
        ("used", "used", share(spent, budget), words.used),
    )
    title = "Money by fund and year"
    shown = sorted(funds, key=lambda fund: -fund.budget.sum())[:_MOST]
    shown = [fund for fund in funds if fund in shown]
    if len(shown) < len(funds):
        title += f": the {len(shown)} largest of {len(funds)} funds"
    table = tabled("money", "Money by fund and year, £m", columns)
    chart = Chart("money-by-fund", title, _summary(shown), money_bars(shown, bought))
    return Exhibit(table, (chart,))


def _summary(funds: list[Bars]) -> str:
    said = []
    for fund in funds:
        used = share(fund.parts.sum(axis=0), fund.budget)
        at = int(np.argmax(np.nan_to_num(used)))
        said.append(f"{fund.name} {words.used(used[at])} in {words.year(fund.years[at])}")
    return f"Most of each budget that is used in any year: {'; '.join(said)}."
