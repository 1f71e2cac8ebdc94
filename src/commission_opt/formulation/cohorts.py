"""Numbers of places that a course may take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy

_MET = 1e-6  # places by which a bound may be missed


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
    least : array, shape (C,)
        Fewest places of a course that has any, whether admissible or not.
    """

    step: Floats
    smallest: Floats
    largest: Floats
    capacity: Floats
    least: Floats

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
        return outermost(lower, np.minimum(upper, largest), step, smallest)


def outermost(
    lower: Floats, upper: Floats, step: Floats, smallest: Floats
) -> tuple[Floats, Floats]:
    """Return the least and the greatest admissible number within bounds, met within 1e-6.

    Parameters
    ----------
    lower, upper : array
        Bounds on places; no upper bound is negative or above the largest admissible number.
    step, smallest : array
        0 and the multiples of ``step`` from ``smallest`` on are admissible; shaped like the bounds
        or broadcast against them.

    Returns
    -------
    least, greatest : array
        The least is above the greatest where no admissible number is within the bounds.
    """
    least = np.ceil((lower - _MET) / step) * step
    greatest = np.floor((upper + _MET) / step) * step
    return (
        np.where(lower <= _MET, 0.0, np.maximum(least, smallest)),
        np.where(greatest < smallest, 0.0, greatest),
    )


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
    smallest, largest = np.where(some, smallest, 0.0), np.where(some, largest, 0.0)
    return Cohorts(step, smallest, largest, capacity, least)
