"""Who comes, who leaves, who is at work: a cohort at a time."""

import math
from collections import defaultdict
from collections.abc import Iterable

from independent.case import (
    Case,
    Cohort,
    Course,
    Key,
    Measure,
    Places,
    Policy,
    commissioning_years,
    filled,
    last_year,
)


def leaving(case: Case, profession: str, region: str, year_in_post: int) -> float:
    """Share leaving in the i-th year after qualifying."""
    rate, years = case.early.get((profession, region), (0.0, 0))
    return rate if year_in_post <= years else case.leaver[profession, region]


def planned_cohorts(case: Case, policy: Policy, places: Places) -> list[Cohort]:
    return [Cohort(name, year, places.get((name, year), 0.0) * filled(line))
            for name, line in case.lines.items()
            for year in commissioning_years(case, policy)]  # fmt: skip


def continued_cohorts(case: Case, policy: Policy, places: Places) -> list[Cohort]:
    """What is bought from the last commissioning year to the end of the horizon."""
    last, cohorts = commissioning_years(case, policy)[-1], []
    for name, line in case.lines.items():
        taken = {"repeat": places.get((name, last), 0.0), "last_intake": last_year(line),
                 "none": 0.0}[policy["rules"]["continuation"]]  # fmt: skip
        later = range(last + 1, case.years.stop)
        cohorts += [Cohort(name, year, taken * filled(line)) for year in later]
    return cohorts


def staff_without_students(case: Case) -> dict[Key, float]:
    """Today's workforce and the joiners by other routes, year by year."""
    supply: dict[Key, float] = {}
    for (profession, region), stock in case.workforce.items():
        for year in case.years:
            if year > case.years[0]:
                stock *= 1 - case.leaver[profession, region]
            stock += case.joiners.get((profession, region, year), 0.0)
            supply[profession, region, year] = stock
    return supply


def supply_of(case: Case, cohorts: Iterable[Cohort], released: bool = True) -> dict[Key, float]:
    """Carry every cohort forward from the year it enters work.

    Those who are on a course that takes staff are missing, unless none are to be `released`.
    """
    supply: dict[Key, float] = defaultdict(float)
    for name, start, started in cohorts:
        if name in case.measures:
            measure = case.measures[name]
            for year in case.years if measure.kind != "reshape" else ():
                fte = started * brought(case, measure, year - start - measure.lead)
                supply[measure.profession, measure.region, year] += fte
            continue
        course = case.courses[name]
        entry = start + course.duration
        if entry < case.years[0]:
            continue  # in the workforce already
        if course.source:
            for key, fte in taken(case, course, start, released).items():
                supply[key] -= started * fte
        joiners = started * course.completion * course.join * course.fte
        for region, share in case.destinations[course.profession, course.region].items():
            in_post = joiners * share
            for year in range(entry, case.years.stop):
                if year > entry:
                    in_post *= 1 - leaving(case, course.profession, region, year - entry)
                supply[course.profession, region, year] += in_post
    return supply


def taken(case: Case, course: Course, start: int, released: bool) -> dict[Key, float]:
    """FTE that one student who started is missing where they worked before."""
    missing = {}
    left = course.fte_from  # what would still be there of it
    for year in range(max(start, case.years[0]), case.years.stop):
        study_year = year - start + 1
        away = course.completion
        if study_year <= course.duration:
            away = (
                released
                * course.release
                * course.completion ** ((study_year - 1) / course.duration)
            )
        missing[course.source, course.region, year] = left * away
        left *= 1 - case.leaver[course.source, course.region]
    return missing


def giving(case: Case) -> set[tuple[str, str]]:
    """Professions and regions from which courses take staff."""
    return {(course.source, course.region) for course in case.courses.values() if course.source}


def brought(case: Case, measure: Measure, k: int) -> float:
    """What one unit has at work k years after its lead, below 0 of which nobody is there."""
    if k < 0:
        return 0.0
    at_work = measure.fte * measure.success
    if measure.kind == "recruit":
        for year_in_post in range(1, k + 1):
            usual = leaving(case, measure.profession, measure.region, year_in_post)
            at_work *= 1 - (usual if math.isnan(measure.leaver) else measure.leaver)
        return at_work
    if measure.kind == "retain":
        if k == 0 or k > measure.lasts:
            return 0.0  # nobody would have left yet, or the measure is over
        return at_work * (1 - case.leaver[measure.profession, measure.region]) ** (k - 1)
    lasts = {"temporary": 1, "reshape": len(case.years)}[measure.kind]
    return at_work if k < (lasts if math.isnan(measure.lasts) else measure.lasts) else 0.0


def demand_left(case: Case, cohorts: Iterable[Cohort]) -> dict[Key, float]:
    """Demand less the work that reshaping measures take away."""
    left = dict(case.demand)
    for name, start, bought in cohorts:
        if name in case.measures and case.measures[name].kind == "reshape":
            measure = case.measures[name]
            for year in case.years:
                fte = bought * brought(case, measure, year - start - measure.lead)
                if fte:
                    left[measure.profession, measure.region, year] -= fte
    return left


def retained(case: Case, cohorts: Iterable[Cohort]) -> dict[Key, float]:
    """FTE kept by retain measures in the year in which they would leave, but for the last."""
    pairs = {(m.profession, m.region) for m in case.measures.values() if m.kind == "retain"}
    kept = {(*pair, year): 0.0 for pair in pairs for year in case.years[:-1]}
    for name, start, bought in cohorts:
        if name in case.measures and case.measures[name].kind == "retain":
            measure = case.measures[name]
            key = (measure.profession, measure.region, start + measure.lead)
            if key in kept:
                kept[key] += bought * measure.fte * measure.success
    return kept


def added(*parts: dict[Key, float]) -> dict[Key, float]:
    return {k: sum(part.get(k, 0.0) for part in parts) for k in {k for p in parts for k in p}}
