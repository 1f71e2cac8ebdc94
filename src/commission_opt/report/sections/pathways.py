"""Who is eligible for which courses: a flow chart of pools and courses, and a table by year."""

from __future__ import annotations

import numpy as np

from commission_opt.report.charts.flow import Band, Node, flow_chart
from commission_opt.report.drawing import Chart
from commission_opt.report.facts import Facts
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.views import words
from commission_opt.views.pathways import Flows, flows, headline

_LEFT = 1e-6  # people


def pathways(facts: Facts) -> Section | None:
    """Return the section of an instance that has pools of people, None of any other."""
    if not len(facts.instance.eligible):
        return None
    found = flows(facts.instance, facts.outcome)
    return Section(
        "pathways", "Who is eligible for which courses", tuple(_sentences(facts)),
        (_exhibit(facts, found),),
    )  # fmt: skip


def _sentences(facts: Facts) -> list[str]:
    people, instance = facts.outcome.pools, facts.instance
    said = [headline(instance, facts.outcome)]
    last = np.asarray(people.eligible - people.drawn)[:, -1]
    first = instance.eligible.iloc[:: instance.horizon]
    most = int(np.argmax(last))
    if last[most] > _LEFT:
        row = first.iloc[most]
        said.append(
            f"At the end of {words.year(facts.years[-1])} most people are left in pool "
            f"{words.spoken(str(row['pool']))} ({facts.names.regions[row['region']]}): "
            f"{words.count(last[most])} of {words.count(people.eligible[most, -1])} eligible."
        )
    return said


def _exhibit(facts: Facts, found: Flows) -> Exhibit:
    instance, people = facts.instance, facts.outcome.pools
    table = instance.eligible
    columns = (
        ("pool", "pool", [words.spoken(str(code)) for code in table["pool"]]),
        ("region", "region", table["region"].map(facts.names.regions).tolist()),
        ("year", "year", table["year"], words.year),
        *(
            (name, heading, getattr(people, name).ravel(), words.count)
            for name, heading in (
                ("entrants", "from outside"), ("fed", "from courses"),
                ("carried", "stay from the year before"), ("eligible", "eligible"),
                ("drawn", "start a course"),
            )
        ),
        ("left", "not drawn", (people.eligible - people.drawn).ravel(), words.count),
    )  # fmt: skip
    title = "People in each pool by year"
    chart_title = (
        f"People from pool to course and on, {words.span(facts.years[0], facts.years[-1])}"
    )
    chart = Chart(
        "pathways", chart_title, _summary(facts, found), flow_chart(*_drawing(facts, found))
    )
    return Exhibit(tabled("pathways", title, columns), (chart,))


def _drawing(facts: Facts, found: Flows) -> tuple[list[Node], list[Band]]:
    """Return pools and professions in alternate columns, and who passes between them."""
    nodes, at = list[Node](), dict[tuple[str, str], int]()
    for code, row in found.pools.iterrows():
        name = words.spoken(str(code))
        at["pool", str(code)] = len(nodes)
        told = f"{name}: {words.count(row['came'])} people come, {words.count(row['drawn'])} drawn"
        column = 2 * int(row["step"]) - 1
        nodes.append(Node(name, told, column, row["came"], row["drawn"], pool=True))
    names = _stage_names(facts, found)
    for stage, row in found.stages.iterrows():
        at["stage", str(stage)] = len(nodes)
        told = (
            f"{names[int(str(stage))]}: {words.count(row['started'])} drawn from pools start, "
            f"{words.count(row['onward'])} go on to a pool"
        )
        people = max(row["started"], row["onward"])
        column = 2 * int(row["step"])
        nodes.append(Node(names[int(str(stage))], told, column, people, row["onward"], pool=False))
    bands = list[Band]()
    for frame, onward in ((found.draws, False), (found.feeds, True)):
        for pool, stage, people in frame.itertuples(index=False, name=None):
            start, end = at["pool", pool], at["stage", str(stage)]
            of, to = words.spoken(pool), names[stage]
            if onward:
                start, end, of, to = end, start, to, of
            if people > _LEFT:
                told = f"{of} to {to}: {words.count(people)} people"
                bands.append(Band(start, end, people, told))
    return nodes, bands


def _stage_names(facts: Facts, found: Flows) -> list[str]:
    """Name stages of training by profession, and by step where one has several."""
    several = found.stages["profession"].duplicated(keep=False)
    return [
        f"Step {int(step)}: " * many + facts.names.professions[profession]
        for profession, step, many in zip(
            found.stages["profession"], found.stages["step"], several, strict=True
        )
    ]


def _summary(facts: Facts, found: Flows) -> str:
    if found.draws.empty:
        return "No course draws from a pool."
    first = found.draws.iloc[int(np.argmax(found.draws["people"]))]
    return (
        f"Pools and what people train for, from left to right. Most people go from pool "
        f"{words.spoken(first['pool'])} to {_stage_names(facts, found)[int(first['stage'])]}: "
        f"{words.count(first['people'])}. The dark part of a pool is drawn, the coloured part of "
        "what people train for goes on to another pool."
    )
