"""How configurations compare over many cases."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from commission_opt.bench.results import Row, grouped
from commission_opt.text.counts import plural
from commission_opt.text.markdown import table

SHIFT = 10.0  # seconds; of the geometric mean
PENALTY = 10.0  # a run that failed counts as so many time limits
_NOT_WORK = ("read", "check", "write", "total", "resolve")


@dataclass(frozen=True)
class Score:
    """What a configuration did with a problem.

    Parameters
    ----------
    seconds : float
        From tables in memory to a certified plan, median of its runs.
    solved : bool
        Whether all runs reached the gap asked for.
    limit : float
        Time limit, seconds.
    """

    seconds: float
    solved: bool
    limit: float

    @property
    def penalised(self) -> float:
        """Seconds; ten time limits if it was not solved."""
        return self.seconds if self.solved else PENALTY * self.limit


@dataclass(frozen=True)
class Summary:
    """Results by configuration and problem.

    Parameters
    ----------
    outcomes : mapping of str to mapping of str to Score
        By configuration, then by problem; every configuration has every problem.
    rows : mapping of str to sequence of dict
        The rows of each configuration.
    skipped : tuple of str
        Problems that not every configuration was given.
    """

    outcomes: Mapping[str, Mapping[str, Score]]
    rows: Mapping[str, Sequence[Row]]
    skipped: tuple[str, ...]

    @property
    def problems(self) -> list[str]:
        """The problems that every configuration was given."""
        return list(next(iter(self.outcomes.values()), {}))

    @property
    def size(self) -> str:
        """Say how many problems there are."""
        return plural(len(self.problems), "problem")

    def solved_by_all(self) -> list[str]:
        """Return the problems that every configuration solved."""
        return [p for p in self.problems if all(o[p].solved for o in self.outcomes.values())]

    def markdown(self) -> str:
        """Write the summary."""
        if not self.problems:
            return "## Benchmarks: summary\n\nNo problem was given to every configuration."
        common = self.solved_by_all()
        rows = []
        for name, by_problem in self.outcomes.items():
            all_ = [o.penalised for o in by_problem.values()]
            both = [by_problem[p].seconds for p in common]
            solved = sum(o.solved for o in by_problem.values())
            rows.append([
                name, f"{solved} of {len(by_problem)}", _seconds(all_), _seconds(both),
                *(f"{profile(self.outcomes, name, tau):.0%}" for tau in (1, 2, 4, 10)),
            ])  # fmt: skip
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


def _seconds(values: Sequence[float]) -> str:
    return f"{shifted_geometric_mean(values):.3f} s" if values else "–"


def shifted_geometric_mean(values: Sequence[float]) -> float:
    """Return ``exp(mean(log(value + SHIFT))) − SHIFT``."""
    return math.exp(sum(math.log(v + SHIFT) for v in values) / len(values)) - SHIFT


def profile(outcomes: Mapping[str, Mapping[str, Score]], name: str, tau: float) -> float:
    """Return the part of the problems solved within ``tau`` times the best seconds."""
    own = outcomes[name]
    within = 0
    for problem, outcome in own.items():
        solved = [o[problem].seconds for o in outcomes.values() if o[problem].solved]
        within += outcome.solved and outcome.seconds <= tau * min(solved)
    return within / max(1, len(own))


def summary(results: Mapping[str, Sequence[Row]]) -> Summary:
    """Put results together.

    Parameters
    ----------
    results : mapping of str to sequence of dict
        Rows by the name of their file. With several files, a configuration is named after its
        file too.

    Returns
    -------
    Summary
    """
    rows: dict[str, list[Row]] = {}
    for file, some in results.items():
        for row in some:
            name = str(row.get("configuration", row["case"]))
            rows.setdefault(f"{file}: {name}" if len(results) > 1 else name, []).append(row)
    found = {
        name: {problem: _outcome(runs) for problem, runs in grouped(some, problem_of).items()}
        for name, some in rows.items()
    }
    every = list(dict.fromkeys(problem for o in found.values() for problem in o))
    shared = [p for p in every if all(p in o for o in found.values())]
    outcomes = {name: {p: o[p] for p in shared} for name, o in found.items()}
    return Summary(outcomes, rows, tuple(p for p in every if p not in shared))


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


def _outcome(rows: Sequence[Row]) -> Score:
    limit = float(rows[0].get("time_limit") or 0.0)
    seconds = [s for row in rows if (s := work_seconds(row)) is not None]
    reached = [row.get("gap") is not None and row["gap"] <= row["asked_gap"] for row in rows]
    return Score(median(seconds) if seconds else PENALTY * limit, all(reached), limit)
