"""More than one future: how the plan fares in each, and what weighing them is worth."""

from __future__ import annotations

from typing import Any

import numpy as np

from commission_opt.certificate.certify import StageCertificate
from commission_opt.formulation.goals import names_of, weighs
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.plan.judged import says_repaired, shows_each
from commission_opt.report.charts.fans import fan_pair, fan_panels
from commission_opt.report.drawing import Chart
from commission_opt.report.facts import Facts
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.views import words
from commission_opt.views.deployed import by_scenario
from commission_opt.views.fans import SPREAD, Fans, fans
from commission_opt.views.later import LATER_TITLE, later_ranges
from commission_opt.views.prospects import HEADINGS, note
from commission_opt.views.verdict import figure

_MOST = 8  # professions in a chart
_RANGE = ("least", "mean", "most")
_FEW = 2  # futures from which a fan says something
_AGAIN = (
    "What a plan for the mean of the scenarios comes to was worked out again when this page was "
    "made."
)
_SAID = (
    "What is proved of each scenario alone, and so what knowing it would be worth, the plan says; "
    "it is not proved again here."
)
_PROVED = (
    "What is proved of each scenario alone was proved again from the plan's own files when this "
    "page was made."
)
_SAID_OF_MEAN = (
    "What a plan for the mean of the scenarios comes to once later years are decided, the plan "
    "says; it is not decided again here."
)
_MENDED = (
    "What the places nearest to a plan for the mean have, the plan says; it does not hold them."
)
_MENDED_AGAIN = (
    "What the places nearest to a plan for the mean have, and that they keep every rule in each "
    "scenario, was worked out again when this page was made; that none are nearer is not proved."
)


def futures(facts: Facts) -> Section | None:
    """Return the section; None if the plan is made for the world as given."""
    problem = facts.found.plan.problem
    if not weighs(problem):
        return None
    stage = facts.found.certificate.stages[0]
    seen = facts.prospects
    said = (
        *seen.sentences(stage), note(problem),
        *[_AGAIN] * (seen.compared and seen.mended is None),
        *[_SAID_OF_MEAN] * (not seen.compared and seen.said["expected_value_plan"] is not None),
        *[_PROVED if shows_each(facts.found.plan) else _SAID] * (seen.bounds is not None),
        *[_MENDED] * says_repaired(facts.found.plan),
        *[_MENDED_AGAIN] * (seen.mended is not None),
    )  # fmt: skip
    exhibits = [_scenarios(facts, stage)]
    if problem.deploys:
        exhibits.append(_deployed(facts))
    if problem.layout.times is not None:
        exhibits.append(_later(facts))
    if len(names_of(problem)) >= _FEW:
        exhibits.append(_fans(facts))
    return Section("futures", "More than one future", said, tuple(exhibits))


def _scenarios(facts: Facts, stage: StageCertificate) -> Exhibit:
    found, kind = facts.prospects.table(), OBJECTIVES[stage.minimise]

    def show(value: Any) -> str:
        return words.NOTHING if np.isnan(value) else figure(stage, value)

    columns = (
        ("scenario", "scenario", [words.clean(name) for name in found["scenario"]]),
        ("probability", "probability", found["probability"].to_numpy(float), words.part),
        *(
            (name, heading, found[name].to_numpy(float), show)
            for name, heading in HEADINGS.items()
            if name in found
        ),
    )
    unit = f", {kind.unit}" if kind.unit else ""
    return Exhibit(tabled("scenarios", f"The {kind.title} by scenario{unit}", columns))


def _deployed(facts: Facts) -> Exhibit:
    """Return the FTE-years that staff do of the work of others, by scenario."""
    found = by_scenario(facts.found.plan.problem, facts.outcome)
    columns = (
        ("scenario", "scenario", [words.clean(name) for name in found["scenario"]]),
        ("probability", "probability", found["probability"].to_numpy(float), words.part),
        ("fte", "FTE-years deployed", found["fte"].to_numpy(float), words.count),
        ("covers", "FTE-years covered", found["covers"].to_numpy(float), words.count),
    )
    title = "Staff who do the work of other professions, by scenario"
    return Exhibit(tabled("deployed-by-scenario", title, columns))


def _later(facts: Facts) -> Exhibit:
    """Return how far what is decided later differs from one scenario to the other."""
    found = later_ranges(facts.found.plan.problem, facts.outcome)
    columns = (
        ("profession", "profession", [facts.professions[p] for p in found["profession"]]),
        ("year", "year", list(found["year"]), words.year),
        *((name, name, found[name].to_numpy(float), words.count) for name in _RANGE),
    )
    note_ = "The mean is weighted by probability. later.csv has every scenario and course."
    return Exhibit(tabled("later", LATER_TITLE, columns, note=note_))


def _fans(facts: Facts) -> Exhibit:
    """Return fans of all professions together, and of those that may miss most."""
    found, years = fans(facts.found.plan.problem, facts.outcome), list(facts.years)
    end = found.together["shortfall"][-1]
    summary = (
        f"In {words.year(years[-1])} all professions together are short of "
        f"{words.count(end[2])} FTE in the middle of the scenarios, of {words.count(end[0])} to "
        f"{words.count(end[4])} FTE in 9 of 10 by probability."
    )
    both = Chart("fans", "All professions together, FTE", summary, fan_pair(years, found.together))
    return Exhibit(_table(facts, found), (both, _by_profession(facts, found)))


def _by_profession(facts: Facts, found: Fans) -> Chart:
    years, short = list(facts.years), found.professions["shortfall"]
    middle = np.maximum(found.professions["demand"][:, :, 2:3], 1.0)
    shown = np.argsort(-short[:, :, 4].sum(axis=1), kind="stable")[:_MOST]
    panels = [
        (
            facts.professions[i],
            {name: 100.0 * found.professions[name][i] / middle[i] for name in ("demand", "supply")},
        )
        for i in shown
    ]
    title = "Staff needed and in post, % of the staff needed in the middle of the scenarios"
    if len(shown) < len(facts.professions):
        title += f": the {words.plural(len(shown), 'profession')} that may miss most"
    first = int(shown[0])
    end = {name: found.professions[name][first, -1] for name in ("demand", "supply")}
    spans = [f"{words.count(each[0])} to {words.count(each[4])}" for each in end.values()]
    summary = (
        f"In {words.year(years[-1])}, {facts.professions[first]} needs {spans[0]} FTE and has "
        f"{spans[1]}, each in 9 of 10 scenarios by probability."
    )
    return Chart("fans-by-profession", title, summary, fan_panels(years, panels, " %"))


def _table(facts: Facts, found: Fans) -> Any:
    """Return the quantiles of all professions together by year."""
    headings = {0: "p05", 2: "median", 4: "p95"}
    columns: list[tuple[Any, ...]] = [("year", "year", list(facts.years), words.year)]
    for name in SPREAD:
        for at, heading in headings.items():
            cells = found.together[name][:, at]
            columns.append((f"{name}_{heading}", f"{name}, {heading}", cells, words.count))
    note_ = (
        "Sums are taken in each scenario before they are compared. spread.csv has every "
        "profession and region."
    )
    return tabled("spread", "Demand, supply and shortfall by year, FTE", columns, note=note_)
