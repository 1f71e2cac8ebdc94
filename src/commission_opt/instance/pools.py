"""Pools of people who may go on to a course: which courses feed them and which draw from them.

Each pool and region that ``eligible.csv`` names is a pool of its own, over the courses there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from commission_opt.errors import Problem
from commission_opt.instance.found import found
from commission_opt.instance.overrides import by_year
from commission_opt.instance.typed import ANY

Tables = Mapping[str, pd.DataFrame]

NOWHERE = -1  # of a link to a pool that is not there
FIGURES = ["entrants", "stay_rate", "offer_rate"]
PLACE = ["pool", "region"]
TOLERANCE = 1e-9  # within which shares may sum to more than 1


def eligible_by_year(tables: Tables, years: range) -> pd.DataFrame:
    """Resolve ``eligible`` to one row for each pool, region and year of the horizon.

    The row of a year replaces that of every year as a whole; a year without either has 0.

    Returns
    -------
    pandas.DataFrame
        ``pool``, ``region``, ``year``, ``entrants``, ``stay_rate``, ``offer_rate`` and ``row`` of
        origin, in the order of the table and by year.
    """
    if not len(tables["eligible"]):
        nothing = tables["eligible"].reset_index()[[*PLACE, "year", *FIGURES, "row"]]
        return nothing.astype({"year": int})
    rows = by_year(tables["eligible"], years).set_index(["place", "year"])
    places = tables["eligible"][PLACE].drop_duplicates().reset_index(drop=True)
    every = pd.MultiIndex.from_product([places.index, years], names=["place", "year"])
    filled = rows[[*FIGURES, "row"]].reindex(every, fill_value=0).reset_index()
    return places.loc[filled["place"]].reset_index(drop=True).join(filled.drop(columns="place"))


def links(
    tables: Tables,
    courses: pd.DataFrame,
    eligible: pd.DataFrame,
    scopes: Mapping[str, npt.NDArray[np.bool_]],
) -> pd.DataFrame:
    """Resolve ``pathways``: which course feeds or draws from which pool.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
    courses, eligible : pandas.DataFrame
        As in ``Instance``.
    scopes : mapping of str to array of bool, shape (Q,)

    Returns
    -------
    pandas.DataFrame
        ``place`` (position among pools by region, ``NOWHERE`` if none is over the course's region),
        ``course`` (position), ``pool``, ``role``, ``share`` and ``lag_years``, by line of the file.
    """
    frame = tables["pathways"]
    at = {code: c for c, code in enumerate(courses["course"])}
    course = frame["course"].map(at).astype(int)
    where = courses["q"].to_numpy(int)[course]
    place_of: dict[tuple[str, int], int] = {}
    places = eligible[PLACE].drop_duplicates().itertuples(index=False, name=None)
    for place, (pool, region) in enumerate(places):
        for q in np.flatnonzero(scopes[region]).tolist():
            place_of.setdefault((pool, q), place)
    found_at = [
        place_of.get(key, NOWHERE) for key in zip(frame["pool"], where.tolist(), strict=True)
    ]
    return frame.assign(
        place=np.array(found_at, dtype=np.int64),
        course=course,
        lag_years=frame["lag_years"].fillna(0).astype(int),
    )[["place", "course", "pool", "role", "share", "lag_years"]]


def check_pathways(tables: Tables) -> Iterator[Problem]:
    """Report lags of draws, and shares that send people on twice."""
    frame = tables["pathways"]
    if not len(frame):
        return
    lagging = frame[(frame["role"] == "draws") & frame["lag_years"].notna()]
    message = "{lag_years:g} is given for a draw; only those who feed a pool take time: leave empty"
    yield from found("error", "pathways", lagging, "lag_years", message)
    courses = tables["courses"].dropna(subset=["course"]).drop_duplicates("course")
    joins = courses.set_index("course")["join_rate"]
    for role, beside, message in (
        ("draws", joins * 0.0, "the shares that course {course!r} draws sum to {total:.12g}, more "
         "than 1"),
        ("feeds", joins, "the shares of those qualified on course {course!r} who go on sum to "
         "{total:.12g} with its join_rate, {join:g}, more than 1; who goes on does not join"),
    ):  # fmt: skip
        own = frame[frame["role"] == role].dropna(subset=["course", "share"])
        own = own.assign(join=own["course"].map(beside))
        own["total"] = own.groupby("course")["share"].transform("sum") + own["join"]
        over = own[own["total"] > 1 + TOLERANCE].drop_duplicates("course")
        yield from found("error", "pathways", over, "share", message)


def check_every_year(tables: Tables, years: range) -> Iterator[Problem]:
    """Report pools that have no row for some year of the horizon."""
    frame = tables["eligible"][[*PLACE, "year"]].dropna()
    for (pool, region), own in frame.groupby(PLACE, sort=False):
        named = set(own["year"])
        lacking = [] if ANY in named else [str(year) for year in years if year not in named]
        if lacking:
            when = ", ".join(lacking[:6]) + " and later" * (len(lacking) > 6)
            message = (
                f"pool {pool!r} in region {region!r} has no row for {when}; write one, if only "
                "with 0, or one with “*” for every year"
            )
            yield Problem("error", "eligible.csv", int(own.index[0]), "year", message)
