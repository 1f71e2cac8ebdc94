"""Students on course who are missing."""

from __future__ import annotations

from collections.abc import Iterator

from commission_opt.errors import Problem
from commission_opt.instance.instance import Instance
from commission_opt.reading.plausibility.saying import Doubt, summed, warning
from commission_opt.text.counts import plural


def nobody_on_course(instance: Instance) -> Iterator[Problem]:
    """Warn where courses of several years run and nobody is on course."""
    courses = instance.courses
    running = courses[(courses["duration_years"] > 1) & (courses["last_intake"] > 0)]
    if instance.tables["pipeline"].empty and len(running):
        courses_of = plural(len(running), "course of several years", "courses of several years")
        message = (
            f"nobody is on course, though {courses_of} took {running['last_intake'].sum():,} "
            "places last year: who graduates next, and what that costs, is left out"
        )
        yield warning("pipeline.csv", None, None, message)


def missing_cohorts(instance: Instance) -> Iterator[Problem]:
    """Warn of running courses that lack a cohort which would still be on course."""
    written = instance.tables["pipeline"]
    if written.empty:
        return
    cohorts = dict(iter(written.groupby("course")["start_year"]))
    none, some = [], []
    columns = ["course", "duration_years", "last_intake"]
    for row, course, duration, last in instance.courses[columns].itertuples():
        if last <= 0 or duration < 2:
            continue
        own = cohorts.get(course)
        on_course = range(instance.first_year - duration, instance.first_year)
        if own is None:
            message = f"course {course!r} took {last:,} places last year, but nobody is on it"
            none.append(Doubt(row, float(last), message))
            continue
        lacking = [str(year) for year in on_course if year not in set(own)]
        if lacking:
            message = (
                f"course {course!r} of {duration} years has no cohort of {', '.join(lacking)}; "
                "write one, if only with 0"
            )
            some.append(Doubt(int(own.index[0]), float(last * len(lacking)), message))
    yield from summed("courses", "course", none)
    yield from summed("pipeline", "start_year", some)
