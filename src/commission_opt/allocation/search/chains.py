"""Ejection chains: steps that pay only together.

A chain starts with each of the most promising steps in turn and adds, again and again, the step
that is then best, even if the chain gets worse on the way; its best beginning counts. Within a
block the steps share cells, so that one course may make room for another. Across blocks they only
share rows: what one gives up of a full budget or pool, others take.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from commission_opt.allocation.search.caps import Caps
from commission_opt.allocation.search.state import State, entries
from commission_opt.arrays import Bools, Floats, Ints

_CHAIN, _ENTRY = 3e-4, 3e-9  # work: a chain, and each number of its tables
_WORSE = 1e-9  # penalty of rows that counts
_LOOKED = 1.5e-4  # to see what steps across blocks could be taken


@dataclass(frozen=True)
class ChainSize:
    """How far chains are followed.

    Parameters
    ----------
    width : int
        Steps to start from and to choose from.
    depth : int
        Steps of a chain.
    """

    width: int
    depth: int


def within(state: State, block: int, share: float, size: ChainSize, least: float) -> bool:
    """Take the best chain of steps within a block, if it gains; say whether one was taken."""
    found = _inside(state, block, share, size)
    if found is None:
        return False
    runs, ways, chain = found
    return _take(state, chain.best(size.depth), runs, ways, share, least)


def pairs(state: State, block: int, width: int, among: Bools) -> tuple[Ints, Ints, Floats]:
    """Return pairs of steps of a block that together break none of some rows.

    Parameters
    ----------
    state : State
        With nothing held.
    block : int
    width : int
        Of how many steps, the most promising ones.
    among : array of bool, shape (rows,)
        The rows.

    Returns
    -------
    runs, ways : array of int, shape (pairs, 2)
    gain : array, shape (pairs,)
        What they change in the objective together.
    """
    found = _inside(state, block, 1.0, ChainSize(width, 2), among)
    if found is None:
        return np.zeros((0, 2), np.int64), np.zeros((0, 2), np.int64), np.zeros(0)
    runs, ways, chain = found
    table = chain.pairs()
    first, second = np.nonzero(np.triu(np.isfinite(table), 1))
    both = np.stack([first, second], axis=1)
    priced = state.amount[ways, runs] * (state.priced[runs] - state.linear[runs])
    return runs[both], ways[both], table[first, second] - priced[both].sum(axis=1)


def _inside(
    state: State, block: int, share: float, size: ChainSize, among: Bools | None = None
) -> tuple[Ints, Ints, _Chain] | None:
    """Return promising steps of a block, and chains of them that see some rows, or all."""
    where = state.land.steps.blocks[block]
    runs, ways = _promising(state, np.arange(where.start, where.stop), share, size.width)
    if not len(runs):
        return None
    land = state.land
    amount = state.amount[ways, runs]
    cells, adds = _dense(land.steps.effect, runs, amount)
    rows, draws = _limiting(state, runs, amount, size.depth)
    if among is not None:
        seen = among[rows]
        rows, draws = rows[seen], draws[:, seen]
    hinges = land.hinges
    knots, slopes = hinges.knots[:, cells] - state.cells[cells], hinges.slopes[:, cells]
    linear = amount * (state.linear[runs] + share * (state.priced[runs] - state.linear[runs]))
    start = float(np.sum(state.below[cells]))
    caps, counts = land.caps, land.caps.dense(cells)
    now = caps.summed(state.capped[:, cells], cells)

    def objective(added: Floats) -> Floats:
        total = np.full(added.shape[:-1], -start)
        more = np.zeros((*added.shape[:-1], len(caps))) - now
        for level, (knot, slope) in enumerate(zip(knots, slopes, strict=True)):
            left = np.maximum(knot - added, 0.0)
            total += left @ slope
            if len(caps):
                more += left @ counts[level]
        if len(caps):
            beyond = np.maximum(state.caps - caps.most + more, 0.0)
            total += (beyond - np.maximum(state.caps - caps.most, 0.0)) @ caps.penalty
            total += share * (more @ caps.price)
        return total

    columns = [set(range(land.steps.first[r], land.steps.last[r] + 1)) for r in runs]
    clash = np.array([[not a.isdisjoint(b) for b in columns] for a in columns])
    state.effort += _CHAIN + _ENTRY * size.depth * len(runs) ** 2 * (knots.size + len(rows))
    return runs, ways, _Chain(objective, _Limits(state, rows), adds, draws, linear, clash)


def across(state: State, own: Ints, tried: set[bytes], size: ChainSize, least: float) -> bool:
    """Take the best chain of steps of different blocks among some runs, if it gains.

    Parameters
    ----------
    state : State
    own : array of int
        Runs, such as all that draw on one row.
    tried : set of bytes
        What is known not to gain; added to.
    size : ChainSize
    least : float
        Least gain.
    """
    runs, ways = _promising(state, own, 1.0, size.width)
    if len(runs) < 2:
        return False
    amount, gain = state.amount[ways, runs], state.gain[ways, runs]
    rows, draws = _limiting(state, runs, amount, size.depth)
    burden = state.burden[:, ways, runs]
    state.effort += _LOOKED
    of = (runs, ways, amount, gain, rows, state.activity[rows], burden, state.caps)
    known = b"".join(part.tobytes() for part in of)
    if known in tried:
        return False
    block = state.land.steps.block[runs]
    same = block[:, None] == block[None, :]
    # A chain has one step of a block: what rows of one block alone cost adds up like gains.
    lone = _in_one_block(draws, block)
    alone = _Limits(state, rows[lone])
    chain = _Chain(
        lambda added: np.zeros(added.shape[:-1]),  # gains of different blocks add up
        _Limits(state, rows[~lone], state.land.caps),
        np.zeros((len(runs), 0)),
        np.hstack([draws[:, ~lone], burden.T]),
        gain + alone.of(draws[:, lone]) - alone.start,
        same,
    )
    state.effort += _CHAIN + _ENTRY * size.depth * len(runs) ** 2 * len(rows)
    if _take(state, chain.best(size.depth), runs, ways, 0.0, least):
        return True
    tried.add(known)
    return False


def _in_one_block(draws: Floats, block: Ints) -> Bools:
    """Say which rows only steps of one block draw on."""
    some = draws != 0
    first = np.where(some, block[:, None], np.iinfo(np.int64).max).min(axis=0)
    last = np.where(some, block[:, None], -1).max(axis=0)
    return np.asarray(first == last)


def _take(
    state: State, chosen: list[int], runs: Ints, ways: Ints, share: float, least: float
) -> bool:
    if not chosen:
        return False
    return state.take([int(runs[i]) for i in chosen], [int(ways[i]) for i in chosen], share, least)


def _promising(state: State, own: Ints, share: float, width: int) -> tuple[Ints, Ints]:
    """Return the steps, of some runs, that gain most or lose least at the rows' prices."""
    drawn = state.priced[own] - state.linear[own]
    change = state.gain[:, own] + share * state.amount[:, own] * drawn
    if len(caps := state.land.caps):
        burden = state.burden[:, :, own]
        change += share * np.tensordot(caps.price, burden, 1) + caps.pushed(state.caps, burden)
        change += state.mending()[:, own]  # what is held leaves little room to mend rows later
    change[state.amount[:, own] == 0] = np.inf
    order = np.argsort(change.ravel(), kind="stable")[:width]
    order = order[np.isfinite(change.ravel()[order])]
    return own[order % len(own)], order // len(own)


def _dense(matrix: sparse.csc_array, runs: Ints, amount: Floats) -> tuple[Ints, Floats]:
    """Return the rows that some columns touch, and the columns times their amounts, transposed."""
    which, row, data = entries(matrix, runs)
    touched, where = np.unique(row, return_inverse=True)
    dense = np.zeros((len(runs), len(touched)))
    dense[which, where] = data * amount[which]
    return touched, dense


def _limiting(state: State, runs: Ints, amount: Floats, depth: int) -> tuple[Ints, Floats]:
    """Return the rows that a chain of these steps could break, and what each step draws."""
    rows, draws = _dense(state.land.steps.drawn, runs, amount)
    depth = min(depth, len(runs))
    ordered = np.partition(draws, (depth - 1, len(runs) - depth), axis=0)
    most = np.maximum(ordered[-depth:], 0.0).sum(axis=0)
    least = np.minimum(ordered[:depth], 0.0).sum(axis=0)
    activity = state.activity[rows]
    near = (activity + most > state.land.most[rows]) | (activity + least < state.land.least[rows])
    return rows[near], draws[:, near]


class _Limits:
    """The penalty of some rows, and of caps after them, after their activity changed."""

    def __init__(self, state: State, rows: Ints, caps: Caps | None = None) -> None:
        above, under = state.land.most[rows], state.land.least[rows]
        penalty, grain = state.land.penalty[rows], state.land.grain[rows]
        activity = state.activity[rows]
        if caps is not None:
            activity, above = np.append(activity, state.caps), np.append(above, caps.most)
            under = np.append(under, np.full(len(caps), -np.inf))
            penalty, grain = (
                np.append(penalty, caps.penalty),
                np.append(grain, np.zeros_like(caps.most)),
            )
        self.above, self.under, self.penalty = above - activity, under - activity, penalty
        self.grain = grain if grain.any() else None
        self.start = float(self.of(np.zeros((1, len(self.penalty))))[0])

    def of(self, drawn: Floats) -> Floats:
        over = np.maximum(drawn - self.above, 0.0)
        over += np.maximum(self.under - drawn, 0.0)
        if self.grain is not None:
            over = np.where(over > 0.0, np.maximum(over, self.grain), 0.0)
        return np.asarray(over @ self.penalty)


@dataclass
class _Chain:
    objective: Callable[[Floats], Floats]
    limits: _Limits
    adds: Floats
    draws: Floats
    linear: Floats
    clash: npt.NDArray[np.bool_]

    def _cost(self, added: Floats, drawn: Floats, linear: Floats) -> Floats:
        worse = self.limits.of(drawn) - self.limits.start
        return np.asarray(self.objective(added) + worse + linear)

    def pairs(self) -> Floats:
        """Return what each two steps change together; infinite where they cannot be taken."""
        draws = self.draws[:, None] + self.draws[None]
        worse = self.limits.of(draws) - self.limits.start
        together = self.objective(self.adds[:, None] + self.adds[None])
        change = together + self.linear[:, None] + self.linear[None]
        return np.where(self.clash | (worse > _WORSE), np.inf, change)

    def best(self, depth: int) -> list[int]:
        """Return the steps of the best chain; none if no chain gains."""
        every = np.arange(len(self.linear))
        added, drawn, linear = self.adds, self.draws, self.linear
        used = self.clash.copy()
        taken = [every]
        cost = [self._cost(added, drawn, linear)]
        for _ in range(depth - 1):
            table = self._cost(
                added[:, None] + self.adds[None],
                drawn[:, None] + self.draws[None],
                linear[:, None] + self.linear[None],
            )
            table[used] = np.inf
            chosen = np.argmin(table, axis=1)
            cost.append(table[every, chosen])
            taken.append(chosen)
            added, drawn = added + self.adds[chosen], drawn + self.draws[chosen]
            linear = linear + self.linear[chosen]
            used |= self.clash[chosen]
        costs = np.stack(cost)
        length, start = np.unravel_index(int(np.argmin(costs)), costs.shape)
        if not costs[length, start] < 0:
            return []
        return [int(taken[k][start]) for k in range(int(length) + 1)]
