"""Distributions of what is drawn, each as the figure that belongs to a standard normal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import ndtr, ndtri

from commission_opt.arrays import Floats

TENTH = float(ndtri(0.9))  # standard deviations from the median to the end of a central 80 %


class Distribution(Protocol):
    """What is drawn, as an increasing function of a standard normal variable."""

    @property
    def bounded(self) -> bool:
        """Whether there is a least and a greatest value."""

    def at(self, z: Floats) -> Floats:
        """Return the values at standard normal ones, of any shape."""


@dataclass(frozen=True)
class Interval:
    """Two halves of normal distributions that meet in the median; the ends hold 80 % of it.

    Parameters
    ----------
    low, high : float
        10th and 90th percentile.
    median : float
    """

    low: float
    high: float
    median: float

    bounded = False

    def at(self, z: Floats) -> Floats:
        """Return the median and, for each standard deviation, a part of the way to an end."""
        below, above = self.median - self.low, self.high - self.median
        values: Floats = self.median + np.where(z < 0, below, above) / TENTH * z
        return values


@dataclass(frozen=True)
class Normal:
    """A normal distribution with its mean and standard deviation."""

    mean: float
    sd: float

    bounded = False

    def at(self, z: Floats) -> Floats:
        """Return the values that many standard deviations above the mean."""
        return self.mean + self.sd * z


@dataclass(frozen=True)
class Triangular:
    """A triangular distribution with its ends and its mode."""

    low: float
    mode: float
    high: float

    bounded = True

    def at(self, z: Floats) -> Floats:
        """Return the quantiles, counted from the nearer end."""
        width = self.high - self.low
        rising = (self.mode - self.low) / width if width > 0 else 0.0
        below, above = ndtr(z), ndtr(-z)
        up = self.low + np.sqrt(below * width * (self.mode - self.low))
        down = self.high - np.sqrt(above * width * (self.high - self.mode))
        return np.clip(np.where(below < rising, up, down), self.low, self.high)


@dataclass(frozen=True)
class Uniform:
    """All values between two ends alike."""

    low: float
    high: float

    bounded = True

    def at(self, z: Floats) -> Floats:
        """Return the quantiles."""
        return np.clip(self.low + (self.high - self.low) * ndtr(z), self.low, self.high)


@dataclass(frozen=True)
class Values:
    """Some values, each with its probability.

    Parameters
    ----------
    values : tuple of float
        In rising order.
    probabilities : tuple of float
        Not below 0; their sum is 1.
    """

    values: tuple[float, ...]
    probabilities: tuple[float, ...]

    bounded = True

    def at(self, z: Floats) -> Floats:
        """Return the quantiles."""
        ends = np.cumsum(self.probabilities)[:-1]
        found: Floats = np.array(self.values)[np.searchsorted(ends, ndtr(z), side="right")]
        return found
