"""Shapley values: what each commitment costs on average over the orders in which they are made.

The cost of a commitment depends on which others are made already. Its average over all orders
shares the cost of all among them, to the last unit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from commission_opt.arrays import Floats

Kept = frozenset[int]
Keeping = tuple[float, Kept]
"""The least value when some are kept, and all that the places found meet, kept or not."""
_SEED = 20260401
_TWO_SIDED = 1.96  # standard errors on each side of a mean, 95 % of the time


@dataclass(frozen=True, eq=False)
class ShapleyValues:
    """The average cost of each commitment over orders.

    Parameters
    ----------
    cost : array, shape (n,)
        They add up to the cost of all together.
    error : array, shape (n,)
        Half the width of a 95 % interval; 0 where all orders were taken.
    orders : int or None
        How many were drawn; None if the average is over all.
    """

    cost: Floats
    error: Floats
    orders: int | None


class Game:
    """The value of keeping any of n commitments; solves only where it must."""

    def __init__(self, solve: Callable[[Kept], Keeping], n: int) -> None:
        self._solve, self.n = solve, n
        self._solved: dict[Kept, Keeping] = {}

    def __call__(self, kept: Kept) -> float:
        """Return the value of keeping some.

        Keeping more never makes the value smaller; so, if places that were found for fewer meet
        all that is asked for, theirs is the value.
        """
        for fewer, (value, satisfied) in self._solved.items():
            if fewer <= kept <= satisfied:
                return value
        return self.solved(kept)[0]

    def solved(self, kept: Kept) -> Keeping:
        """Return what comes of keeping some, solved for themselves."""
        if kept not in self._solved:
            self._solved[kept] = self._solve(kept)
        return self._solved[kept]


def shapley_values(game: Game, *, few: int, orders: int) -> ShapleyValues:
    """Average over all orders if at most a few commitments matter, which takes 2 ** few solves.

    Else over a sample, with an even number of orders: every order comes with its reverse.
    """
    matter = _that_matter(game, few)
    return _sampled(game, orders) if matter is None else _exact(game, matter)


def _that_matter(game: Game, few: int) -> list[int] | None:
    """Find commitments beside which no other matters; None if they are more than a few.

    If the places found for every choice among them meet all others, the others change nothing,
    whichever are kept, and are left out of the average: their cost is 0.
    """
    matter: set[int] = set()
    everything = set(range(game.n))
    while len(matter) <= few:
        missed = {
            other
            for kept in _choices(sorted(matter))
            for other in everything - matter - game.solved(kept)[1]
        }
        if not missed:
            return sorted(matter)
        matter |= missed
    return None


def _choices(members: list[int]) -> list[Kept]:
    sizes = range(len(members) + 1)
    return [frozenset(some) for size in sizes for some in combinations(members, size)]


def _exact(game: Game, members: list[int]) -> ShapleyValues:
    count = len(members)
    cost = np.zeros(game.n)
    for one in members:
        for others in _choices([m for m in members if m != one]):
            share = 1.0 / (count * comb(count - 1, len(others)))
            cost[one] += share * (game(others | {one}) - game(others))
    return ShapleyValues(cost, np.zeros(game.n), None)


def _sampled(game: Game, orders: int) -> ShapleyValues:
    rng = np.random.default_rng(_SEED)
    pairs = []
    for _ in range(orders // 2):
        order = rng.permutation(game.n)
        pairs.append((_along(game, order) + _along(game, order[::-1])) / 2)
    drawn = np.array(pairs)
    error = _TWO_SIDED * drawn.std(axis=0, ddof=1) / np.sqrt(len(pairs))
    return ShapleyValues(drawn.mean(axis=0), error, 2 * len(pairs))


def _along(game: Game, order: Floats | np.ndarray) -> Floats:
    """Return what each commitment adds when they are made in an order."""
    cost, kept = np.zeros(game.n), frozenset[int]()
    before = game(kept)
    for one in order.tolist():
        kept |= {one}
        after = game(kept)
        cost[one], before = after - before, after
    return cost
