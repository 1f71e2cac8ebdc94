"""Robust and fragile units: in how many scenarios a measure gets more, as many, fewer or none."""

from __future__ import annotations

import pandas as pd

from commission_opt.sweep.summary.results import Results
from commission_opt.text.counts import agreed, plural
from commission_opt.views.lines import names

NAME = "measures"
_ROBUST = 0.95  # share of scenarios from which a measure counts as robust


def table(results: Results) -> pd.DataFrame | None:
    """Return a row for each measure, in the order and with the columns of those of courses.

    None if there is nothing to compare, or no measure.
    """
    found, measures = results.units, results.instance.measures
    if found is None:
        return None
    named = {name: measures[name].to_numpy() for name in ("measure", "kind", "profession")}
    titles = {"title": names(results.instance), "region": measures["region"].to_numpy()}
    return found.sorted_with({**named, **titles})


def say(results: Results) -> list[str]:
    """Count robust and fragile measures."""
    rows, found = table(results), results.units
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
