"""Who is eligible for which courses: a flow chart of pools and courses, and a table by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.report.charts.room import narrow
from commission_opt.report.drawing import NARROW, Chart, Hover, Picture, painted
from commission_opt.report.facts import Facts
from commission_opt.report.section import Exhibit, Section, tabled
from commission_opt.views import words
from commission_opt.views.charts import BLUE, GREY, INK, ORANGE, SKY
from commission_opt.views.pathways import Flows, flows, headline

_NODE, _EDGE = 0.055, 0.02  # of the width of the chart: a node, and its margin
_GAP, _TALL = 0.2, 3.2  # inches between nodes, and of the tallest column's people
_LABEL, _LINE = 0.62, 0.16  # inches above a node for its name, and of a line of it
_LINES, _LINES_NARROW = 2, 4  # of a name
_LETTER = 0.083  # inches
_LEFT = 1e-6  # people


@dataclass(frozen=True)
class SankeyNode:
    """Something people pass through.

    Parameters
    ----------
    name, told : str
        Its name, and what is said of it under the pointer.
    people, part : float
        How many come, and how many of them go on.
    pool : bool
        Whether it is a pool, and no profession.
    """

    name: str
    told: str
    column: int
    people: float
    part: float
    pool: bool


@dataclass(frozen=True)
class Band:
    """People who pass from one node to another, by their positions."""

    start: int
    end: int
    people: float
    told: str


def flow_chart(nodes: Sequence[SankeyNode], bands: Sequence[Band]) -> Picture:
    """Return a flow chart of nodes in columns, from left to right; columns of none are left out."""
    places = sorted({node.column for node in nodes})
    columns = [[i for i, node in enumerate(nodes) if node.column == at] for at in places]
    tallest = max((sum(nodes[i].people for i in own) for own in columns), default=0.0)
    scale = _TALL / max(tallest, 1e-9)  # inches for a person

    def head(width: float) -> float:
        return _LABEL if width > NARROW else _LABEL + (_LINES_NARROW - _LINES) * _LINE

    def height(width: float) -> float:
        each = _GAP + head(width)
        return max([1.5, *(sum(nodes[i].people * scale + each for i in own) for own in columns)])

    def tops(width: float) -> Floats:
        top = np.zeros(len(nodes))
        for own in columns:
            at = height(width)
            for i in own:
                top[i] = at - head(width)
                at = top[i] - nodes[i].people * scale - _GAP
        return top

    def paint(figure: Any) -> Hover:
        from matplotlib.patches import PathPatch, Rectangle
        from matplotlib.path import Path

        width, high = figure.get_size_inches()
        axes, top = figure.add_axes((0.0, 0.0, 1.0, 1.0)), tops(width)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, high)
        axes.set_axis_off()
        hover: dict[str, Sequence[str]] = {}
        last = 1 - _NODE - max(_EDGE, 0.8 / len(columns))  # with room for the names at the right
        across = (last - _EDGE) / max(1, len(columns) - 1)
        left = [_EDGE + places.index(node.column) * across for node in nodes]
        out, into = top.copy(), top.copy()
        for k, band in enumerate(bands):
            wide = -band.people * scale
            x0, x1 = left[band.start] + _NODE, left[band.end]
            y0, y1 = out[band.start], into[band.end]
            out[band.start] += wide
            into[band.end] += wide
            mid = (x0 + x1) / 2
            points = [
                (x0, y0), (mid, y0), (mid, y1), (x1, y1), (x1, y1 + wide), (mid, y1 + wide),
                (mid, y0 + wide), (x0, y0 + wide), (x0, y0),
            ]  # fmt: skip
            codes = [
                Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY,
            ]  # fmt: skip
            colour = BLUE if nodes[band.start].pool else ORANGE
            axes.add_patch(
                PathPatch(Path(points, codes), facecolor=colour, alpha=0.35, lw=0, gid=f"band-{k}")
            )
            hover[f"band-{k}"] = [band.told]
        letters = max(8, int(0.94 * across * width / _LETTER))
        most = _LINES_NARROW if narrow(figure) else _LINES
        for i, node in enumerate(nodes):
            tall, part = node.people * scale, min(node.part, node.people) * scale
            for gid, (below, size, colour) in {
                f"part-{i}": (0.0, part, BLUE if node.pool else ORANGE),
                f"rest-{i}": (part, tall - part, SKY if node.pool else GREY),
            }.items():
                corner = left[i], top[i] - below - size
                axes.add_patch(Rectangle(corner, _NODE, size, facecolor=colour, lw=0, gid=gid))
                hover[gid] = [node.told]
            lines = wrap(
                node.name, letters, max_lines=most, placeholder=" …", break_long_words=False
            )
            style = {"fontsize": 8.5, "color": INK, "va": "bottom"}
            axes.text(left[i], top[i] + 0.04, f"{node.people:,.0f}", **style)
            for n, line in enumerate(reversed(lines), 1):
                axes.text(left[i], top[i] + 0.04 + n * _LINE, line, fontweight="bold", **style)
        return hover

    return painted(height, paint)


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


def _drawing(facts: Facts, found: Flows) -> tuple[list[SankeyNode], list[Band]]:
    """Return pools and professions in alternate columns, and who passes between them."""
    nodes, at = list[SankeyNode](), dict[tuple[str, str], int]()
    for code, row in found.pools.iterrows():
        name = words.spoken(str(code))
        at["pool", str(code)] = len(nodes)
        told = f"{name}: {words.count(row['came'])} people come, {words.count(row['drawn'])} drawn"
        column = 2 * int(row["step"]) - 1
        nodes.append(SankeyNode(name, told, column, row["came"], row["drawn"], pool=True))
    names = _stage_names(facts, found)
    for stage, row in found.stages.iterrows():
        at["stage", str(stage)] = len(nodes)
        told = (
            f"{names[int(str(stage))]}: {words.count(row['started'])} drawn from pools start, "
            f"{words.count(row['onward'])} go on to a pool"
        )
        people = max(row["started"], row["onward"])
        column = 2 * int(row["step"])
        nodes.append(
            SankeyNode(names[int(str(stage))], told, column, people, row["onward"], pool=False)
        )
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
