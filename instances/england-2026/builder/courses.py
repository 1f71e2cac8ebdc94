"""Courses, and the cohorts on them when the plan starts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from builder.intakes import intake_index, intake_series, national_places
from builder.shares import Split, apportion
from builder.sources import Record, Row, Sources
from builder.splits import split, taught_in

Sizes = dict[str, int]


def course_rows(sources: Sources) -> Iterator[Row]:
    """Yield the courses table: a course is a profession in a region where it is taught, if any.

    Parameters
    ----------
    sources
        Source tables.

    Yields
    ------
    dict
        One row for each course.
    """
    titles = {row["region"]: row["title"] for row in sources.tables["regions"]}
    for profession in sources.professions:
        code = profession["profession"]
        if not profession["taught_in"]:
            continue
        sizes, per_head = _cohort_sizes(sources, code), _fte_per_head(sources, profession)
        for region, last in _last_intakes(sources, profession, sizes).items():
            yield {
                "course": f"{code}-{region}",
                "profession": code,
                "region": region,
                "title": f"{profession['title']}, {titles[region]}",
                "duration_years": int(sources.figure("duration_years", code)),
                "last_intake": last,
                "max_intake": _largest_intake(sources, code, last),
                **sizes,
                "fill_rate": sources.figure("fill_rate", code, region),
                "completion_rate": sources.figure("completion_rate", code),
                "join_rate": sources.figure("join_rate", code),
                "fte_per_joiner": per_head,
            }


def pipeline_rows(sources: Sources, courses: Iterable[Row]) -> Iterator[Row]:
    """Yield the cohorts on course at the start, and those that enter supply in the first year.

    Parameters
    ----------
    sources
        Source tables.
    courses
        Rows of the courses table.

    Yields
    ------
    dict
        One row for each course and start year.
    """
    last_year = sources.first_year - 1
    for course in courses:
        series = intake_series(sources, str(course["profession"]))
        starters = float(course["last_intake"]) * float(course["fill_rate"])
        for year in range(sources.first_year - int(course["duration_years"]), sources.first_year):
            started = round(starters * intake_index(series, year, last_year))
            yield {"course": course["course"], "start_year": year, "started": started}


def _last_intakes(sources: Sources, profession: Record, sizes: Sizes) -> dict[str, int]:
    """Return the latest intake by region, over the regions where a profession is taught."""
    shares = split(sources, profession, "intake_split")
    if sources.outer is None:
        places = national_places(sources, profession["profession"])
        parts = apportion(places, {r: shares[r] for r in taught_in(sources, profession)})
        return {r: _rounded_intake(sources, n, sizes["min_cohort"]) for r, n in parts.items()}
    viable = sources.figure("viable_cohorts", profession["profession"]) * sizes["min_cohort"]
    intakes: dict[str, int] = {}
    for region, places in _last_intakes(sources.outer, profession, sizes).items():
        inside = {r: shares[r] for r in sources.within(region)}
        intakes |= _viable_intakes(places, inside, viable, sizes["cohort_step"])
    return intakes


def _viable_intakes(places: int, weights: Split, viable: float, step: int) -> dict[str, int]:
    """Share out a region's places in steps, over as many regions within it as have enough.

    While a part is too small, the region with the least weight gives up its course.
    """
    unit = math.gcd(places, step)
    while True:
        parts = {r: unit * n for r, n in apportion(places // unit, weights).items()}
        if len(parts) == 1 or min(parts.values()) >= viable:
            return parts
        least = min(weights, key=lambda r: (weights[r], r))
        weights = {r: weight for r, weight in weights.items() if r != least}


def _rounded_intake(sources: Sources, intake: int, smallest: int) -> int:
    """Round an estimated intake, coarsely for a large course, never below the smallest cohort."""
    large = intake >= sources.figure("intake_large_from")
    unit = int(sources.figure(f"intake_rounding_{'large' if large else 'small'}"))
    return max(math.ceil(smallest / unit), round(intake / unit)) * unit


def _cohort_sizes(sources: Sources, code: str) -> Sizes:
    """Return the smallest cohort, a whole number of steps, and the step."""
    step = int(sources.figure("cohort_step", code))
    smallest = math.ceil(sources.figure("min_cohort", code) / step) * step
    return {"min_cohort": smallest, "cohort_step": step}


def _largest_intake(sources: Sources, code: str, last: int) -> int:
    """Return the last intake and the room above it, rounded up to a whole number of steps."""
    step = int(sources.figure("cohort_step", code))
    room = 1 + sources.figure("growth_capacity", code)
    return math.ceil(round(last * room / step, 6)) * step


def _fte_per_head(sources: Sources, profession: Record) -> float:
    """Return FTE per joiner: given, else FTE over headcount of the staff group."""
    given = sources.find("fte_per_joiner", profession["profession"])
    if given is not None:
        return given
    group, national = profession["staff_group"], sources.national
    heads = sum(national.staff(group, "headcount").values())
    return round(sum(national.staff(group, "fte").values()) / heads, 4)
