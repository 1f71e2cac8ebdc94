"""What a plan says, on one screen, in a commissioner's words."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from decimal import ROUND_FLOOR
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.table import Table

from commission_opt.allocation.allocate import Allocation
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import StageCertificate
from commission_opt.cli.screen import Console, Text, grid
from commission_opt.explain.limits import of_first, pursued, standing
from commission_opt.explain.scarce import scarce
from commission_opt.formulation.goals import weighs
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.solvers.status import Limits
from commission_opt.views import deployment, floors, lines, pathways, places, posts, words
from commission_opt.views.commitments import lapsed_words, not_in_force
from commission_opt.views.lines import COURSE, alike
from commission_opt.views.money import PARTS, Fund, decimals, money, tight, unbudgeted
from commission_opt.views.prospects import HEADINGS, Prospects, note
from commission_opt.views.shortfall import Baselines, caveat, cuts, judged, negative_staff, trend
from commission_opt.views.verdict import figure
from commission_opt.views.weighing import titled
from commission_opt.views.weighing import told as as_given

if TYPE_CHECKING:
    from commission_opt.plan.uncertain import WeighedRecord

_NARROWEST = 60  # characters that the places table needs beside its regions
_PER_REGION = 8
_NAME, _PER_YEAR, _SUMS = 32, 10, 62  # the same of measures: names, years, and the other columns
_DEAREST = 4  # limits of a kind that are named
_LONGEST = 40  # professions listed before the rest is summed up


def print_summary(
    allocation: Allocation,
    screen: Console,
    place: Callable[[str], str] = str,
    weighed: WeighedRecord | None = None,
) -> None:
    """Print the plan: decision, places, units, shortfall, money, limits and proof.

    ``place`` says in the words of a workbook which row of a table is meant; ``weighed`` is what is
    kept of a plan for several futures.
    """
    problem = allocation.problem
    futures = Baselines(problem, allocation.outcome)
    screen.print()
    screen.print(Text(places.headline(allocation.instance, allocation.decided_now), style="bold"))
    fits = screen.width >= _NARROWEST + _PER_REGION * allocation.instance.shape[1]
    screen.print(places_table(allocation, by_region=fits))
    if len(allocation.instance.measures):
        screen.print(units_table(allocation, screen.width))
    screen.print(shortfall_by_profession(futures))
    screen.print(shortfall_by_year(futures))
    for text in (cuts(futures), trend(futures), place(caveat(futures))):
        screen.print(Text(text))
    for told in (
        deployment.headline(allocation.problem, allocation.outcome),
        pathways.headline(allocation.instance, allocation.outcome),
    ):
        if told:
            screen.print(Text(as_given(problem, told)))
    for text in posts.said(futures):
        screen.print(Text(as_given(problem, text)))
    for shown in floors_told(futures):
        screen.print(shown)
    funds = money(allocation.instance, allocation.policy, allocation.outcome)
    if any(fund.years for fund in funds):
        screen.print(money_table(allocation, funds))
    for text in unbudgeted(funds):
        screen.print(Text(as_given(problem, text), style="yellow"))
    if not weighs(problem):
        for text in what_limits(allocation):
            screen.print(Text(place(text)))
    if weighed is not None:
        first = allocation.certificate.stages[0]
        prospects = Prospects(
            futures, weighed.record, weighed.mean_amounts, allocation.bounds, weighed.mean_deployed,
            weighed.mended,
        )  # fmt: skip
        screen.print(scenarios_table(prospects, first))
        for text in prospects.sentences(first):
            screen.print(Text(text))
    if len(allocation.certificate.stages) > 1:
        screen.print(stages_table(allocation))
    for text in warnings(allocation, futures):
        screen.print(Text(f"\n{text}", style="yellow"))
    screen.print()
    good = allocation.status == "optimal"
    said = judged(futures, allocation.certificate, allocation.limits.gap)
    screen.print(Text(" ".join(said), style="bold green" if good else "bold yellow"))


def warnings(allocation: Allocation, futures: Baselines) -> Iterator[str]:
    """Yield what a reader must know before the verdict."""
    lapsed = not_in_force(allocation.instance, allocation.policy)
    if len(lapsed):
        yield f"{lapsed_words(lapsed, _DEAREST)} The report says why."
    yield from negative_staff(futures)


def places_table(allocation: Allocation, *, by_region: bool) -> Table:
    """Tabulate first-year places by profession, and by region if they fit, and last year's."""
    instance = allocation.instance
    now = places.by_pair(instance, allocation.places[:, 0])
    last = places.last_year(instance)
    regions = list(instance.regions["region"]) if by_region else []
    titles = list(instance.professions["title"])
    order = [i for i in range(len(titles)) if now[i].any() or last[i].any()]
    shown, rest = order[:_LONGEST], order[_LONGEST:]
    title = f"\nPlaces in {words.year(instance.first_year)} and last year"
    table = grid(title, ["profession", *regions, "all", "last year", "change"])

    def add(name: str, rows: list[int], style: str | None = None) -> None:
        mine, before = now[rows].sum(axis=0), float(last[rows].sum())
        cells = [words.count(n) if n else "·" for n in mine] if regions else []
        total = float(mine.sum())
        change = words.change(total - before)
        table.add_row(
            Text(name), *cells, words.count(total), words.count(before), change, style=style
        )

    for i in shown:
        add(titles[i], [i])
    if rest:
        add(words.plural(len(rest), "more profession"), rest)
    table.add_section()
    add("all professions", order, "bold")
    if regions:
        table.add_row("last year", *map(words.count, last.sum(axis=0)), "", "", "")
        table.add_row("change", *map(words.change, (now - last).sum(axis=0)), "", "", "")
    else:
        table.caption, table.caption_justify = "by region: see allocation.csv", "center"
    return table


def units_table(allocation: Allocation, width: int) -> Table:
    """Tabulate what is bought besides places, by measure and year, and what that brings.

    Where there are many measures, those that do the same in several regions are added up, and
    places stand beside all units. Years that do not fit into the width are left out but for the
    first and the last.
    """
    problem, result = allocation.problem, allocation.outcome
    found, note = lines.measures(problem, result), lines.note(problem)
    many = len(found) > _LONGEST
    if many:
        found = alike(problem, result)
        found = found[found["kind"] != COURSE].rename(columns={"name": "measure"})
        note += " Measures that do the same in several regions are added up: see measures.csv."
    years = [name for name in found.columns if name.isdigit()]
    if _NAME + _PER_YEAR * len(years) > width - _SUMS:
        years = list(dict.fromkeys([years[0], years[-1]]))
        note += " Years in between: see measures.csv."
    headings = ("change", "£m", "FTE-years", "£ per FTE-year")
    columns = ["measure", "last year", *map(words.year, years), *headings]
    table = grid(titled(problem, "\nUnits bought besides places"), columns, note)

    def add(name: str, row: Mapping[Hashable, Any], style: str | None = None) -> None:
        table.add_row(
            Text(name), *(words.count(row[name]) for name in ("last", *years)),
            words.change(row["change"]), words.rounded(row["cost"] / 1e6, 3),
            words.count(row["fte_years"]), words.per_fte_year(row["per_fte_year"]), style=style,
        )  # fmt: skip

    for row in found.head(_LONGEST).to_dict("records"):
        add(row["measure"], row)
    if len(found) > _LONGEST:
        table.add_row(words.plural(len(found) - _LONGEST, "more measure"))
    if many:
        sums = lines.both(problem, result).to_dict("index")
        table.add_section()
        add("all units", sums["units"], "bold")
        add("places beside them", sums["places"])
    return table


def shortfall_by_profession(futures: Baselines) -> Table:
    """Tabulate FTE-years of shortfall over the horizon: both baselines, and the plan."""
    instance = futures.problem.instance
    span = f"{words.year(instance.years[0])} to {words.year(instance.years[-1])}"
    table = grid(
        titled(futures.problem, f"\nShortfall by profession, FTE-years from {span}"),
        ["profession", *futures.titles, "cut by"],
    )
    values = futures.over_the_years("profession").iloc[:, 1:].to_numpy(float)
    order = [i for i in np.argsort(-values[:, 0]) if round(values[i, 0])]
    for i in order[:_LONGEST]:
        _shortfall_row(table, str(instance.professions["title"].iloc[i]), values[i])
    if rest := order[_LONGEST:]:
        _shortfall_row(table, words.plural(len(rest), "more profession"), values[rest].sum(axis=0))
    _shortfall_row(table, "all professions", values.sum(axis=0), "bold")
    return table


def shortfall_by_year(futures: Baselines) -> Table:
    """Tabulate the FTE missing in each year: both baselines, and the plan."""
    title = titled(futures.problem, "\nShortfall by year, FTE")
    table = grid(title, ["year", *futures.titles, "cut by"])
    for year, *values in futures.by_year().itertuples(index=False):
        _shortfall_row(table, words.year(year), np.array(values, dtype=float))
    return table


def floors_told(futures: Baselines) -> Iterator[Table | Text]:
    """Say how floors of service are kept, and tabulate those that are not."""
    instance, plan = futures.problem.instance, futures.plan
    said = floors.headline(instance, plan, futures.nothing, futures.titles[0])
    said = as_given(futures.problem, said)
    if not said:
        return
    found = floors.by_region(instance, plan)
    short = found[found["missed"] > 0]
    if len(short):
        columns = ["floor", "region", "asks for", "missed in", "FTE-years", "at most, FTE", "in"]
        title = titled(futures.problem, "\nFloors of service that are missed")
        table = grid(title, columns, words=4)
        for row in short.head(_LONGEST).to_dict("records"):
            table.add_row(
                *(Text(row[name]) for name in ("floor", "region", "asks", "when")),
                words.count(row["below"]), words.count(-row["margin"]), words.year(row["worst"]),
            )  # fmt: skip
        if len(short) > _LONGEST:
            table.add_row(words.plural(len(short) - _LONGEST, "more row"))
        yield table
    yield Text(said if len(short) else f"\n{said}")


def _shortfall_row(table: Table, name: str, values: Floats, style: str | None = None) -> None:
    """Add a row: the part that the plan takes off is of the shortfall with nothing bought."""
    cut = "" if values[0] <= 0 else words.part((values[0] - values[-1]) / values[0], 0, "")
    table.add_row(Text(name), *map(words.count, values), cut, style=style)


def money_table(allocation: Allocation, funds: Sequence[Fund]) -> Table:
    """Tabulate each fund in the first year of its budgets and in its tightest year, £m."""
    full, count = tight(allocation.outcome)
    pays = len(allocation.instance.pay) > 0
    table = grid(
        titled(allocation.problem, f"\nMoney under budgets, £m ({allocation.instance.price_base})"),
        ["fund", "year", "budget", *PARTS, *["of it pay"] * pays, "left", "used"],
        f"{full:,} of {words.plural(count, 'budget row')} {words.agreed(full, 'is', 'are')} used "
        f"to 99.9 % or more{'' if weighs(allocation.problem) else '; see budgets.csv'}. A budget "
        "within another is not added to it.",
    )
    digits = decimals(funds)
    for fund in funds:
        share = {year: _used(*fund.at(year)) for year in fund.years}
        tightest = [max(share, key=lambda y: (share[y], -y))] if share else []
        for year in dict.fromkeys([*fund.years[:1], *tightest]):
            budget, spent = fund.at(year)
            paid = fund.paid_within[year - fund.first_year]
            parts = (budget, *spent, *[paid] * pays, budget - spent.sum())
            cells = [words.rounded(part / 1e6, digits) for part in parts]
            table.add_row(Text(fund.code), words.year(year), *cells, words.used(share[year]))
    return table


def _used(budget: float, spent: Floats) -> float:
    return float(spent.sum()) / budget if budget > 0 else 0.0


def what_limits(allocation: Allocation) -> list[str]:
    """Say which limits hold the plan back, and what a little more of the dearest would save."""
    plan = pursued(allocation)
    proof = allocation.proofs[len(plan.policy.held)]
    lines = ["\nWhat limits the plan"]
    if note := of_first(plan.policy):
        lines.append(f"  {note}")
    for found in scarce(
        plan.problem, proof.formulation, proof.multipliers, plan.amounts, _DEAREST,
        Limits(threads=allocation.limits.threads, seed=allocation.limits.seed),
    ):  # fmt: skip
        named = [*found.more[:_DEAREST], *found.every_year][:_DEAREST]
        lines.append(f"  {found.words}{':' if named else ''}")
        lines += [f"    {more.label}: {more.says}" for more in named]
    at = standing(allocation.problem, proof.formulation.program, allocation.outcome)
    return [*lines, f"  {at}"]


def scenarios_table(prospects: Prospects, stage: StageCertificate) -> Table:
    """Tabulate the first objective by scenario: the plan, last year repeated and others."""
    found, kind = prospects.table(), OBJECTIVES[stage.minimise]
    shown = [name for name in HEADINGS if name in found]
    unit = f", {kind.unit}" if kind.unit else ""
    table = grid(
        f"\nThe {kind.title} in more than one future{unit}",
        ["scenario", "probability", *(HEADINGS[name] for name in shown)],
        note(prospects.problem),
    )
    for row in found.head(_LONGEST).to_dict("records"):
        cells = [_known(stage, row[name]) for name in shown]
        table.add_row(Text(str(row["scenario"])), words.part(row["probability"]), *cells)
    if len(found) > _LONGEST:
        table.add_row(words.plural(len(found) - _LONGEST, "more row"))
    return table


def _known(stage: StageCertificate, value: float) -> str:
    return words.NOTHING if np.isnan(value) else figure(stage, value)


def stages_table(allocation: Allocation) -> Table:
    """Tabulate the objectives in order: when optimised and in the plan, each with its gap."""
    table = grid(
        "\nObjectives in order",
        ["objective", "unit", "when optimised", "gap then", "bound", "in the plan", "gap now"],
        "A later bound holds among plans that keep earlier objectives to their limits.",
    )
    for stage in allocation.certificate.stages:
        table.add_row(
            Text(OBJECTIVES[stage.minimise].title), Text(stage.unit),
            figure(stage, stage.objective), words.ceil_percent(stage.gap),
            figure(stage, stage.bound, ROUND_FLOOR), figure(stage, stage.final),
            words.ceil_percent(stage.final_gap),
        )  # fmt: skip
    return table
