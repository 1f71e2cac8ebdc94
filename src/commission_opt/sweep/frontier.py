"""A convex frontier between two certified lines, with as few solves as that takes.

The least objective as a function of one number t that moves the ends of rows, such as a budget or a
cap, is convex. A plan at t is a point on or above it. The multipliers at t prove a line that lies
nowhere above it, tight at t. Between two neighbouring points the frontier is so enclosed by their
chord and their lines, and the next solve is where these are furthest apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

_SMALL = 1e-12


@dataclass(frozen=True)
class Support:
    """What one solve shows of a frontier.

    Parameters
    ----------
    at : float
        The number t.
    value : float
        Objective of a plan at t.
    bound : float
        No plan at t has less.
    slope : float
        At any other s no plan has less than ``bound + slope · (s − t)``.
    """

    at: float
    value: float
    bound: float
    slope: float

    def line(self, at: float) -> float:
        """Return what this solve proves elsewhere."""
        return self.bound + self.slope * (at - self.at)


@dataclass(frozen=True)
class Frontier:
    """An enclosed frontier.

    Parameters
    ----------
    supports : tuple of Support
        In ascending order of t.
    distance : float
        Largest relative distance of chord and lines; the frontier is no further from the chords.
    solves : int
    """

    supports: tuple[Support, ...]
    distance: float
    solves: int

    def value(self, at: float) -> float:
        """Return the chord at t: mixtures of the plans found reach it."""
        left, right = _neighbours(self.supports, at)
        return _chord(left, right, at)

    def bound(self, at: float) -> float:
        """Return the best line at t."""
        return max(support.line(at) for support in self.supports)


def enclose(
    solve: Callable[[float], Support],
    ends: tuple[float, float],
    distance: float,
    most: int = 200,
) -> Frontier:
    """Enclose a frontier between chords and lines.

    Parameters
    ----------
    solve : callable
        Solves at t.
    ends : pair of float
        Least and greatest t.
    distance : float
        Relative distance of chord and lines at which to end.
    most : int
        Most solves.

    Returns
    -------
    Frontier
        Its distance is above the one asked for only if the solves were used up.
    """
    supports = [solve(ends[0])]
    if ends[1] > ends[0]:
        supports.append(solve(ends[1]))
    while True:
        gaps = [_widest(left, right) for left, right in pairwise(supports)]
        found, at, k = max(
            ((gap, at, k) for k, (gap, at) in enumerate(gaps)), default=(0.0, 0.0, 0)
        )
        inside = gaps and supports[k].at < at < supports[k + 1].at
        if found <= distance or len(supports) >= most or not inside:
            own = max(_relative(s.value - s.bound, s.value) for s in supports)
            return Frontier(tuple(supports), max(found, own), len(supports))
        supports.insert(k + 1, solve(at))


def _widest(left: Support, right: Support) -> tuple[float, float]:
    """Return the largest relative distance of chord and lines between two solves, and where."""
    turn = right.slope - left.slope
    at = (left.at + right.at) / 2.0
    if abs(turn) > _SMALL:
        crossing = (left.line(0.0) - right.line(0.0)) / turn
        at = min(max(crossing, left.at), right.at)
    value = _chord(left, right, at)
    return _relative(value - max(left.line(at), right.line(at)), value), at


def _chord(left: Support, right: Support, at: float) -> float:
    if right.at <= left.at:
        return left.value
    share = (at - left.at) / (right.at - left.at)
    return (1.0 - share) * left.value + share * right.value


def _relative(distance: float, value: float) -> float:
    return max(0.0, distance) / max(abs(value), 1e-9)


def _neighbours(supports: Sequence[Support], at: float) -> tuple[Support, Support]:
    left = [s for s in supports if s.at <= at] or [supports[0]]
    right = [s for s in supports if s.at >= at] or [supports[-1]]
    return left[-1], right[0]
