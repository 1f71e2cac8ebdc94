"""Ratios of times, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from commission_opt.bench.findings import Difference, Kind, Verdict
from commission_opt.bench.results import Row, repeatable

Floats = npt.NDArray[np.float64]
_DRAWS = 2000
WORK = "work"
_DISK = ("read", "write")  # which the reference workload says nothing about


@dataclass(frozen=True)
class Thresholds:
    """From when on a ratio of times blocks.

    Parameters
    ----------
    pairs : float
        Ratio of interleaved runs.
    apart : float
        Ratio of separate runs, each in units of its own reference workload.
    work : float
        Ratio of work, which has no noise.
    floor, floor_apart : float
        Seconds below which a difference counts for nothing, of interleaved and separate runs.
    least_pairs, least_repeats : int
        Runs that are needed; with fewer, a ratio is only reported.
    confidence : float
        Of the interval.
    """

    pairs: float = 1.25
    apart: float = 2.0
    work: float = 1.05
    floor: float = 0.05
    floor_apart: float = 0.1
    least_pairs: int = 5
    least_repeats: int = 3
    confidence: float = 0.99


@dataclass(frozen=True)
class Ratio:
    """How the time of a phase of a case changed.

    Parameters
    ----------
    paired : bool
        Whether the runs were interleaved.
    count : int
        Pairs, or the runs of the side that has fewer.
    ratio, low, high : float
        Head to base, with its interval.
    fastest : float
        Ratio of the fastest runs.
    base, head : float
        Median seconds, or work.
    verdict : Verdict
        ``note`` if it is within what noise explains, or there are too few runs.
    """

    case: str
    phase: str
    paired: bool
    count: int
    ratio: float
    low: float
    high: float
    fastest: float
    base: float
    head: float
    verdict: Verdict

    @property
    def finding(self) -> Difference:
        """The finding that it makes."""
        if self.phase == WORK:
            message = f"{self.ratio:.2f}× ({self.base:.3f} → {self.head:.3f})"
            return Difference(self.case, Kind.RATIO, self.verdict, WORK, message)
        message = (
            f"{self.ratio:.2f}× ({self.low:.2f}–{self.high:.2f}, {self.count} "
            f"{'pairs' if self.paired else 'runs each'}; {self.base:.3f} s → {self.head:.3f} s)"
        )
        return Difference(self.case, Kind.RATIO, self.verdict, f"seconds of {self.phase}", message)


def ratios(
    case: str, base: Sequence[Row], head: Sequence[Row], thresholds: Thresholds
) -> Iterator[Ratio]:
    """Compare the time of each phase of one case.

    Runs that were interleaved are compared pair by pair; others by their medians, each time
    divided by the ``reference_seconds`` of its own run.
    """
    sides = [[row for row in rows if (row.get("seconds") or {}).get("total")]
             for rows in (base, head)]  # fmt: skip
    if not all(sides):
        return
    pairs = _pairs(*sides)
    for phase in dict.fromkeys(phase for row in sides[1] for phase in row["seconds"]):
        if all(phase in row["seconds"] for rows in sides for row in rows):
            of_pairs = [[pair[k] for pair in pairs] for k in (0, 1)]
            yield _ratio(case, phase, of_pairs if pairs else sides, bool(pairs), thresholds)


def ratios_of_work(
    case: str, base: Sequence[Row], head: Sequence[Row], thresholds: Thresholds
) -> Iterator[Ratio]:
    """Compare the work of one case, which is the same each time: one run is enough.

    Runs that the clock ended, or whose work is not known, are left out.
    """
    before, after = (
        [row["work"] for row in rows if row.get("work") and repeatable(row)]
        for rows in (base, head)
    )
    if before and after:
        old, new = float(np.median(before)), float(np.median(after))
        ratio, verdict = new / old, Verdict.NOTE
        if ratio > thresholds.work:
            verdict = Verdict.WORSE
        elif ratio < 1.0 / thresholds.work:
            verdict = Verdict.BETTER
        count = min(len(before), len(after))
        yield Ratio(case, WORK, False, count, ratio, ratio, ratio, ratio, old, new, verdict)


def _pairs(base: Sequence[Row], head: Sequence[Row]) -> list[tuple[Row, Row]]:
    def key(row: Row) -> Any:
        return None if row.get("pair") is None else (row.get("session"), row["pair"])

    before = {key(row): row for row in base}
    return [(before[key(row)], row) for row in head if key(row) is not None and key(row) in before]


def _ratio(
    case: str, phase: str, sides: Sequence[Sequence[Row]], paired: bool, thresholds: Thresholds
) -> Ratio:
    """Say worse only where the interval, the fastest runs and the seconds all say so."""
    seconds = [np.maximum([row["seconds"][phase] for row in rows], 1e-6) for rows in sides]
    count, median = min(map(len, seconds)), partial(np.median, axis=1)
    if paired:
        units, logs = seconds, np.log(seconds[1] / seconds[0])
        ends = interval([logs], lambda drawn: median(drawn[0]), thresholds.confidence)
        ratio, low, high = (float(np.exp(log)) for log in (np.median(logs), *ends))
        threshold, floor = thresholds.pairs, thresholds.floor
        enough = count >= thresholds.least_pairs
    else:
        units = [
            own / np.array([row.get("reference_seconds") or 1.0 for row in rows])
            for own, rows in zip(seconds, sides, strict=True)
        ]
        ratio = float(np.median(units[1]) / np.median(units[0]))
        low, high = interval(units, lambda d: median(d[1]) / median(d[0]), thresholds.confidence)
        threshold, floor = thresholds.apart, thresholds.floor_apart
        informative = any(row.get("baseline") for row in sides[0])
        enough = count >= thresholds.least_repeats and not informative and phase not in _DISK
    base, head = (float(np.median(own)) for own in seconds)
    fastest = float(units[1].min() / units[0].min())
    verdict = Verdict.NOTE
    if enough and abs(head - base) > floor:
        if low > threshold and fastest > threshold and head > base:
            verdict = Verdict.WORSE
        elif high < 1 / threshold and fastest < 1 / threshold and head < base:
            verdict = Verdict.BETTER
    return Ratio(case, phase, paired, count, ratio, low, high, fastest, base, head, verdict)


def interval(
    samples: Sequence[Floats], statistic: Callable[[Sequence[Floats]], Floats], confidence: float
) -> tuple[float, float]:
    """Return a percentile bootstrap interval.

    Parameters
    ----------
    samples : sequence of array, shape (n,)
        Each is drawn from on its own.
    statistic : callable
        From draws of each sample, shape (draws, n), to the statistic of each draw.
    confidence : float
        Such as 0.99.
    """
    rng = np.random.default_rng(0)
    drawn = [rng.choice(sample, (_DRAWS, len(sample))) for sample in samples]
    tail = (1 - confidence) / 2
    low, high = np.quantile(statistic(drawn), [tail, 1 - tail])
    return float(low), float(high)
