"""Staff whom courses take from work: those on course while they study, and for good at its end.

A student of start year t worked ``fte_from`` in ``from_profession`` in the region of the course,
and would leave it at λ, its leaver rate there, like all others. In study year j = 1 … d the course
takes ``release_rate`` of that from the students still on it; those who complete it are gone from
year t + d on.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from commission_opt.arrays import Floats, Ints
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import still_on_course
from commission_opt.supply.arrivals import Arrivals

Share = Callable[[Instance, Ints, Ints | int], Floats]
"""The FTE of each student who started that are missing at work, or some of them."""


def takers(instance: Instance) -> Ints:
    """Return the positions of the courses that take staff."""
    return np.flatnonzero(instance.courses["from_p"].to_numpy(int) >= 0)


def missing(instance: Instance, course: Ints, done: Ints | int) -> Floats:
    """Return the FTE that are missing at work for each student who started.

    Parameters
    ----------
    course : array of int, shape (n,)
        Positions of courses that take staff.
    done : array of int, shape (n,), or int
        Study years completed in the first of the years returned, in which all who started are
        still counted in full; so leaving counts from that year on.

    Returns
    -------
    array, shape (n, Y)
        ``fte_from · release_rate · cont(j) · (1 − λ)^k`` while on course, and
        ``fte_from · completion_rate · (1 − λ)^k`` afterwards, k years after the first.
    """
    return _away(instance, course, done, afterwards=True)


def on_release(instance: Instance, course: Ints, done: Ints | int) -> Floats:
    """Return the part of those missing who are on course, and so still paid; as ``missing``."""
    return _away(instance, course, done, afterwards=False)


def _away(instance: Instance, course: Ints, done: Ints | int, *, afterwards: bool) -> Floats:
    own = instance.courses.iloc[course]
    fte, release, completion = (
        own[name].to_numpy(float)[:, None]
        for name in ("fte_from", "release_rate", "completion_rate")
    )
    duration = own["duration_years"].to_numpy(int)[:, None]
    k = np.arange(instance.horizon)
    j = k + 1 + np.broadcast_to(done, course.shape)[:, None]
    gone = completion if afterwards else 0.0
    away = np.where(j > duration, gone, release * still_on_course(completion, duration, j))
    leave = instance.leaver_rate[own["from_p"].to_numpy(int), own["q"].to_numpy(int)]
    return np.asarray(fte * away * (1.0 - leave[:, None]) ** k)


def taken_by_places(instance: Instance, share: Share = missing) -> Arrivals:
    """Return the FTE whom a place takes from work, year by year from its start on.

    Parameters
    ----------
    share : callable
        ``missing``, or ``on_release`` for those of them who are still paid.
    """
    course = takers(instance)
    own = instance.courses.iloc[course]
    p, q, fill = (
        own["from_p"].to_numpy(int),
        own["q"].to_numpy(int),
        own["fill_rate"].to_numpy(float),
    )
    return Arrivals(course, p, q, np.zeros_like(course), fill, share(instance, course, 0))


def taken_by_pipeline(instance: Instance, share: Share = missing) -> Floats:
    """Return the FTE whom cohorts on course take from work, shape (P, Q, Y); likewise."""
    cohorts, found = instance.pipeline, np.zeros(instance.shape)
    course = cohorts["course"].to_numpy(int)
    some = np.isin(course, takers(instance))
    course, cohorts = course[some], cohorts[some]
    done = instance.first_year - cohorts["start_year"].to_numpy(int)
    own = instance.courses.iloc[course]
    at = own["from_p"].to_numpy(int), own["q"].to_numpy(int)
    started = cohorts["started"].to_numpy(float)[:, None]
    np.add.at(found, at, started * share(instance, course, done))
    return found
