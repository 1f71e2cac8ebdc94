"""Storylines: what each does to the measure, next to the base case."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from commission_opt.sweep.summary.results import Results, ScenarioValue
from commission_opt.views.charts import (
    BLUE,
    INK,
    ORANGE,
    beside,
    chart,
    numbered,
    shortened,
    titled,
)

NAME = "storylines"


def cases(results: Results) -> list[ScenarioValue]:
    """Return the storylines that were worked out, if there is a base case to compare them with."""
    if results.base is None:
        return []
    return [case for case in results.cases if case.name in results.storylines]


def table(results: Results) -> pd.DataFrame | None:
    """Return a row for each storyline; None if there is none."""
    base, found = results.base, cases(results)
    if base is None or not found:
        return None
    rows = [
        {
            "name": case.name,
            "title": results.storylines[case.name],
            results.measure.name: case.value,
            "change": case.value - base.value,
            "status": case.status,
        }
        for case in found
    ]
    return pd.DataFrame(rows)


def draw(results: Results, folder: Path) -> None:
    """Draw a bar for each storyline, the one that adds most first."""
    base, measure = results.base, results.measure
    assert base is not None
    shown = sorted((c for c in cases(results) if c.planned), key=lambda c: -c.value)
    with chart(folder, NAME, 9.0, 2.0 + 0.55 * len(shown)) as (_, axes):
        changes = [(case.value - base.value) / measure.scale for case in shown]
        colours = [ORANGE if change > 0 else BLUE for change in changes]
        axes.barh(range(len(shown)), changes, color=colours, height=0.6)
        for row, change in enumerate(changes):
            share = change * measure.scale / base.value if base.value else 0.0
            beside(axes, _percent(share), change, row, right=change >= 0)
        axes.set_yticks(range(len(shown)), [shortened(case.name) for case in shown])
        axes.invert_yaxis()
        axes.margins(x=0.18)
        axes.axvline(0.0, color=INK, lw=1)
        axes.set_xlabel(f"change of the {measure.label}, {measure.unit}")
        axes.grid(visible=True, axis="x")
        numbered(axes.xaxis)
        label = f"What each storyline does to the {measure.label}"
        given = f"as given: {measure.with_unit(base.value)}"
        titled(axes, label, results.instance.title, given)


def _percent(share: float) -> str:
    return f"{share:+.1%}".replace("-", "−").replace("%", " %")


def say(results: Results) -> list[str]:
    """Name each storyline and its change."""
    base, lines = results.base, []
    for case in cases(results):
        assert base is not None
        if not case.planned:
            lines.append(f"{case.name}: {case.status.replace('_', ' ')}")
            continue
        change = case.value - base.value
        share = f" ({_percent(change / base.value)})" if base.value else ""
        sign = "−" if change < 0 else "+"
        lines.append(f"{case.name}: {sign}{results.measure.shown(abs(change))}{share}")
    return lines
