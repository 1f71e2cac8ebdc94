"""What a plan says, on one screen, in a commissioner's words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.table import Table

from commission_opt.allocation.allocate import Allocation
from commission_opt.certificate import StageCertificate
from commission_opt.cli.screen import Console, Text
from commission_opt.explain.limits import scarce, standing
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.solvers.status import Limits

_NARROWEST = 60  # characters that the places table needs beside its regions
_PER_REGION = 8
_DEAREST = 4  # limits of a kind that are named
_MUCH = 1e7  # £; where no budget is as large, £m are shown to the thousand
_LONGEST = 40  # professions listed before the rest is summed up


def print_summary(
    allocation: Allocation, screen: Console, place: Callable[[str], str] = str
) -> None:
    """Print the plan: decision, places, shortfall, money, limits and proof.

    ``place`` says in the words of a workbook which row of a table is meant.
    """
    screen.print()
    screen.print(Text(headline(allocation), style="bold"))
    fits = screen.width >= _NARROWEST + _PER_REGION * allocation.instance.shape[1]
    screen.print(places_table(allocation, by_region=fits))
    screen.print(shortfall_by_profession(allocation))
    screen.print(shortfall_by_year(allocation))
    if len(allocation.instance.budgets):
        screen.print(money_table(allocation))
    for text in what_limits(allocation):
        screen.print(Text(place(text)))
    if len(allocation.certificate.stages) > 1:
        screen.print(stages_table(allocation))
    screen.print()
    screen.print(Text(verdict(allocation), style="bold green"))


def headline(allocation: Allocation) -> str:
    """Say how many places are commissioned, against last year."""
    instance, places = allocation.instance, allocation.places
    first = _year(instance.first_year)
    now, last = float(places[:, 0].sum()), float(instance.courses["last_intake"].sum())
    text = f"{instance.title}: {_count(now)} places in {first}, {_change(now - last)} on last year"
    if places.shape[1] > 1:
        final = _year(instance.first_year + places.shape[1] - 1)
        text += f"; {_count(places[:, -1].sum())} in {final}"
    return text


def _year(year: int) -> str:
    return f"{year}/{(year + 1) % 100:02d}"


def _count(number: float) -> str:
    return f"{number:,.0f}"


def _change(number: float) -> str:
    return f"{number:+,.0f}".replace("-", "−") if round(number) else "±0"


def _money(pounds: float, digits: int) -> str:
    return f"{pounds / 1e6:,.{digits}f}"


def _grid(title: str, columns: Sequence[str]) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column(columns[0])
    for column in columns[1:]:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def places_table(allocation: Allocation, *, by_region: bool) -> Table:
    """Tabulate first-year places by profession, and by region if they fit, and last year's."""
    instance = allocation.instance
    p, q = instance.courses["p"].to_numpy(), instance.courses["q"].to_numpy()
    now, last = (np.zeros(instance.shape[:2]) for _ in range(2))
    np.add.at(now, (p, q), allocation.places[:, 0])
    np.add.at(last, (p, q), instance.courses["last_intake"].to_numpy(float))
    regions = list(instance.regions["region"]) if by_region else []
    titles = list(instance.professions["title"])
    order = [i for i in range(len(titles)) if now[i].any() or last[i].any()]
    shown, rest = order[:_LONGEST], order[_LONGEST:]
    title = f"\nPlaces in {_year(instance.first_year)} and last year"
    table = _grid(title, ["profession", *regions, "all", "last year", "change"])

    def add(name: str, rows: list[int], style: str | None = None) -> None:
        mine, before = now[rows].sum(axis=0), float(last[rows].sum())
        cells = [_count(n) if n else "·" for n in mine] if regions else []
        total = float(mine.sum())
        table.add_row(
            Text(name), *cells, _count(total), _count(before), _change(total - before), style=style
        )

    for i in shown:
        add(titles[i], [i])
    if rest:
        add(f"{len(rest)} more professions", rest)
    table.add_section()
    add("all professions", order, "bold")
    if regions:
        table.add_row("last year", *map(_count, last.sum(axis=0)), "", "", "")
        table.add_row("change", *map(_change, (now - last).sum(axis=0)), "", "", "")
    else:
        table.caption = "by region: see allocation.csv"
    return table


def shortfall_by_profession(allocation: Allocation) -> Table:
    """Tabulate FTE-years of shortfall over the horizon, without new places and with the plan."""
    instance, result = allocation.instance, allocation.outcome
    span = f"{_year(instance.years[0])} to {_year(instance.years[-1])}"
    table = _grid(
        f"\nShortfall by profession, FTE-years from {span}",
        ["profession", "without new places", "with the plan", "cut by"],
    )
    before = result.shortfall_base.sum(axis=(1, 2))
    after = result.shortfall.sum(axis=(1, 2))
    order = [i for i in np.argsort(-before) if round(before[i])]
    for i in order[:_LONGEST]:
        _shortfall_row(table, instance.professions["title"].iloc[i], before[i], after[i])
    if order[_LONGEST:]:
        rest = order[_LONGEST:]
        _shortfall_row(
            table, f"{len(rest)} more professions", before[rest].sum(), after[rest].sum()
        )
    _shortfall_row(table, "all professions", before.sum(), after.sum(), "bold")
    return table


def shortfall_by_year(allocation: Allocation) -> Table:
    """Tabulate the FTE missing in each year, without new places and with the plan."""
    result = allocation.outcome
    table = _grid(
        "\nShortfall by year, FTE", ["year", "without new places", "with the plan", "cut by"]
    )
    before, after = result.shortfall_base.sum(axis=(0, 1)), result.shortfall.sum(axis=(0, 1))
    for i, year in enumerate(allocation.instance.years):
        _shortfall_row(table, _year(year), before[i], after[i])
    return table


def _shortfall_row(
    table: Table, name: str, before: float, after: float, style: str | None = None
) -> None:
    cut = "" if before <= 0 else f"{(before - after) / before:.0%}"
    table.add_row(Text(name), _count(before), _count(after), cut, style=style)


def money_table(allocation: Allocation) -> Table:
    """Tabulate each fund in the first year and in its tightest year, £m, widest budget first."""
    instance, spend = allocation.instance, allocation.outcome.spend
    table = _grid(
        f"\nMoney, £m ({instance.price_base})",
        ["fund", "year", "budget", "committed", "planned", "continued", "left", "used"],
    )
    budgets = instance.budgets.reset_index(drop=True)
    digits = 1 if spend.limit.max(initial=0) >= _MUCH else 3
    used = np.divide(
        spend.total, spend.limit, out=np.zeros_like(spend.limit), where=spend.limit > 0
    )
    for fund, rows in budgets.groupby("fund", sort=False):
        wide = rows[rows["region"] == "*"]
        wide = wide if len(wide) else rows
        by_year = {year: wide.index[wide["year"] == year] for year in sorted(set(wide["year"]))}
        share = {y: _used(spend.total[i].sum(), spend.limit[i].sum()) for y, i in by_year.items()}
        years = dict.fromkeys([min(by_year), max(share, key=lambda y: (share[y], -y))])
        for year in years:
            i = by_year[year]
            parts = (spend.limit, spend.committed, spend.planned, spend.continued, spend.headroom)
            cells = [_money(part[i].sum(), digits) for part in parts]
            table.add_row(Text(str(fund)), _year(year), *cells, f"{share[year]:.1%}")
    tight = int(np.sum(used > 0.999))
    table.caption = (
        f"{tight} of {len(used)} budget rows are used to 99.9 % or more; see budgets.csv"
    )
    table.caption_justify = "left"
    return table


def _used(total: float, limit: float) -> float:
    return total / limit if limit > 0 else 0.0


def what_limits(allocation: Allocation) -> list[str]:
    """Say which limits hold the plan back, and what a little more of the dearest would save."""
    proof = allocation.proofs[0]
    lines = ["\nWhat limits the plan"]
    for found in scarce(
        allocation.problem, proof.formulation, proof.multipliers, allocation.places,
        Limits(threads=allocation.limits.threads, seed=allocation.limits.seed),
    ):  # fmt: skip
        lines.append(f"  {len(found.more)} of {found.count} {found.kind.name}s bind")
        if found.more:
            lines[-1] += ":"
        lines += [f"    {more.label}: {more.says}" for more in found.more[:_DEAREST]]
    lines.append("  " + _held(allocation))
    return lines


def _held(allocation: Allocation) -> str:
    at = standing(allocation.problem, allocation.proofs[0].formulation.program, allocation.places)
    return (
        f"of {at.count} {at.what}: {at.full} full, {at.back} held back and {at.up} held up by the "
        f"pace of change, {at.none} without places"
    )


def stages_table(allocation: Allocation) -> Table:
    """Tabulate the objectives in order: value when optimised, in the plan, bound and gap."""
    table = _grid(
        "\nObjectives in order",
        ["objective", "unit", "when optimised", "in the plan", "bound", "gap"],
    )
    for stage in allocation.certificate.stages:
        values = [f"{v:,.6g}" for v in (stage.objective, stage.final, stage.bound)]
        table.add_row(Text(stage.minimise), Text(stage.unit), *values, _percent(stage.gap))
    return table


def _percent(share: float) -> str:
    return f"{share:.3%}".replace("%", " %")


def verdict(allocation: Allocation) -> str:
    """Say how good the plan is, and what proves it."""
    certificate = allocation.certificate
    if certificate.achieved is None:
        good = "Certified."
    else:
        good = f"Achieves {_floor(certificate.achieved)} of what is possible; certified."
    kind = "whole places" if allocation.policy.integer else "fractions of places: a bound, no plan"
    first = certificate.stages[0]
    end = (
        ""
        if first.gap <= allocation.limits.gap
        else f" (asked for: {_percent(_asked(allocation))})"
    )
    return (
        f"{good} Every rule is kept ({kind}); {_in_words(first)} is within "
        f"{_percent(first.gap)} of the least possible{end}."
    )


def _asked(allocation: Allocation) -> float:
    return allocation.limits.gap


def _in_words(stage: StageCertificate) -> str:
    return OBJECTIVES[stage.minimise].words(stage.objective)


def _floor(share: float) -> str:
    """Write a share as a percentage, never rounded up to 100 %."""
    percent = np.floor(share * 1e4) / 1e2
    return f"{percent:.2f} %".replace(".00 %", " %")
