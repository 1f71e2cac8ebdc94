"""Moves of blocks: a step, or two that are taken together, and what they draw on rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from commission_opt.allocation.search.chains import pairs
from commission_opt.allocation.search.state import State, entries
from commission_opt.arrays import Bools, Floats, Ints

_OFFERED = 40  # moves of a block
_PAIRED = 24  # its steps, of which any two may be taken together
_ENTRY = 2e-7  # work: a number that a step draws on a row


@dataclass(frozen=True, eq=False)
class Moves:
    """Moves of blocks, ordered by block.

    Parameters
    ----------
    block : array of int, shape (n,)
    gain : array, shape (n,)
        What each changes in the objective.
    move, run, way : array of int, shape (k,)
        The steps of all moves: of which each is, which run steps, and whether up or down.
    """

    block: Ints
    gain: Floats
    move: Ints
    run: Ints
    way: Ints

    def __len__(self) -> int:
        return len(self.block)

    def only(self, kept: Ints) -> Moves:
        """Return some of the moves, in a given order."""
        new = np.full(len(self), -1)
        new[kept] = np.arange(len(kept))
        own = new[self.move] >= 0
        return Moves(
            self.block[kept], self.gain[kept], new[self.move[own]], self.run[own], self.way[own]
        )

    def draws(self, state: State) -> sparse.csr_array:
        """Return what the moves draw on rows, shape (n, rows)."""
        which, row, data = entries(state.land.steps.drawn, self.run)
        drawn = data * state.amount[self.way, self.run][which]
        shape = (len(self), state.land.steps.drawn.shape[0])
        found = sparse.csr_array((drawn, (self.move[which], row)), shape=shape)
        found.sum_duplicates()
        return found


def single(state: State, tied: Bools) -> Moves:
    """Return the steps of each block that cost least at the prices and break no row of its own."""
    steps = state.land.steps
    change = _priced(state)
    flat = np.argsort(change.ravel(), kind="stable")
    flat = flat[np.isfinite(change.ravel()[flat])]
    ways, runs = np.divmod(flat, len(steps.first))
    some = _first(steps.block[runs], 2 * _OFFERED)
    ways, runs = ways[some], runs[some]
    kept = _within(state, ways, runs, ~tied)
    ways, runs = ways[kept], runs[kept]
    some = _first(steps.block[runs], _OFFERED)
    ways, runs = ways[some], runs[some]
    order = np.argsort(steps.block[runs], kind="stable")
    ways, runs = ways[order], runs[order]
    every = np.arange(len(runs))
    return Moves(steps.block[runs], state.gain[ways, runs], every, runs, ways)


def paired(state: State, tied: Bools) -> Moves:
    """Return the same of steps and of pairs of them."""
    alone = single(state, tied)
    blocks = range(len(state.land.steps.blocks))
    found = [pairs(state, block, _PAIRED, ~tied) for block in blocks]
    runs, ways, gain = (np.concatenate(part) for part in zip(*found, strict=True))
    n, count = len(alone), len(gain)
    every = Moves(
        np.append(alone.block, state.land.steps.block[runs[:, 0]]),
        np.append(alone.gain, gain),
        np.append(alone.move, n + np.repeat(np.arange(count), 2)),
        np.append(alone.run, runs.ravel()),
        np.append(alone.way, ways.ravel()),
    )
    drawn = state.amount[every.way, every.run] * (state.priced - state.linear)[every.run]
    change = every.gain + np.bincount(every.move, drawn, minlength=len(every))
    order = np.argsort(change, kind="stable")
    order = order[_first(every.block[order], _OFFERED)]
    return every.only(order[np.argsort(every.block[order], kind="stable")])


def _priced(state: State) -> Floats:
    """Return what each step costs at the prices of the rows; infinite where it cannot be taken."""
    change = state.gain + state.amount * (state.priced - state.linear)
    return np.where(state.amount == 0, np.inf, change)


def _within(state: State, ways: Ints, runs: Ints, among: Bools) -> Bools:
    """Say which steps break none of some rows."""
    land = state.land
    which, rows, data = entries(land.steps.drawn, runs)
    state.effort += _ENTRY * len(rows)
    draws = data * state.amount[ways, runs][which]
    after = state.activity[rows] + draws
    bad = ((draws > 0) & (after > land.most[rows])) | ((draws < 0) & (after < land.least[rows]))
    return np.asarray(np.bincount(which[bad & among[rows]], minlength=len(runs)) == 0)


def _first(block: Ints, most: int) -> Bools:
    """Say which entries are among so many first ones of their block."""
    order = np.argsort(block, kind="stable")
    ordered = block[order]
    found = np.zeros(len(block), dtype=bool)
    found[order] = np.arange(len(block)) - np.searchsorted(ordered, ordered) < most
    return found
