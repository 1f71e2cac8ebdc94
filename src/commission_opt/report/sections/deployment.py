"""Who stands in for whom: staff deployed to do the work of other professions."""

from __future__ import annotations

import numpy as np

from commission_opt.accounts.deployment import named_pair
from commission_opt.report.charts.panels import deployed_panels
from commission_opt.report.drawing import Chart
from commission_opt.report.facts import Facts
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.views import deployment as view
from commission_opt.views import words

_MOST = 24  # pairs of professions in the chart
_MEANT = (
    "Staff deployed to do the work of another profession stay in their region and do none of their "
    "own meanwhile. A shortfall is what is needed less the work that is then done. {} nobody is "
    "deployed, so that all that staff do for each other is counted as the plan's doing."
)


def deployment(facts: Facts) -> Section | None:
    """Return the section; None if the instance lets nobody do the work of others."""
    instance, names = facts.instance, facts.names
    problem = facts.futures.problem
    said = view.headline(problem, facts.outcome, names.professions.__getitem__)
    if not said:
        return None
    found = view.by_region(instance, facts.outcome)
    columns = (
        ("by", "staff of", found["by"].map(names.professions).tolist()),
        ("needed", "stand in for", found["needed"].map(names.professions).tolist()),
        ("region", "in", found["region"].map(names.regions).tolist()),
        ("fte", "FTE-years deployed", found["fte"].tolist(), words.count),
        ("covers", "FTE-years covered", found["covers"].tolist(), words.count),
        ("when", "from", found["when"].tolist()),
        ("full", "years at the most allowed", found["full"].tolist(), words.count),
    )
    table = tabled("deployed-by-region", "Who stands in for whom", columns)
    exhibits = (Exhibit(table, (_chart(facts),)), _all(facts)) if len(found) else ()
    meant = _MEANT.format(facts.without.capitalize())
    return Section("deployment", "Staff who stand in for others", (said, meant), exhibits)


def _chart(facts: Facts) -> Chart:
    """Return the FTE deployed and covered by year, a panel for each pair of professions."""
    years, names = list(facts.years), facts.names.professions
    pairs = list(view.over_years(facts.instance, facts.outcome))
    fte = np.sum([sent for _, _, sent, _ in pairs], axis=0)
    covers = np.sum([covered for _, _, _, covered in pairs], axis=0)
    most = int(np.argmax(fte))
    summary = (
        f"Most are deployed in {words.year(years[most])}: {words.count(fte[most])} FTE, who cover "
        f"{words.count(covers[most])} FTE of the work of others; in {words.year(years[-1])} it is "
        f"{words.count(fte[-1])}."
    )
    panels = [(names[by], names[needed], sent, covered) for needed, by, sent, covered in pairs]
    title = "Who stands in for whom, FTE by year"
    if len(panels) > _MOST:
        title += f": the {_MOST} pairs of professions that cover most"
    return Chart("deployed-by-year", title, summary, deployed_panels(years, panels[:_MOST]))


def _all(facts: Facts) -> Exhibit:
    """Return everybody who is deployed, by year."""
    instance, names, fte = facts.instance, facts.names, facts.outcome.deployed.ravel()
    some = np.flatnonzero(fte > 0)
    ratio = np.repeat(instance.substitution["ratio"].to_numpy(float), instance.horizon)
    needed, by, region, year = zip(*(named_pair(instance, int(i)) for i in some), strict=True)
    columns = (
        ("by", "staff of", [names.professions[code] for code in by]),
        ("needed", "stand in for", [names.professions[code] for code in needed]),
        ("region", "in", [names.regions[code] for code in region]),
        ("year", "year", list(year), words.year),
        ("fte", "FTE deployed", fte[some], words.count),
        ("covers", "FTE covered", fte[some] * ratio[some], words.count),
    )
    return Exhibit(tabled("deployed", "Everybody deployed, by year", columns), folded=True)
