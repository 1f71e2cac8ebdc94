"""Numbers of places that a course may take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commission_opt.instance.instance import Floats, Instance
from commission_opt.policy import Policy


@dataclass(frozen=True)
class Cohorts:
    """The admissible numbers of each course: 0 and multiples of a step between two ends.

    Parameters
    ----------
    step : array, shape (C,)
        Places come in multiples of this.
    smallest, largest : array, shape (C,)
        Smallest positive and largest admissible number, 0 where there is none.
    capacity : array, shape (C,)
        Most places, whether admissible or not.
    """

    step: Floats
    smallest: Floats
    largest: Floats
    capacity: Floats


def cohorts(instance: Instance, policy: Policy) -> Cohorts:
    """Work out the admissible numbers of each course."""
    courses = instance.courses
    step = courses["cohort_step"].to_numpy(float)
    capacity = courses["max_intake"].to_numpy(float)
    least = courses["min_cohort"].to_numpy(float)
    if not policy.rules.minimum_cohorts:
        least = np.zeros_like(least)
    smallest = np.maximum(np.ceil(least / step), 1.0) * step
    largest = np.floor(capacity / step) * step
    some = smallest <= largest
    return Cohorts(step, np.where(some, smallest, 0.0), np.where(some, largest, 0.0), capacity)
