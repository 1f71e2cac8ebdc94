"""How configurations compare over many cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from commission_opt.bench.results import Row
from commission_opt.text.counts import plural
from commission_opt.text.markdown import table

SHIFT = 10.0  # seconds; of the geometric mean
PENALTY = 10.0  # a run that failed counts as so many time limits
_NOT_WORK = ("read", "check", "write", "total", "resolve")


@dataclass(frozen=True, eq=False)
class Summary:
    """Results by problem and configuration.

    Parameters
    ----------
    seconds : pandas.DataFrame
        A row for each problem that every configuration was given, a column for each of these:
        from tables in memory to a certified plan, median of its runs; not a number where one of
        them did not reach the gap asked for.
    limits : pandas.DataFrame
        Time limits, seconds, alike.
    rows : mapping of str to sequence of dict
        The rows of each configuration.
    skipped : tuple of str
        Problems that not every configuration was given.
    """

    seconds: pd.DataFrame
    limits: pd.DataFrame
    rows: Mapping[str, Sequence[Row]]
    skipped: tuple[str, ...]

    @property
    def penalised(self) -> pd.DataFrame:
        """Seconds; ten time limits where a problem was not solved."""
        return self.seconds.fillna(PENALTY * self.limits)

    @property
    def size(self) -> str:
        """Say how many problems there are."""
        return plural(len(self.seconds), "problem")

    def profile(self, tau: float) -> pd.Series[float]:
        """Return the part of the problems that each solves in ``tau`` times the best seconds."""
        return self.seconds.le(tau * self.seconds.min(axis=1), axis=0).mean()

    def markdown(self) -> str:
        """Write the summary."""
        if self.seconds.empty:
            return "## Benchmarks: summary\n\nNo problem was given to every configuration."
        common = self.seconds.dropna()
        solved = self.seconds.notna().sum()
        means = [*map(shifted_geometric_mean, (self.penalised, common))]
        parts = [self.profile(tau) for tau in (1, 2, 4, 10)]
        rows = [
            [
                name, f"{solved[name]} of {len(self.seconds)}",
                *("–" if np.isnan(mean[name]) else f"{mean[name]:.3f} s" for mean in means),
                *(f"{part[name]:.0%}" for part in parts),
            ]
            for name in self.rows
        ]  # fmt: skip
        header = [
            "configuration", "solved", "mean, all", f"mean, {len(common)} solved by all",
            "fastest", "within 2×", "within 4×", "within 10×",
        ]  # fmt: skip
        lines = [
            "## Benchmarks: summary",
            table(header, rows),
            f"{self.size}. Means are geometric, of seconds from tables in memory "
            f"to a certified plan, shifted by {SHIFT:g} s; where the gap asked for was not "
            f"reached, a problem counts as {PENALTY:g} time limits in the first mean and not at "
            "all in the second. The last columns are the performance profile: the part of the "
            "problems that a configuration solves within so many times the seconds of the fastest.",
        ]
        if self.skipped:
            some = ", ".join(self.skipped)
            lines.append(f"Left out, as not every configuration was given them: {some}.")
        return "\n\n".join(lines)


def shifted_geometric_mean(seconds: pd.DataFrame) -> pd.Series[float]:
    """Return ``exp(mean(log(seconds + SHIFT))) − SHIFT`` of each column."""
    means: pd.Series[float] = np.exp(np.log(seconds + SHIFT).mean()) - SHIFT
    return means


def summary(results: Mapping[str, Sequence[Row]]) -> Summary:
    """Put results together, rows by the name of their file.

    With several files, a configuration is named after its file too.
    """
    rows: dict[str, list[Row]] = {}
    for file, some in results.items():
        for row in some:
            name = str(row.get("configuration", row["case"]))
            rows.setdefault(f"{file}: {name}" if len(results) > 1 else name, []).append(row)
    runs = pd.DataFrame(
        [
            (problem_of(row), name, _solved_in(row), float(row.get("time_limit") or 0.0))
            for name, some in rows.items()
            for row in some
        ],
        columns=["problem", "name", "seconds", "limit"],
    )
    table_of = partial(runs.pivot_table, index="problem", columns="name", dropna=False)
    seconds = table_of("seconds", aggfunc=lambda own: own.median(skipna=False))
    limits = table_of("limit", aggfunc="first")
    limits = limits.reindex(runs["problem"].unique(), columns=list(rows))
    given = limits.dropna()
    skipped = limits.index.difference(given.index, sort=False)
    return Summary(seconds.reindex_like(given), given, rows, tuple(skipped))


def problem_of(row: Row) -> str:
    """Name the problem of a row: instance, model, gap and seed, whatever solves it."""
    parts = [row.get("instance", row["case"]), row.get("model", ""), f"gap={row['asked_gap']:g}"]
    return "/".join([*parts, *(["relaxed"] if row.get("relaxed") else []), f"seed={row['seed']}"])


def work_seconds(row: Row) -> float | None:
    """Return the seconds from tables in memory to a certified plan, None if there is none."""
    if row.get("gap") is None:
        return None
    phases = row.get("seconds") or {}
    return float(sum(s for phase, s in phases.items() if phase not in _NOT_WORK))


def _solved_in(row: Row) -> float:
    """Return the seconds of a run that reached the gap asked for; of another, not a number."""
    seconds = work_seconds(row)
    return np.nan if seconds is None or row["gap"] > row["asked_gap"] else seconds
