"""Scenarios without a plan, by reason."""

from __future__ import annotations

import re

import pandas as pd

from commission_opt.sweep.summary.results import Results

_NUMBER = re.compile(r"−?\d+\.\d+(?:e[-+]?\d+)?")  # whole numbers, such as rows and years, stay


def table(results: Results) -> pd.DataFrame | None:
    """Return a row for each reason, the most frequent first; None if every scenario has a plan.

    Reasons that differ in decimal numbers only are one.
    """
    rows = results.scenarios[results.scenarios["reason"] != ""]
    if rows.empty:
        return None
    rows = rows.assign(
        example_reason=[" ".join(reason.split()) for reason in rows["reason"]],
        reason=rows["reason"].map(plain),
    )
    groups = rows.groupby(["status", "reason"], sort=False)
    found = groups.size().to_frame("scenarios")
    found["share"] = found["scenarios"] / len(results.scenarios)
    found["example"] = groups["name"].first()
    found["example_reason"] = groups["example_reason"].first()
    return found.sort_values("scenarios", ascending=False, kind="stable").reset_index()


def plain(reason: str) -> str:
    """Return a reason on one line, its decimal numbers left out."""
    return _NUMBER.sub("…", " ".join(reason.split()))


def say(results: Results) -> list[str]:
    """Name the reasons."""
    found = table(results)
    if found is None:
        return []
    return [
        f"{row.scenarios:,} × {str(row.status).replace('_', ' ')}: {row.reason}"
        for row in found.itertuples()
    ]
