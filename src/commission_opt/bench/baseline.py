"""A baseline to commit: one row a case, with what repeats and nothing of the machine's owner."""

from __future__ import annotations

from collections.abc import Sequence

from commission_opt.bench.deterministic import differences
from commission_opt.bench.findings import Kind
from commission_opt.bench.results import Row, by_case, repeatable
from commission_opt.errors import UsageError

_LEFT_OUT = ("host", "session", "pair", "repeat", "started", "dirty", "trace", "side", "commit")


def baseline(rows: Sequence[Row]) -> list[Row]:
    """Return a row for each case.

    Raises
    ------
    UsageError
        If a case failed, ended by the clock, or did not repeat.
    """
    found = []
    for case, runs in by_case(rows).items():
        for row in runs:
            if not repeatable(row):
                how = row.get("message") or f"it ended by {row.get('ended_by')}"
                raise UsageError(f"{case} is no baseline: its run is {row['status']}; {how}")
        changed = [f for f in differences(case, runs, runs) if f.kind is not Kind.RATIO]
        if changed:
            raise UsageError(f"{case} is no baseline: {changed[0].message}")
        kept = {key: value for key, value in runs[0].items() if key not in _LEFT_OUT}
        versions = kept.get("versions") or {}
        kept["versions"] = {k: v for k, v in versions.items() if k != "platform"}
        found.append({**kept, "baseline": True})
    return found
