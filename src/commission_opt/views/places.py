"""Places added up by profession and region, now and last year."""

from __future__ import annotations

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance
from commission_opt.views import words


def by_pair(instance: Instance, of_courses: Floats) -> Floats:
    """Add up figures of courses by profession and region of the course.

    Parameters
    ----------
    instance : Instance
    of_courses : array, shape (C,) or (C, K)

    Returns
    -------
    array, shape (P, Q) or (P, Q, K)
    """
    grid = np.zeros((*instance.shape[:2], *of_courses.shape[1:]))
    at = instance.courses["p"].to_numpy(int), instance.courses["q"].to_numpy(int)
    np.add.at(grid, at, of_courses)
    return grid


def last_year(instance: Instance) -> Floats:
    """Return the places of the year before the plan, shape (P, Q)."""
    return by_pair(instance, instance.courses["last_intake"].to_numpy(float))


def headline(instance: Instance, places: Floats) -> str:
    """Say how many places are commissioned, against last year.

    Parameters
    ----------
    instance : Instance
    places : array, shape (C, K)
    """
    first = words.year(instance.first_year)
    now, last = float(places[:, 0].sum()), float(instance.courses["last_intake"].sum())
    text = (
        f"{instance.title}: {words.count(now)} places in {first}, "
        f"{words.change(now - last)} on last year"
    )
    if places.shape[1] > 1:
        final = words.year(instance.first_year + places.shape[1] - 1)
        text += f"; {words.count(places[:, -1].sum())} in {final}"
    return text
