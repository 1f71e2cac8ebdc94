"""Staff and students who do not fit each other, the need, or what is bought."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from commission_opt.activities import KINDS
from commission_opt.errors import Problem
from commission_opt.instance.instance import Instance
from commission_opt.instance.typed import ANY
from commission_opt.reading.plausibility.saying import number, summed, times, warning
from commission_opt.supply.baseline import baseline
from commission_opt.text.counts import plural

_FACTOR = 4.0  # between staff and need: published shortages leave it between 0.6 and 1.2
_SMALL = 10.0  # FTE; below it a factor says little
_ROUNDING = 1e-9
_COHORT_FACTOR = 1.5  # between last year's places and those who started them
_SMALL_COHORT = 5.0  # places; below it a factor says little


def staff_and_need(instance: Instance) -> Iterator[Problem]:
    """Warn of staff in post that is a small part, or several times, of the need."""
    frame = instance.tables["workforce"]
    p, q = (
        frame[name].map({code: i for i, code in enumerate(table[name])})
        for name, table in (("profession", instance.professions), ("region", instance.regions))
    )
    fte, need = frame["fte"], instance.demand[p, q, 0]
    told = (fte > 0) & (need > 0) & (np.maximum(fte, need) >= _SMALL)
    rows = frame.assign(need=need)[told & ((fte > _FACTOR * need) | (fte * _FACTOR < need))]
    yield from summed(
        "workforce", "fte", rows, np.abs(np.log(rows["fte"] / rows["need"])),
        lambda row: f"{number(row.fte)} FTE in post are {times(row.fte / row.need)} the "
        f"{number(row.need)} FTE needed in {instance.first_year} of {row.profession!r} in "
        f"{row.region!r}: is one of them in another unit, or a digit missing?",
    )  # fmt: skip


def posts_and_need(instance: Instance) -> Iterator[Problem]:
    """Warn of posts that are a small part, or several times, of what is needed at most."""
    frame = instance.tables["posts"]
    frame = frame[(frame["year"] == ANY) | frame["year"].isin(instance.years)]
    p, q = (
        pd.Index(table[name]).get_indexer(frame[name])
        for name, table in (("profession", instance.professions), ("region", instance.regions))
    )
    posts, need = frame["posts"].to_numpy(float), instance.demand.max(axis=2)[p, q]
    told = (posts > 0) & (need > 0) & (np.maximum(posts, need) >= _SMALL)
    told &= (posts > _FACTOR * need) | (posts * _FACTOR < need)
    rows = frame.assign(need=need)[told]
    yield from summed(
        "posts", "posts", rows, np.abs(np.log(rows["posts"] / rows["need"])),
        lambda row: f"{number(row.posts)} posts are {times(row.posts / row.need)} the "
        f"{number(row.need)} FTE needed at most of {row.profession!r} in {row.region!r}: is one of "
        "them in another unit, or a digit missing?",
    )  # fmt: skip


def negative_staff(instance: Instance) -> Iterator[Problem]:
    """Warn of professions and regions in which fewer than no staff would be in post."""
    supply = baseline(instance)
    least = -_ROUNDING * np.maximum(1.0, instance.fte[..., None])
    frame = instance.tables["joiners"]
    for i, j in np.argwhere((supply < least).any(axis=2)):
        below = np.flatnonzero(supply[i, j] < least[i, j])
        profession = instance.professions["profession"].iloc[i]
        region = instance.regions["region"].iloc[j]
        own = frame[(frame["profession"] == profession) & (frame["region"] == region)]
        own = own[own["year"].isin(instance.years)]
        row, fte = int(own["fte"].idxmin()), own["fte"].min()
        years = [str(instance.first_year + y) for y in below]
        said = ", ".join(
            f"{number(supply[i, j, y])} in {years[k]}" for k, y in enumerate(below[:4])
        )
        more = f" and so on until {years[-1]}" if len(below) > 4 else ""
        message = (
            f"{number(fte)} FTE take the staff of {profession!r} in {region!r} below zero: {said}"
            f"{more}; is it a slip of sign or of year?"
        )
        yield warning("joiners.csv", row, "fte", message)


def trained_by_nobody(instance: Instance) -> Iterator[Problem]:
    """Warn of professions that are needed, but have no course or measure and nobody who joins."""
    frame = instance.professions
    need = instance.demand.max(axis=2).sum(axis=1)
    come = np.isin(np.arange(len(frame)), instance.lines["p"]) | instance.joiners.any(axis=(1, 2))
    rows = frame.assign(need=need)[~come & (need > 0)]
    yield from summed(
        "professions", "profession", rows, rows["need"],
        lambda row: f"{row.profession!r} is needed, but has no course and no joiners, so no plan "
        "can change its shortfall: is a course missing?",
    )  # fmt: skip


def more_than_all_staff(instance: Instance) -> Iterator[Problem]:
    """Warn of measures that could bring or spare more in a year than their region needs in all."""
    table = instance.measures
    p, q = table["p"].to_numpy(int), table["q"].to_numpy(int)
    staff = np.maximum(instance.fte[p, q], instance.demand[p, q].max(axis=-1))
    fte = (table["max_amount"] * table["fte_per_unit"] * table["success_rate"]).to_numpy(float)
    rows = table.assign(fte=fte, staff=staff)[fte > staff]
    yield from summed(
        "measures", "max_amount", rows, rows["fte"] - rows["staff"],
        lambda row: f"{row.max_amount:,} units would {KINDS[row.kind].does} {number(row.fte)} FTE "
        f"in a year in {row.region!r}, where {number(row.staff)} are in post or needed",
    )  # fmt: skip


def last_year_and_last_cohort(instance: Instance) -> Iterator[Problem]:
    """Warn of last intakes that do not fit the cohort that started in that year."""
    cohorts = instance.pipeline[instance.pipeline["start_year"] == instance.first_year - 1]
    rows = instance.courses.iloc[cohorts["course"]].assign(started=cohorts["started"].to_numpy())
    rows["filled"] = rows["last_intake"] * rows["fill_rate"]
    started, filled = rows["started"], rows["filled"]
    above, below = started > _COHORT_FACTOR * rows["last_intake"], started * _COHORT_FACTOR < filled
    rows = rows[(above | below) & ((started - filled).abs() > _SMALL_COHORT)]
    yield from summed(
        "courses", "last_intake", rows, (rows["started"] - rows["filled"]).abs(),
        lambda row: f"{row.last_intake:,} places with a fill rate of {row.fill_rate:g} do not fit "
        f"the {number(row.started)} students of {row.course!r} who started in "
        f"{instance.first_year - 1} (pipeline.csv)",
    )  # fmt: skip


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
    courses = instance.courses
    running = courses[(courses["last_intake"] > 0) & (courses["duration_years"] > 1)]
    empty = running[~running["course"].isin(written["course"])]
    yield from summed(
        "courses", "course", empty, empty["last_intake"],
        lambda row: f"course {row.course!r} took {row.last_intake:,} places last year, but nobody "
        "is on it",
    )  # fmt: skip
    cohorts = written.reset_index().groupby("course").agg({"row": "first", "start_year": set})
    some = running.join(cohorts, on="course", how="inner")
    some["lacking"] = [
        [str(y) for y in range(instance.first_year - duration, instance.first_year) if y not in own]
        for duration, own in zip(some["duration_years"], some["start_year"], strict=True)
    ]
    some = some[some["lacking"].map(len) > 0].set_index("row")
    yield from summed(
        "pipeline", "start_year", some, some["last_intake"] * some["lacking"].map(len),
        lambda row: f"course {row.course!r} of {row.duration_years} years has no cohort of "
        f"{', '.join(row.lacking)}; write one, if only with 0",
    )  # fmt: skip
