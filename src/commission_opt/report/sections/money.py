"""What each fund spends by year, against its budget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.report.charts.room import key, key_height, letters, line, lined, patch
from commission_opt.report.drawing import NARROW, Chart, Hover, Picture, painted
from commission_opt.report.facts import Facts, share
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.supply.taken import takers
from commission_opt.views import words
from commission_opt.views.charts import BLUE, INK, ORANGE, SKY, numbered
from commission_opt.views.money import PARTS, decimals

_PAY = (
    " Pay is part of all three: that of the staff there are {without}, of those whom {bought} "
    "bring to work, and of the same in later years{taken}. “Of it pay” says how much it is."
)
_TAKEN = ", less that of staff who complete a course that took them from their posts"
_MOST = 12  # funds in the chart
_COLOURS = ("#3B4A5A", BLUE, SKY)
_LABELS = (
    "committed: students already on course", "planned: {} of this plan",
    "continued: {} of later years",
)  # fmt: skip
_WITH_PAY = (
    "committed: on course and in post", "planned: {} and whom they bring",
    "continued: the same of later years",
)  # fmt: skip
_PANEL, _HEAD, _SCALE = 1.65, 0.32, 0.35  # inches: of a fund, of its title, of the years below
_BUDGET = "budget"


def money(facts: Facts) -> Section:
    """Return the section."""
    prices = words.clean(facts.instance.price_base)
    taken = _TAKEN if len(takers(facts.instance)) else ""
    pay = _PAY.format(without=facts.without, bought=facts.bought, taken=taken) * facts.pays
    said = (
        f"Money in £ (price base: {prices}), not discounted. “Committed” pays for students "
        f"already on course, “planned” for the {facts.bought} of this plan, “continued” for those "
        f"of later years.{pay} A budget that lies within another of the same fund is "
        "a limit of its own, and not more money.",
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
    paid = [("pay", "of it pay, £", [f.paid_beside[i] for f, i in at], words.pounds)]
    columns = (
        ("fund", "fund", [facts.names.funds[fund.code] for fund, _ in at]),
        ("year", "year", [facts.years[i] for _, i in at], words.year),
        *(
            (name, f"{name}, £", values, words.pounds)
            for name, values in zip((*PARTS, "all"), spent, strict=True)
        ),
        *paid * facts.pays,
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
        *[("pay", "of it pay, £m", rows["pay"], shown_in)] * facts.pays,
        ("left", "left, £m", budget - spent, shown_in),
        ("used", "used", share(spent, budget), words.used),
    )
    title = "Money by fund and year"
    in_all = rows.groupby("fund", sort=False)["budget"].sum()
    most = in_all.sort_values(ascending=False, kind="stable").index[:_MOST]
    if len(most) < len(in_all):
        title += f": the {len(most)} largest of {len(in_all)} funds"
    shown = rows[rows["fund"].isin(most)]
    chart = Chart("money-by-fund", title, _summary(shown), _bars(shown, _labels(facts)))
    return Exhibit(tabled("money", "Money by fund and year, £m", columns), (chart,))


def _labels(facts: Facts) -> list[str]:
    """Say in the key of the chart what each part pays for."""
    return [label.format(facts.bought) for label in (_WITH_PAY if facts.pays else _LABELS)]


def _summary(rows: pd.DataFrame) -> str:
    said = []
    for name, fund in rows.groupby("fund", sort=False):
        used = share(fund[list(PARTS)].to_numpy().sum(axis=1), fund["budget"].to_numpy())
        at = int(np.argmax(np.nan_to_num(used)))
        said.append(f"{name} {words.used(used[at])} in {words.year(fund['year'].iloc[at])}")
    return f"Most of each budget that is used in any year: {'; '.join(said)}."


def _bars(spending: pd.DataFrame, labels: Sequence[str]) -> Picture:
    """Return the chart, £m, each fund to its own scale."""
    funds = list(spending.groupby("fund", sort=False))
    signs = [*labels, _BUDGET]

    def shape(width: float) -> tuple[int, int]:
        across = (2 if len(funds) <= 4 else 3) if width > NARROW else 1
        across = min(across, len(funds))
        return -(-len(funds) // across), across

    def height(width: float) -> float:
        return shape(width)[0] * _PANEL + _HEAD + _SCALE + key_height(signs, width)

    def paint(figure: Any) -> Hover:
        width, tall = figure.get_size_inches()
        all_axes = figure.subplots(
            *shape(width), squeeze=False,
            gridspec_kw={
                "left": 0.71 / width, "right": 1 - 0.14 / width, "top": 1 - _HEAD / tall,
                "bottom": (_SCALE + key_height(signs, width)) / tall, "hspace": 0.5,
                "wspace": 0.16,
            },
        )  # fmt: skip
        hover: dict[str, Sequence[str]] = {}
        for number, axes in enumerate(all_axes.ravel()):
            if number < len(funds):
                hover |= _fund(axes, number, *funds[number])
            else:
                axes.set_visible(False)
        parts = [patch(s, color=c) for s, c in zip(labels, _COLOURS, strict=True)]
        key(figure, [*parts, line(_BUDGET, color=ORANGE, lw=2.2)])
        return hover

    return painted(height, paint)


def _fund(axes: Any, number: int, name: Any, rows: pd.DataFrame) -> Hover:
    from matplotlib.collections import PolyCollection

    years, budget, below = rows["year"].to_numpy(), rows["budget"].to_numpy(), np.zeros(len(rows))
    hover: dict[str, Sequence[str]] = {}
    for part, colour in zip(PARTS, _COLOURS, strict=True):
        values = rows[part].to_numpy()
        low, high = below / 1e6, (below + values) / 1e6
        corners = [
            [(x - 0.38, a), (x - 0.38, b), (x + 0.38, b), (x + 0.38, a)]
            for x, a, b in zip(years, low, high, strict=True)
        ]
        gid = f"fund-{number}-{part}"
        axes.add_collection(PolyCollection(corners, facecolor=colour, lw=0, gid=gid))
        hover[gid] = [
            f"{name}, {words.year(y)}, {part}: {words.money(v)} of {words.money(b)}"
            for y, v, b in zip(years, values, budget, strict=True)
        ]
        below = below + values
    edges = np.append(years - 0.5, years[-1] + 0.5)
    axes.stairs(budget / 1e6, edges, baseline=None, color=ORANGE, lw=2.2)
    axes.stairs(budget / 1e6, edges, baseline=None, color=INK, lw=0.6, ls=":")
    axes.set_xlim(edges[0] - 0.2, edges[-1] + 0.2)
    axes.set_ylim(0, 1.12 * max(budget.max(), below.max(), 1.0) / 1e6)
    axes.set_title(f"{lined(str(name), letters(2.1, 9.5), 1)}, £m", fontsize=9.5, pad=5)
    step = max(1, -(-len(years) // 3))
    axes.set_xticks(years[::step], [words.year(y) for y in years[::step]])
    axes.tick_params(labelsize=8)
    axes.grid(visible=True, axis="y")
    numbered(axes.yaxis)
    return hover
