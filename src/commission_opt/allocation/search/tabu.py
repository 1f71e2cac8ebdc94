"""Tabu search for a choice of at most one step of each block.

One block after the other takes its best step, or gives up the one that it has; for a while after
that it stays. Rows may be broken on the way, and what that costs follows how often they are: dearer
for each move at which a row is broken, cheaper once none is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.core.linear_program import LinearProgram

_MOVES = 3  # so many times as there are blocks
_RESTS = 8  # moves that a block stays where it is, and up to as many more
_DEAR, _DEARER, _CHEAPER = 3.0, 1.3, 0.97  # cost of rows against their prices, and how it moves
_LEAST = 1e-3  # of the price in the middle, that every row costs
_ROUNDING = 1e-9
_MOVE, _ENTRY = 1.5e-4, 2e-8  # work: a move, and each number that it touches


@dataclass(frozen=True, eq=False)
class Choice:
    """At most one of the steps of each block, within the room of the rows that tie blocks.

    Parameters
    ----------
    block : array of int, shape (n,)
        Whose each step is, in order.
    gain : array, shape (n,)
        What it changes in the objective.
    step, row, draw : array
        What each step draws on rows: entry by entry, in the order of the steps.
    least, most : array, shape (rows,)
        By how much the rows may change.
    blocks : int
        How many there are.
    """

    block: Ints
    gain: Floats
    step: Ints
    row: Ints
    draw: Floats
    least: Floats
    most: Floats
    blocks: int

    def only(self, kept: Bools) -> Choice:
        """Return the choice among some of the steps."""
        new, own = np.cumsum(kept) - 1, kept[self.step]
        return Choice(
            self.block[kept],
            self.gain[kept],
            new[self.step[own]],
            self.row[own],
            self.draw[own],
            self.least,
            self.most,
            self.blocks,
        )

    def relaxed(self) -> LinearProgram:
        """Return the choice where parts of steps may be taken."""
        n, m = len(self.gain), len(self.least)
        every = np.arange(n)
        matrix = sparse.csc_array(
            (
                np.concatenate([self.draw, np.ones(n)]),
                (np.concatenate([self.row, m + self.block]), np.concatenate([self.step, every])),
            ),
            shape=(m + self.blocks, n),
        )
        return LinearProgram(
            matrix,
            self.gain,
            np.zeros(n),
            np.ones(n),
            np.concatenate([self.least, np.full(self.blocks, -np.inf)]),
            np.concatenate([self.most, np.ones(self.blocks)]),
            0.0,
            {},
            {},
        )


def settle(choice: Choice, part: Floats, prices: Floats, seed: int) -> tuple[Ints, float]:
    """Return the best steps found that break no row together, and the work.

    Parameters
    ----------
    choice : Choice
    part : array, shape (n,)
        What part of each step its relaxation takes: where the search starts.
    prices : array, shape (rows,)
        What a unit of each row is worth.
    seed : int
        Of how long blocks rest.
    """
    table = _Table(choice, part, prices, seed)
    best, chosen = 0.0, np.zeros(0, dtype=np.int64)
    for move in range(_MOVES * choice.blocks):
        if table.weigh():
            gain = float(table.gain[table.taken].sum())
            if gain < best:
                best, chosen = gain, table.taken[table.taken < len(choice.gain)].copy()
        table.move(move)
    return chosen, table.effort


class _Table:
    """What each step would change where the choice stands; to stay is one of a block's steps."""

    def __init__(self, choice: Choice, part: Floats, prices: Floats, seed: int) -> None:
        n, count, rows = len(choice.gain), choice.blocks, len(choice.least)
        self.choice, self.n = choice, n
        self.block = np.concatenate([choice.block, np.arange(count)])
        self.gain = np.concatenate([choice.gain, np.zeros(count)])
        self.draws = np.zeros((n + count, rows))
        self.draws[choice.step, choice.row] = choice.draw
        self.by_row = sparse.csc_array(
            (np.arange(len(choice.step)), (choice.step, choice.row)), shape=(n, rows)
        )
        parts = np.concatenate([part, 1.0 - np.bincount(choice.block, part, minlength=count)])
        order = np.lexsort((-parts, self.block))
        self.taken = order[np.searchsorted(self.block[order], np.arange(count))]
        self.cost = _DEAR * np.maximum(prices, _LEAST * _middle(prices))
        self.until = np.zeros(count, dtype=np.int64)
        self.activity = self.draws[self.taken].sum(axis=0)
        self.effort = _ENTRY * self.draws.size
        self.rng = np.random.default_rng(seed)
        self.without = self.activity - self.draws[self.taken]  # each block's own step left out
        self.over = self._excess(self.without, slice(None))
        self.more = np.zeros(len(choice.step))  # what each entry adds to the excess
        self.worse = np.zeros(n)  # and what the steps' entries cost
        self._count(np.arange(rows))

    def _excess(self, activity: Floats, rows: Ints | slice) -> Floats:
        above = np.maximum(activity - self.choice.most[rows], 0.0)
        return np.asarray(above + np.maximum(self.choice.least[rows] - activity, 0.0))

    def _count(self, rows: Ints) -> None:
        """Work out again what entries of some rows add."""
        at = self._entries(rows)
        step, row = self.choice.step[at], self.choice.row[at]
        block = self.choice.block[step]
        after = self.without[block, row] + self.choice.draw[at]
        more = self._excess(after, row) - self.over[block, row]
        change = (more - self.more[at]) * self.cost[row]
        self.more[at] = more
        self.worse += np.bincount(step, change, minlength=self.n)
        self.effort += _ENTRY * len(at)

    def _entries(self, rows: Ints) -> Ints:
        """Return the entries of some rows."""
        starts = self.by_row.indptr[rows]
        length = self.by_row.indptr[rows + 1] - starts
        flat = np.arange(int(length.sum())) + np.repeat(starts - np.cumsum(length) + length, length)
        return np.asarray(self.by_row.data[flat])

    def weigh(self) -> bool:
        """Make the rows that are broken dearer, or all cheaper; say whether none is broken."""
        broken = np.flatnonzero(self._excess(self.activity, slice(None)) > _ROUNDING)
        if not len(broken):
            self.cost *= _CHEAPER
            self.worse *= _CHEAPER
            return True
        at = self._entries(broken)
        added = (_DEARER - 1.0) * self.cost[self.choice.row[at]] * self.more[at]
        self.worse += np.bincount(self.choice.step[at], added, minlength=self.n)
        self.cost[broken] *= _DEARER
        return False

    def move(self, number: int) -> None:
        """Let the block that gains most, or loses least, take another step."""
        change = self.gain + (self.over @ self.cost - self.gain[self.taken])[self.block]
        change[: self.n] += self.worse
        change[self.taken] = np.inf
        change[(self.until > number)[self.block]] = np.inf
        step = int(np.argmin(change))
        block = int(self.block[step])
        moved = self.draws[step] - self.draws[self.taken[block]]
        rows = np.flatnonzero(moved)
        self.taken[block] = step
        self.until[block] = number + 1 + _RESTS + self.rng.integers(0, _RESTS)
        self.activity[rows] += moved[rows]
        own = self.without[block, rows]
        self.without[:, rows] += moved[rows]
        self.without[block, rows] = own
        self.over[:, rows] = self._excess(self.without[:, rows], rows)
        self._count(rows)
        self.effort += _MOVE


def _middle(prices: Floats) -> float:
    """Return the price in the middle of those that are not 0; 1 if all are."""
    some = prices[prices > 0]
    return float(np.median(some)) if len(some) else 1.0
