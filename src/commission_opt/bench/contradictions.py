"""Runs that cannot both be right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commission_opt.bench.findings import Difference, Kind, Verdict
from commission_opt.bench.inputs import identities
from commission_opt.bench.results import Row
from commission_opt.bench.spec import PEER

_SURE = 1e-6  # relative; what a certificate vouches for
_PEER = 1e-4  # what a solver's own word is good for


def contradictions(rows: Sequence[Row]) -> Iterator[Difference]:
    """Find runs on the same inputs where the bound of one is above the plan of another.

    The best possible value of the first objective lies between the bound and the objective of
    every run. If two such intervals have no point in common, one of the runs is wrong, whatever
    the engine, the method or the version.
    """
    groups: dict[object, list[Row]] = {}
    identity = identities(rows)
    for row in rows:
        inputs = identity(row)
        if inputs is not None and None not in (row.get("objective"), row.get("bound")):
            groups.setdefault(inputs, []).append(row)
    for group in groups.values():
        high = max(group, key=lambda row: row["bound"])
        low = min(group, key=lambda row: row["objective"])
        peer = any(str(row.get("engine")).startswith(PEER) for row in (high, low))
        slack = (_PEER if peer else _SURE) * max(1.0, abs(low["objective"]))
        if high["bound"] > low["objective"] + slack:
            message = (
                f"{_name(high)} proves that no plan is below {high['bound']!r}, but {_name(low)} "
                f"has one at {low['objective']!r}: one of the two is wrong"
            )
            yield Difference(low["case"], Kind.WRONG, Verdict.WORSE, "contradiction", message)


def _name(row: Row) -> str:
    return f"{row.get('side', 'a run')} ({row['case']})"
