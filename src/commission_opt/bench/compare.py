"""What became slower, worse or wrong between two sets of results, and what to keep of one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from commission_opt.bench.deterministic import differences, values
from commission_opt.bench.findings import Difference, Kind, Verdict
from commission_opt.bench.inputs import identities
from commission_opt.bench.ratios import Ratio, Thresholds, ratios, ratios_of_work
from commission_opt.bench.results import ANSWERED, Row, by_case, grouped, repeatable
from commission_opt.bench.spec import PEER
from commission_opt.errors import UsageError

_SURE = 1e-6  # relative; what a certificate vouches for
_PEER = 1e-4  # what a solver's own word is good for
_LEFT_OUT = ("host", "session", "pair", "repeat", "started", "dirty", "trace", "side", "commit")
MAX_WORSE = 0.005  # share of an objective by which a plan may be worse


@dataclass(frozen=True)
class Comparison:
    """A comparison of two sets of results.

    Parameters
    ----------
    cases : tuple of str
        All cases, those of the base first.
    findings : tuple of Difference
        Differences, with the ratios that are beyond their threshold.
    ratios : tuple of Ratio
        All ratios of times.
    memory : mapping of str to (float, float)
        Peak memory of base and head by case, MiB, medians of their runs.
    fail_on : collection of Kind
        Kinds that block, beside ``wrong`` and ``value``.
    """

    cases: tuple[str, ...]
    findings: tuple[Difference, ...]
    ratios: tuple[Ratio, ...]
    memory: Mapping[str, tuple[float, float]]
    fail_on: Collection[Kind]

    def blocks(self, finding: Difference) -> bool:
        """Say whether a finding blocks."""
        bad = finding.verdict in (Verdict.WORSE, Verdict.CHANGED)
        return bad and finding.kind in (Kind.WRONG, Kind.VALUE, *self.fail_on)

    @property
    def blocking(self) -> list[Difference]:
        """The findings that block."""
        return [finding for finding in self.findings if self.blocks(finding)]


def compare(
    base: Sequence[Row],
    head: Sequence[Row],
    fail_on: Collection[Kind] = tuple(Kind),
    thresholds: Thresholds | None = None,
    max_worse: float | None = MAX_WORSE,
    *,
    by_work: bool = False,
) -> Comparison:
    """Compare two sets of results.

    Parameters
    ----------
    base, head : sequence of dict
    fail_on : collection of Kind
        Kinds of findings that block; ``wrong`` always does, and ``value`` by ``max_worse``.
    thresholds : Thresholds, optional
        Of ratios of times.
    max_worse : float or None
        Share of the base's objective by which a plan may be worse; None for any.
    by_work : bool
        Whether to compare work and not seconds.
    """
    limits = thresholds or Thresholds()
    before, after = by_case(base), by_case(head)
    both = [case for case in before if case in after]
    compared = ratios_of_work if by_work else ratios
    times = [r for case in both for r in compared(case, before[case], after[case], limits)]
    found = [
        *contradictions([*base, *head]),
        *_coverage(before, after),
        *(f for case in both for f in differences(case, before[case], after[case])),
        *(f for case in both for f in values(case, before[case], after[case], max_worse)),
        *(ratio.finding for ratio in times if ratio.verdict is not Verdict.NOTE),
    ]
    memory = {case: (_peak(before[case]), _peak(after[case])) for case in both}
    memory = {case: peaks for case, peaks in memory.items() if all(peaks)}
    cases = tuple({**before, **after})
    return Comparison(cases, tuple(found), tuple(times), memory, frozenset(fail_on))


def _coverage(before: dict[str, list[Row]], after: dict[str, list[Row]]) -> Iterator[Difference]:
    for case in before:
        if case not in after:
            message = "in the base, but not in the head"
            yield Difference(case, Kind.MISSING, Verdict.WORSE, "case", message)
    for case, rows in after.items():
        if case not in before:
            message = "in the head, but not in the base: nothing to compare with"
            yield Difference(case, Kind.MISSING, Verdict.NOTE, "case", message)
            failed = [row["status"] for row in rows if row["status"] not in ANSWERED]
            if failed:
                yield Difference(case, Kind.STATUS, Verdict.WORSE, "status", f"new → {failed[0]}")


def _peak(rows: Sequence[Row]) -> float:
    """Return the median of peak memory, MiB; 0 if no run tells it."""
    peaks = [float(row["peak_memory_mib"]) for row in rows if row.get("peak_memory_mib")]
    return median(peaks or [0.0])


def contradictions(rows: Sequence[Row]) -> Iterator[Difference]:
    """Find runs on the same inputs where the bound of one is above the plan of another.

    The best possible value of the first objective lies between the bound and the objective of
    every run. If two such intervals have no point in common, one of the runs is wrong, whatever
    the engine, the method or the version.
    """
    proved = [row for row in rows if None not in (row.get("objective"), row.get("bound"))]
    groups = grouped(proved, identities(rows))
    groups.pop(None, None)
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
