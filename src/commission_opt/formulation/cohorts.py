"""Numbers of places or units that a line may take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy

_MET = 1e-6  # places by which a bound may be missed


@dataclass(frozen=True)
class Cohorts:
    """The admissible numbers of each line: 0 and multiples of a step between two ends.

    Parameters
    ----------
    step : array, shape (L,)
        Places or units come in multiples of this.
    smallest, largest : array, shape (L,)
        Smallest positive and largest admissible number, 0 where there is none.
    capacity : array, shape (L,)
        Most places, whether admissible or not.
    least : array, shape (L,)
        Fewest of a line that has any, whether admissible or not.
    """

    step: Floats
    smallest: Floats
    largest: Floats
    capacity: Floats
    least: Floats

    def at(self, which: Ints | Bools | slice) -> Cohorts:
        """Return those of some lines."""
        return Cohorts(*(values[which] for values in vars(self).values()))

    def with_others(self, at: Ints, others: Cohorts) -> Cohorts:
        """Return the same with others at some positions."""
        changed = []
        for values, other in zip(vars(self).values(), vars(others).values(), strict=True):
            found = values.copy()
            found[at] = other
            changed.append(found)
        return Cohorts(*changed)

    def of_first(self, count: int) -> Cohorts:
        """Return those of the first lines, such as the courses."""
        return Cohorts(*(values[:count] for values in vars(self).values()))

    def tightened(
        self, lower: Floats, upper: Floats, line: Ints | slice = slice(None)
    ) -> tuple[Floats, Floats]:
        """Tighten bounds to their outermost admissible numbers; bounds are met within 1e-6.

        Parameters
        ----------
        lower, upper : array, shape (n,)
            Bounds.
        line : array of int, shape (n,), or slice, optional
            The line of each bound; all lines in order if not given.

        Returns
        -------
        lower, upper : array, shape (n,)
            No admissible number within the bounds given is outside these.
        """
        step, smallest, largest = self.step[line], self.smallest[line], self.largest[line]
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
    """Work out the admissible numbers of each line."""
    lines = instance.lines
    step = lines["step"].to_numpy(float)
    capacity = lines["max_amount"].to_numpy(float)
    least = lines["min_amount"].to_numpy(float)
    if not policy.rules.minimum_cohorts:  # which are those of courses
        least = np.where(lines["kind"] == "course", 0.0, least)
    smallest = np.maximum(np.ceil(least / step), 1.0) * step
    largest = np.floor(capacity / step) * step
    some = smallest <= largest
    smallest, largest = np.where(some, smallest, 0.0), np.where(some, largest, 0.0)
    return Cohorts(step, smallest, largest, capacity, least)
