"""What each fund spends by year, against its budget."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.report.charts.money import money_bars
from commission_opt.report.drawing import Chart
from commission_opt.report.facts import Facts, share
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.views import words
from commission_opt.views.money import PARTS, decimals

_MOST = 12  # funds in the chart


def money(facts: Facts) -> Section:
    """Return the section."""
    prices = words.clean(facts.instance.price_base)
    said = (
        f"Money in £ (price base: {prices}), not discounted. “Committed” pays for students "
        f"already on course, “planned” for the {facts.bought} of this plan, “continued” for those "
        "of later years. A budget that lies within another of the same fund is a limit of its own, "
        "and not more money.",
    )
    exhibits = [_under_budgets(facts)] if len(facts.spending) else []
    if not exhibits:
        said = ("No budget limits the plan.",)
    if facts.unbudgeted:
        exhibits.append(_beside(facts))
    return Section("money", "Money", (*said, *facts.unbudgeted), tuple(exhibits))


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


def _under_budgets(facts: Facts) -> Exhibit:
    """Return what is spent under budgets, with a chart of the largest funds."""
    digits, rows = decimals(facts.funds), facts.spending

    def shown_in(value: float) -> str:
        return words.rounded(value / 1e6, digits)

    budget = rows["budget"].to_numpy()
    spent = rows[list(PARTS)].to_numpy().sum(axis=1)
    columns = (
        ("fund", "fund", rows["fund"]),
        ("year", "year", rows["year"], words.year),
        *((name, f"{name}, £m", rows[name], shown_in) for name in ("budget", *PARTS)),
        ("left", "left, £m", budget - spent, shown_in),
        ("used", "used", share(spent, budget), words.used),
    )
    title = "Money by fund and year"
    in_all = rows.groupby("fund", sort=False)["budget"].sum()
    most = in_all.sort_values(ascending=False, kind="stable").index[:_MOST]
    if len(most) < len(in_all):
        title += f": the {len(most)} largest of {len(in_all)} funds"
    shown = rows[rows["fund"].isin(most)]
    chart = Chart("money-by-fund", title, _summary(shown), money_bars(shown, facts.bought))
    return Exhibit(tabled("money", "Money by fund and year, £m", columns), (chart,))


def _summary(rows: pd.DataFrame) -> str:
    said = []
    for name, fund in rows.groupby("fund", sort=False):
        used = share(fund[list(PARTS)].to_numpy().sum(axis=1), fund["budget"].to_numpy())
        at = int(np.argmax(np.nan_to_num(used)))
        said.append(f"{name} {words.used(used[at])} in {words.year(fund['year'].iloc[at])}")
    return f"Most of each budget that is used in any year: {'; '.join(said)}."
