"""What is bought besides places: units of measures, and what an FTE-year costs on every line."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.report.charts.lines import cost_dots, unit_bars
from commission_opt.report.drawing import Chart
from commission_opt.report.facts import Facts
from commission_opt.report.section import Exhibit, Section, tabled, totals
from commission_opt.views import lines, words
from commission_opt.views.decision import units_words
from commission_opt.views.lines import COURSE, alike

_MOST, _BARS = 24, 72  # rows of a chart, and bars in it
_MOST_ALIKE = 40  # rows of one in which lines are added up over regions


def measures(facts: Facts) -> Section:
    """Return the section of an instance that has measures."""
    said = (
        f"{units_words(facts.proposal)} {_brought(facts)}",
        f"{lines.note(facts.found.plan.problem)} What is brought is supply, whether or not it is "
        "missing where it arrives.",
    )
    exhibits = (_units(facts), _costs(facts))
    return Section("measures", "What is bought besides places", said, exhibits)


def units_figure(facts: Facts) -> tuple[str, str, str]:
    """Return the figure of units at the top of the page."""
    now = facts.outcome.units[:, 0].sum()
    last = float(facts.instance.measures["last_amount"].sum())
    first = words.year(facts.commissioned_years[0])
    return f"units in {first}", words.count(now), f"{words.change(now - last)} on last year"


def _brought(facts: Facts) -> str:
    """Say what units and places cost and bring."""
    of_measure = _of_measure(facts)
    parts = []
    for what, some in (("units", facts.lines[of_measure]), ("places", facts.lines[~of_measure])):
        cost, fte_years = float(some["cost"].sum()), float(some["fte_years"].sum())
        parts.append(
            f"{what} cost {words.money(cost)} and bring {words.count(fte_years)} FTE-years"
        )
    return f"Within the horizon, new {parts[0]}; new {parts[1]}."


def _of_measure(facts: Facts) -> np.ndarray:
    return np.arange(len(facts.lines)) >= len(facts.instance.courses)


def _units(facts: Facts) -> Exhibit:
    """Return the units of every measure by year, with what they cost and bring."""
    table = lines.measures(facts.found.plan.problem, facts.outcome)
    years, names = facts.commissioned_years, list(facts.names.measures.values())
    columns = (
        ("measure", "measure", names),
        ("kind", "kind", table["kind"].tolist()),
        ("profession", "profession", table["profession"].map(facts.names.professions).tolist()),
        ("region", "region", table["region"].map(facts.names.regions).tolist()),
        ("last", "last year", table["last"], words.count),
        *((str(y), words.year(y), table[str(y)], words.count) for y in years),
        ("change", "change on last year", table["change"], words.change),
        *_spent(table),
    )
    started = (
        facts.outcome.started.reshape(facts.instance.starts.shape) * _of_measure(facts)[:, None]
    )
    in_all = lines.in_all(facts.found.plan.problem, started.ravel())
    title = "Units of each measure by year"
    drawn = _drawn(facts)
    bars = unit_bars(
        drawn["name"].tolist(), list(years), drawn[[*map(str, years)]].to_numpy(float),
        drawn["last"].to_numpy(float), drawn["most"].to_numpy(float),
    )  # fmt: skip
    chart = Chart("measures", title, _summary(facts, len(drawn)), bars)
    made = tabled("measures", title, columns)
    summed = ("last", *map(str, years), "change", "cost", "fte_years")
    total = totals(made, *summed, measure="all", per=words.per_fte_year(in_all))
    return Exhibit(made, (chart,), total)


def _spent(table: pd.DataFrame) -> tuple[tuple[object, ...], ...]:
    """Return columns of what lines cost and bring."""
    return (
        ("cost", "£", table["cost"], words.pounds),
        ("fte_years", "FTE-years", table["fte_years"], words.count),
        ("per", "£ per FTE-year", table["per_fte_year"], words.per_fte_year),
        ("more", "of one more", table["one_more"], words.per_fte_year),
    )


def _drawn(facts: Facts) -> pd.DataFrame:
    """Return what the chart of units shows: measures, added up over regions where there are many.

    Of these, those with the most units.
    """
    table = _of_measures(facts)
    years = [str(year) for year in facts.commissioned_years]
    order = np.argsort(-table[years].to_numpy(float).sum(axis=1), kind="stable")
    return table.iloc[np.sort(order[: _most(facts)])]


def _of_measures(facts: Facts) -> pd.DataFrame:
    """Return measures as the charts show them, each or added up over regions."""
    problem = facts.found.plan.problem
    if _many(facts):
        table = alike(problem, facts.outcome)
        return table[table["kind"] != COURSE]
    each = lines.measures(problem, facts.outcome)
    most = facts.instance.measures["max_amount"].to_numpy(float)
    return each.assign(name=list(facts.names.measures.values()), most=most)


def _summary(facts: Facts, drawn: int) -> str:
    units, most = facts.outcome.units, facts.instance.measures["max_amount"].to_numpy(float)
    full = int(((units[:, 0] >= most - 1e-6) & (most > 0)).sum())
    none = int((units[:, 0] <= 0).sum())
    first, count = words.year(facts.commissioned_years[0]), len(units)
    text = (
        f"Of {words.plural(count, 'measure')}, {full:,} {words.agreed(full, 'is', 'are')} at the "
        f"most there can be in {first}, and {none:,} {words.agreed(none, 'has', 'have')} no units."
    )
    if _many(facts):
        shown = len(_of_measures(facts))
        text += " The chart adds up those that do the same in several regions"
        if shown > drawn:
            text += f", and shows the {drawn} of {shown} with the most units"
        text += "; the table has all."
    return text


def _many(facts: Facts) -> bool:
    """Tell whether there are more measures than a chart has room for."""
    return len(facts.names.measures) > _most(facts)


def _most(facts: Facts) -> int:
    """Return of how many measures a chart shows the units."""
    return min(_MOST, max(4, _BARS // len(facts.commissioned_years)))


def _costs(facts: Facts) -> Exhibit:
    """Return what an FTE-year costs on every line, courses and measures side by side."""
    table, of_measure = facts.lines, _of_measure(facts)
    names = [*facts.names.courses.values(), *facts.names.measures.values()]
    kinds = ["course"] * len(facts.instance.courses) + lines.kinds(facts.instance)
    pounds = table["per_fte_year"].fillna(table["one_more"]).to_numpy(float)
    order = np.argsort(pounds, kind="stable")  # what is not known last
    columns = (
        ("line", "course or measure", [names[i] for i in order]),
        ("kind", "kind", [kinds[i] for i in order]),
        ("amount", "bought, all years", table["amount"].iloc[order], words.count),
        *_spent(table.iloc[order]),
    )
    costs, hidden = _compared(facts, table.assign(name=names, measure=of_measure))
    title = "What an FTE-year costs on each course and measure, £"
    note = (
        "One more is one place or unit more in each commissioning year, with what follows later. A "
        "dash stands where nothing is bought, or where it brings nobody within the horizon."
    )
    made = tabled("lines", title, columns, note=note)
    if costs.empty:
        return Exhibit(made)
    chart = Chart("lines", title, _cheapest(facts, costs, hidden), cost_dots(costs))
    return Exhibit(made, (chart,))


def _compared(facts: Facts, each: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return what the chart of costs shows, cheapest first, and how many others there are.

    Measures come in first, then courses of their professions, then others.
    """
    table, most = each, _MOST
    if _many(facts):
        table, most = alike(facts.found.plan.problem, facts.outcome), _MOST_ALIKE
        table = table.assign(measure=table["kind"] != COURSE)
    costs = table[["name", "profession", "measure"]].assign(
        pounds=table["per_fte_year"].fillna(table["one_more"]),
        bought=table["per_fte_year"].notna(),  # in a commissioning year or later
    )
    known = costs[np.isfinite(costs["pounds"])].sort_values("pounds", kind="stable")
    same = known["profession"].isin(known.loc[known["measure"], "profession"])
    first = np.lexsort((np.arange(len(known)), ~same, ~known["measure"]))[:most]
    return known.iloc[np.sort(first)], len(known) - len(first)


def _cheapest(facts: Facts, costs: pd.DataFrame, hidden: int) -> str:
    first, last = costs.iloc[0], costs.iloc[-1]
    text = f"An FTE-year costs least on {first['name']}, £{words.pounds(first['pounds'])}"
    if len(costs) > 1:
        text += f", and most on {last['name']}, £{words.pounds(last['pounds'])}"
    if hidden:
        text += ", of those shown: measures first, then courses of their professions"
    if _many(facts):
        return f"{text}. Those that do the same in several regions are added up; the table has all."
    if hidden:
        text += f"; {words.plural(hidden, 'other is', 'others are')} in the table"
    return text + "."
