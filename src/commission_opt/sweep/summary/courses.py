"""Robust and fragile places and units: in how many scenarios there are more, as many or fewer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from commission_opt.sweep.summary.results import Results
from commission_opt.text.counts import agreed, plural
from commission_opt.views import lines
from commission_opt.views.charts import BLUE, INK, ORANGE, chart, shortened, titled

_MOST = 30  # courses in the chart
_ROBUST = 0.95  # share of scenarios from which a course or measure counts as robust


def table(results: Results) -> pd.DataFrame | None:
    """Return a row for each course; None if there is nothing to compare.

    Those that keep their places in the fewest scenarios come first, and among these those that
    move furthest from their places as given. ``more``, ``same``, ``less`` and ``none`` are shares
    of scenarios and add up to 1.
    """
    found = results.places
    if found is None:
        return None
    courses = results.instance.courses
    titles = results.instance.professions.set_index("profession")["title"]
    return found.sorted_with(
        {
            "course": courses["course"].to_numpy(),
            "profession": courses["profession"].to_numpy(),
            "title": titles.loc[courses["profession"]].to_numpy(),
            "region": courses["region"].to_numpy(),
        }
    )


def draw(results: Results, folder: Path) -> None:
    """Draw the shares of the most fragile courses."""
    rows, found = table(results), results.places
    assert rows is not None
    assert found is not None
    shown = rows[rows["same"] < 1].head(_MOST)
    regions = _regions(results)
    height = 2.0 + 0.27 * max(1, len(shown))
    with chart(folder, "courses", 9.5, height) as (_, axes):
        left = np.zeros(len(shown))
        for name, colour, label in (
            ("none", INK, "none"),
            ("less", ORANGE, "fewer"),
            ("same", "#E4E4E4", "as many"),
            ("more", BLUE, "more"),
        ):
            width = 100 * shown[name].to_numpy()
            axes.barh(range(len(shown)), width, left=left, color=colour, label=label, height=0.8)
            left = left + width
        axes.set_yticks(
            range(len(shown)),
            [
                f"{shortened(title, 34)}, {shortened(regions[region], 26)}"
                for title, region in zip(shown["title"], shown["region"], strict=True)
            ],
            fontsize=8,
        )
        for i, row in enumerate(shown.itertuples()):
            text = f"{row.as_given:,.0f}  ({row.least:,.0f}–{row.most:,.0f})"
            axes.text(101, i, text, va="center", fontsize=8)
        axes.text(101, -0.9, "places as given (range)", va="center", fontsize=8, color=INK)
        axes.set_ylim(len(shown) - 0.4, -1.4)
        axes.set_xlim(0, 100)
        axes.set_xlabel(f"share of {plural(found.plans, 'scenario')} with a plan, %")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.5 / height), ncols=4)
        firm = int((rows["same"] >= _ROBUST).sum())
        titled(
            axes,
            "The most fragile courses, against the plan as given",
            f"{_keep(firm, len(rows))} in 95 % of the scenarios",
        )


def _keep(firm: int, count: int) -> str:
    return f"{firm:,} of {plural(count, 'course')} {agreed(firm, 'keeps its', 'keep their')} places"


def _regions(results: Results) -> dict[str, str]:
    """Return titles of regions by code; codes where there is no title."""
    table = results.instance.regions
    return {
        code: title or code for code, title in zip(table["region"], table["title"], strict=True)
    }


def say(results: Results) -> list[str]:
    """Count robust and fragile courses."""
    rows, found = table(results), results.places
    if rows is None or found is None:
        return []
    regions = _regions(results)
    firm, fixed = int((rows["same"] >= _ROBUST).sum()), int((rows["same"] == 1).sum())
    closed, either = rows[rows["none"] > 0], rows[(rows["more"] > 0) & (rows["less"] > 0)]
    return [
        f"{plural(found.plans, 'plan')} against the one as given; a course with half a place more "
        "or less counts as changed",
        f"{_keep(firm, len(rows))} in 95 % of them, {fixed:,} in all",
        f"{plural(len(closed), 'loses all its', 'lose all their')} places in some; "
        f"{plural(len(either), 'gains in some and loses', 'gain in some and lose')} in others",
        "most fragile: "
        + "; ".join(
            f"{row.title}, {regions[str(row.region)]} ({row.least:,.0f}–{row.most:,.0f} places)"
            for row in rows.head(5).itertuples()
        ),
    ]


def units(results: Results) -> pd.DataFrame | None:
    """Return a row for each measure as for courses; None if there is nothing to compare."""
    found, measures = results.units, results.instance.measures
    if found is None:
        return None
    named = {name: measures[name].to_numpy() for name in ("measure", "kind", "profession")}
    titles = {"title": lines.names(results.instance), "region": measures["region"].to_numpy()}
    return found.sorted_with({**named, **titles})


def say_units(results: Results) -> list[str]:
    """Count robust and fragile measures."""
    rows, found = units(results), results.units
    if rows is None or found is None:
        return []
    firm, closed = int((rows["same"] >= _ROBUST).sum()), int((rows["none"] > 0).sum())
    return [
        f"{firm:,} of {plural(len(rows), 'measure')} {agreed(firm, 'keeps its', 'keep their')} "
        f"units in 95 % of {plural(found.plans, 'plan')}; "
        f"{plural(closed, 'loses all its', 'lose all their')} units in some",
        "most fragile: "
        + "; ".join(
            f"{row.title} ({row.least:,.0f}–{row.most:,.0f} units)"
            for row in rows.head(5).itertuples()
        ),
    ]
