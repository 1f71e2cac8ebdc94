"""Places added up by profession and region, now and last year."""

from __future__ import annotations

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance
from commission_opt.views import words


def by_pair(instance: Instance, of_courses: Floats) -> Floats:
    """Add up figures of courses, shape (C,) or (C, K), by profession and region of the course.

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


def headline(instance: Instance, amounts: Floats) -> str:
    """Say how many places and units, shape (L, K), are bought, against last year."""
    courses, units = np.split(amounts, [len(instance.courses)])
    first, last = words.year(instance.first_year), instance.lines["last_amount"].to_numpy(float)
    before = np.split(last, [len(courses)])

    def bought(name: str, now: float, last: float) -> str:
        return f"{words.count(now)} {name} in {first}, {words.change(now - last)} on last year"

    text = f"{instance.title}: {bought('places', courses[:, 0].sum(), before[0].sum())}"
    if len(units):
        text += f"; {bought('units', units[:, 0].sum(), before[1].sum())}"
    if amounts.shape[1] > 1:
        final = words.year(instance.first_year + amounts.shape[1] - 1)
        later = words.count(courses[:, -1].sum())
        if len(units):
            later += f" places and {words.count(units[:, -1].sum())} units"
        text += f"; {later} in {final}"
    return text
