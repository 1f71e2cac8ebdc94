"""Intakes that contradict each other: capacity, last year, and those who started."""

from __future__ import annotations

from collections.abc import Iterator

from commission_opt.errors import Problem
from commission_opt.instance.instance import Instance
from commission_opt.reading.plausibility.saying import Doubt, number, summed

_FACTOR = 1.5  # between last year's places and those who started them
_SMALL = 5.0  # places; below it a factor says little


def capacity_below_last_year(instance: Instance) -> Iterator[Problem]:
    """Warn of courses that may take fewer than they took last year."""
    doubts = []
    for row, last, most in instance.courses[["last_intake", "max_intake"]].itertuples():
        if 0 < most < last:  # 0 closes a course
            message = f"{most:,} is below last_intake, {last:,}: is one of them wrong?"
            doubts.append(Doubt(row, last - most, message))
    yield from summed("courses", "max_intake", doubts)


def last_year_and_last_cohort(instance: Instance) -> Iterator[Problem]:
    """Warn of last intakes that do not fit the cohort that started in that year."""
    courses = instance.courses
    cohorts = instance.pipeline[instance.pipeline["start_year"] == instance.first_year - 1]
    doubts = []
    for course, started in cohorts[["course", "started"]].itertuples(index=False):
        own = courses.iloc[course]
        places, filled = own["last_intake"], own["last_intake"] * own["fill_rate"]
        far = started > _FACTOR * places or started * _FACTOR < filled
        if far and abs(started - filled) > _SMALL:
            message = (
                f"{places:,} places with a fill rate of {own['fill_rate']:g} do not fit the "
                f"{number(started)} students of {own['course']!r} who started in "
                f"{instance.first_year - 1} (pipeline.csv)"
            )
            doubts.append(Doubt(int(courses.index[course]), abs(started - filled), message))
    yield from summed("courses", "last_intake", doubts)
