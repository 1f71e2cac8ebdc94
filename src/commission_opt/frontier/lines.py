"""A convex frontier between two certified lines, with as few solves as that takes.

The least objective as a function of one number t that moves the ends of rows, such as a budget or a
cap, is convex. A plan at t is a point on or above it. The multipliers at t prove a line that lies
nowhere above it, tight at t. Between two neighbouring points the frontier is so enclosed by their
chord and their lines, and the next solve is where these are furthest apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

_SMALL = 1e-12
_LOOSE = 2.0  # times the gap of the ends that a distance must have for a solve between to help
_FLOOR = 1e-3  # of the largest value: distances are relative to no less, as a frontier may reach 0


@dataclass(frozen=True)
class Support:
    """What one solve shows of a frontier.

    Parameters
    ----------
    t, objective : float
        The objective of a plan at t.
    bound, slope : float
        No plan at t has less than ``bound``, none at s less than ``bound + slope · (s − t)``.
    """

    t: float
    objective: float
    bound: float
    slope: float

    def line(self, at: float) -> float:
        """Return what this solve proves elsewhere."""
        return self.bound + self.slope * (at - self.t)


@dataclass(frozen=True)
class Frontier:
    """An enclosed frontier.

    Parameters
    ----------
    supports : tuple of Support
        In ascending order of t.
    distance : float
        Largest distance of chord and lines, relative to the value there, or to a thousandth of
        the largest value where that is more. The frontier is no further from the chords.
    solves : int
    """

    supports: tuple[Support, ...]
    distance: float
    solves: int

    def value(self, at: float) -> float:
        """Return the chord at t: mixtures of the plans found reach it."""
        left = [s for s in self.supports if s.t <= at] or self.supports[:1]
        right = [s for s in self.supports if s.t >= at] or self.supports[-1:]
        return _chord(left[-1], right[0], at)

    def bound(self, at: float) -> float:
        """Return the best line at t."""
        return max(support.line(at) for support in self.supports)


def enclose(
    solve: Callable[[float], Support], ends: tuple[float, float], distance: float, most: int = 200
) -> Frontier:
    """Enclose a frontier between chords and lines, from the least t to the greatest.

    It ends at a relative distance of chord and lines, or after the most solves; at distance 0
    every piece is found that is wider than rounding.

    Returns
    -------
    Frontier
        Its distance is above the one asked for only if the solves were used up, or if a solve's
        own value and bound are that far apart.
    """
    supports = [solve(ends[0])]
    if ends[1] > ends[0]:
        supports.append(solve(ends[1]))
    while True:
        least = _FLOOR * max(abs(support.objective) for support in supports)
        own = [_relative(s.objective - s.bound, s.objective, least) for s in supports]
        gaps = [_widest(left, right, least) for left, right in pairwise(supports)]
        wide = [
            (gap, k)
            for k, (gap, at) in enumerate(gaps)
            if gap > _LOOSE * max(own[k : k + 2]) and supports[k].t < at < supports[k + 1].t
        ]
        widest, k = max(wide, default=(0.0, 0))
        if widest <= distance or len(supports) >= most:
            found = max(own + [gap for gap, _ in gaps])
            return Frontier(tuple(supports), found, len(supports))
        supports.insert(k + 1, solve(gaps[k][1]))


def _widest(left: Support, right: Support, least: float) -> tuple[float, float]:
    """Return the largest relative distance of chord and lines between two solves, and where.

    It is where the lines cross, or at an end.
    """
    turn = right.slope - left.slope
    at = (left.t + right.t) / 2.0
    if abs(turn) > _SMALL * max(abs(right.slope), abs(left.slope)):
        crossing = left.t + (left.bound - right.line(left.t)) / turn
        at = min(max(crossing, left.t), right.t)
    value = _chord(left, right, at)
    return _relative(value - max(left.line(at), right.line(at)), value, least), at


def _chord(left: Support, right: Support, at: float) -> float:
    if right.t <= left.t:
        return left.objective
    share = (at - left.t) / (right.t - left.t)
    return (1.0 - share) * left.objective + share * right.objective


def _relative(distance: float, value: float, least: float) -> float:
    size = max(abs(value), least)
    return max(0.0, distance) / size if size else 0.0
