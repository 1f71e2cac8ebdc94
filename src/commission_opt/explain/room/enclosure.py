"""Ends of ranges, enclosed from both sides by everything that is found on the way.

``V(v)``, the least objective with a target at v places, is convex in v. Any multipliers y of the
rows bound it from below by a line: with ``L`` the Lagrangian bound over the box and ``r`` the
reduced cost of the target's column, ``V(v) ≥ L + r·(v − l)`` for r > 0, l being the column's lower
end, and ``V(v) ≥ L + r·(v − u)`` for r < 0. Where the line passes the most that is allowed, no
allocation is left: an end that is proved, for every target and every tolerance from the same y. An
allocation that keeps the rules is within reach for every target at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from commission_opt.arrays import Floats, Ints
from commission_opt.certificate.trees import priced_cost
from commission_opt.core.linear_program import LinearProgram, lagrangian_bound


@dataclass(frozen=True)
class Ends:
    """Ends of the ranges of m targets at e tolerances.

    Parameters
    ----------
    proved_low, proved_high : array, shape (m, e)
        No allocation within the tolerance has fewer, or more.
    reached_low, reached_high : array, shape (m, e)
        An allocation within the tolerance has as many.
    """

    proved_low: Floats
    proved_high: Floats
    reached_low: Floats
    reached_high: Floats

    def with_proved(self, low: Floats, high: Floats) -> Ends:
        """Return tighter proved ends, of shape (m, e) or broadcast to it."""
        return replace(
            self,
            proved_low=np.maximum(self.proved_low, low),
            proved_high=np.minimum(self.proved_high, high),
        )

    def with_reached(self, places: Floats, within: np.ndarray) -> Ends:
        """Return ends that reach as far as the totals of an allocation, where it is within."""
        low = np.minimum(self.reached_low, places[:, None])
        high = np.maximum(self.reached_high, places[:, None])
        return replace(
            self,
            reached_low=np.where(within, low, self.reached_low),
            reached_high=np.where(within, high, self.reached_high),
        )

    def merged(self, other: Ends) -> Ends:
        """Return what two enclosures know together."""
        return Ends(
            np.maximum(self.proved_low, other.proved_low),
            np.minimum(self.proved_high, other.proved_high),
            np.minimum(self.reached_low, other.reached_low),
            np.maximum(self.reached_high, other.reached_high),
        )


def unknown_ends(low: Floats, high: Floats, tolerances: int) -> Ends:
    """Return ends that are only proved by the box of the targets, shape (m,), and not reached."""
    shape = (len(low), tolerances)
    return Ends(
        np.broadcast_to(low[:, None], shape).copy(),
        np.broadcast_to(high[:, None], shape).copy(),
        np.full(shape, np.inf),
        np.full(shape, -np.inf),
    )


def proved_by_prices(
    program: LinearProgram, columns: Ints, caps: Floats, multipliers: Floats
) -> tuple[Floats, Floats]:
    """Return the ends that any multipliers prove for columns whose objective is capped.

    Parameters
    ----------
    program : LinearProgram
    columns : array of int, shape (m,)
    caps : array, shape (e,)
        The most that the objective may be, in units of the program.
    multipliers : array, shape (rows,)

    Returns
    -------
    low, high : array, shape (m, e)
        Infinite where nothing is proved beyond the box.
    """
    reduced = priced_cost(program, multipliers)[columns]
    room = caps - lagrangian_bound(program, multipliers)
    return _beyond(reduced, program.lower[columns], program.upper[columns], room)


def _beyond(reduced: Floats, lower: Floats, upper: Floats, room: Floats) -> tuple[Floats, Floats]:
    size = np.abs(reduced)[:, None]
    reach = np.divide(room, size, out=np.full((len(reduced), len(room)), np.inf), where=size > 0)
    low = np.where(reduced[:, None] < 0, upper[:, None] - reach, -np.inf)
    high = np.where(reduced[:, None] > 0, lower[:, None] + reach, np.inf)
    return low, high
