"""Storylines: what each does to the measure, next to the base case."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import pandas as pd

from commission_opt.sweep.summary.results import Results
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


def table(results: Results) -> pd.DataFrame | None:
    """Return a row for each storyline; None if there is none, or no base case to compare with."""
    found = results.scenarios[results.scenarios["name"].isin(list(results.storylines))]
    if isnan(results.base) or found.empty:
        return None
    columns = {
        "name": found["name"],
        "title": found["name"].map(results.storylines),
        results.measure.name: found["value"],
        "change": found["value"] - results.base,
        "status": found["status"],
    }
    return pd.DataFrame(columns)


def draw(results: Results, folder: Path) -> None:
    """Draw a bar for each storyline, the one that adds most first."""
    rows, base, measure = table(results), results.base, results.measure
    assert rows is not None
    shown = rows.dropna(subset="change").sort_values("change", ascending=False, kind="stable")
    with chart(folder, "storylines", 9.0, 2.0 + 0.55 * len(shown)) as (_, axes):
        changes = shown["change"] / measure.scale
        colours = [ORANGE if change > 0 else BLUE for change in changes]
        axes.barh(range(len(shown)), changes, color=colours, height=0.6)
        for row, change in enumerate(changes):
            share = change * measure.scale / base if base else 0.0
            beside(axes, _percent(share), change, row, right=change >= 0)
        axes.set_yticks(range(len(shown)), [shortened(name) for name in shown["name"]])
        axes.invert_yaxis()
        axes.margins(x=0.18)
        axes.axvline(0.0, color=INK, lw=1)
        axes.set_xlabel(f"change of the {measure.label}, {measure.unit}")
        axes.grid(visible=True, axis="x")
        numbered(axes.xaxis)
        label = f"What each storyline does to the {measure.label}"
        given = f"as given: {measure.with_unit(base)}"
        titled(axes, label, results.instance.title, given)


def _percent(share: float) -> str:
    return f"{share:+.1%}".replace("-", "−").replace("%", " %")


def say(results: Results) -> list[str]:
    """Name each storyline and its change."""
    rows, base, lines = table(results), results.base, []
    for row in [] if rows is None else rows.to_dict("records"):
        change = row["change"]
        share = f" ({_percent(change / base)})" if base else ""
        said = f"{'−' if change < 0 else '+'}{results.measure.shown(abs(change))}{share}"
        lines.append(f"{row['name']}: {row['status'].replace('_', ' ') if isnan(change) else said}")
    return lines
