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

    def tightened(self, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
        """Tighten bounds to their outermost admissible numbers; bounds are met within 1e-6.

        Parameters
        ----------
        lower, upper : array, shape (C, K)
            Bounds on the places of each course, places.

        Returns
        -------
        lower, upper : array, shape (C, K)
            No admissible number within the bounds given is outside these.
        """
        step, smallest, largest = (a[:, None] for a in (self.step, self.smallest, self.largest))
        low = np.ceil((lower - 1e-6) / step) * step
        low = np.where(lower <= 1e-6, 0.0, np.maximum(low, smallest))
        high = np.minimum(np.floor((upper + 1e-6) / step) * step, largest)
        return low, np.where(high < smallest, 0.0, high)


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
