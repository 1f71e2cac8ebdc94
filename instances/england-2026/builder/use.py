"""What the pipeline and a steady intake use, in money and in placement weeks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from builder.shares import Split
from builder.sources import ALL, Row, Sources

Use = dict[tuple[str, str, int], float]


@dataclass(frozen=True)
class Rates:
    """What one student uses in a study year.

    Parameters
    ----------
    rows
        Rows of the table of costs or of placement use.
    name
        Column that names the fund or pool.
    amount
        Column of the cost or the weeks.
    """

    rows: Sequence[Row]
    name: str
    amount: str

    def of(self, scopes: Sequence[str], study_year: int) -> Split:
        """Return the rate by fund or pool.

        Parameters
        ----------
        scopes
            What a profession answers to, most specific first.
        study_year
            Year of the course, from 1. A row for it counts before one for every year.

        Returns
        -------
        dict
        """
        rates: Split = {}
        for scope in reversed(scopes):
            for year in (ALL, str(study_year)):
                for row in self.rows:
                    if row["profession"] == scope and row["study_year"] == year:
                        rates[str(row[self.name])] = float(row[self.amount])
        return rates


def steady_use(
    sources: Sources, courses: Sequence[Row], pipeline: Sequence[Row], rates: Rates
) -> Use:
    """Work out what the pipeline and a last intake repeated every year use.

    Parameters
    ----------
    sources
        Source tables.
    courses, pipeline
        Rows of these tables.
    rates
        Use per student.

    Returns
    -------
    dict
        Use by fund or pool, region and year.
    """
    started = {(str(r["course"]), int(r["start_year"])): float(r["started"]) for r in pipeline}
    use: Use = defaultdict(float)
    for course in courses:
        scopes, region = sources.scopes(str(course["profession"])), str(course["region"])
        study_years = range(1, int(course["duration_years"]) + 1)
        per_student = {study_year: rates.of(scopes, study_year) for study_year in study_years}
        for year in sources.years:
            present = _students(course, started, sources.first_year, year)
            for study_year, number in present.items():
                for name, rate in per_student[study_year].items():
                    use[name, region, year] += number * rate
    return use


def _students(
    course: Row, started: Mapping[tuple[str, int], float], first_year: int, year: int
) -> dict[int, float]:
    """Return students on a course in a year, by study year; leavers are spread over the course."""
    duration, completion = int(course["duration_years"]), float(course["completion_rate"])
    steady = float(course["last_intake"]) * float(course["fill_rate"])
    present: dict[int, float] = {}
    for study_year in range(1, duration + 1):
        start = year - study_year + 1
        starters = steady if start >= first_year else started[str(course["course"]), start]
        present[study_year] = starters * completion ** ((study_year - 1) / duration)
    return present
