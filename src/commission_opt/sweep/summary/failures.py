"""Scenarios without a plan, by reason."""

from __future__ import annotations

import re

import pandas as pd

from commission_opt.sweep.summary.results import Results, ScenarioValue

NAME = "failures"
_NUMBER = re.compile(r"−?\d+\.\d+(?:e[-+]?\d+)?")  # whole numbers, such as rows and years, stay


def table(results: Results) -> pd.DataFrame | None:
    """Return a row for each reason, the most frequent first; None if every scenario has a plan.

    Reasons that differ in decimal numbers only are one.
    """
    groups: dict[tuple[str, str], list[ScenarioValue]] = {}
    for case in results.cases:
        if case.reason:
            groups.setdefault((case.status, plain(case.reason)), []).append(case)
    if not groups:
        return None
    rows = [
        {
            "status": status,
            "reason": reason,
            "scenarios": len(cases),
            "share": len(cases) / len(results.cases),
            "example": cases[0].name,
            "example_reason": " ".join(cases[0].reason.split()),
        }
        for (status, reason), cases in groups.items()
    ]
    frame = pd.DataFrame(rows)
    return frame.sort_values("scenarios", ascending=False, kind="stable").reset_index(drop=True)


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
