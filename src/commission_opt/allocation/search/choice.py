"""One step of every block at once: a multiple-choice knapsack over the rows that tie blocks.

Each block offers the steps that cost least at the prices of the rows, and to stay. The relaxation
of the choice among them is small and says which are of use together; a tabu search from there
settles whole ones. Where chains fill one row after the other, this fills all of them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from commission_opt.allocation.search.state import State, entries
from commission_opt.allocation.search.tabu import Choice, settle
from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.core.linear_program import LinearProgram
from commission_opt.solvers.status import Result

_OFFERED, _KEPT = 60, 20  # steps of a block, before its relaxation and after, on average
_WORTH = 1e-5  # relative gain of a round that makes another worth while
_ENTRY = 2e-7  # work: a number that a step draws on a row
Solve = Callable[[LinearProgram], Result]
"""Solves a relaxation."""


def fill(state: State, solve: Solve, report: Callable[[State], bool]) -> None:
    """Take one step of every block at once, again and again while it gains enough.

    Parameters
    ----------
    state : State
        One that breaks no row, and with nothing held.
    solve : callable
        Solves the relaxation of a choice.
    report : callable
        Told of the state after each round; returns True to stop.
    """
    worth = _WORTH * max(1.0, abs(state.value))
    tied, seed, gained = _ties(state), 0, True
    while gained:
        gained = _choose(state, tied, solve, worth, seed)
        seed += 1
        if report(state):
            break


def _ties(state: State) -> Bools:
    """Say which rows steps of several blocks draw on."""
    drawn, block = state.land.steps.drawn, state.land.steps.block
    own = np.repeat(block, np.diff(drawn.indptr))
    first, last = np.full(drawn.shape[0], len(block)), np.full(drawn.shape[0], -1)
    np.minimum.at(first, drawn.indices, own)
    np.maximum.at(last, drawn.indices, own)
    return np.asarray(first < last)


def _choose(state: State, tied: Bools, solve: Solve, worth: float, seed: int) -> bool:
    """Take the steps of the best choice found, if they gain enough together."""
    ways, runs = _offered(state, tied)
    choice = _laid_out(state, tied, ways, runs)
    found = solve(choice.relaxed())
    if found.x is None or found.multipliers is None or not len(runs):
        return False
    prices = found.multipliers[: len(choice.least)]
    kept = _useful(choice, prices)
    few, part = choice.only(kept), found.x[kept]
    chosen, effort = settle(few, part, np.abs(prices), seed)
    state.effort += effort
    taken = np.flatnonzero(kept)[chosen]
    return len(taken) > 0 and state.take(runs[taken].tolist(), ways[taken].tolist(), 0.0, worth)


def _offered(state: State, tied: Bools) -> tuple[Ints, Ints]:
    """Return the steps of each block that cost least at the prices and break no row of its own."""
    land, steps = state.land, state.land.steps
    change = state.gain + state.amount * (state.priced - state.linear)
    change[state.amount == 0] = np.inf
    flat = np.argsort(change.ravel(), kind="stable")
    flat = flat[np.isfinite(change.ravel()[flat])]
    ways, runs = np.divmod(flat, len(steps.first))
    some = _first(steps.block[runs], 2 * _OFFERED)
    ways, runs = ways[some], runs[some]
    which, rows, data = entries(steps.drawn, runs)
    state.effort += _ENTRY * len(rows)
    draws = data * state.amount[ways, runs][which]
    after = state.activity[rows] + draws
    bad = ((draws > 0) & (after > land.most[rows])) | ((draws < 0) & (after < land.least[rows]))
    kept = np.bincount(which[bad & ~tied[rows]], minlength=len(runs)) == 0
    ways, runs = ways[kept], runs[kept]
    some = _first(steps.block[runs], _OFFERED)
    ways, runs = ways[some], runs[some]
    order = np.argsort(steps.block[runs], kind="stable")
    return ways[order], runs[order]


def _first(block: Ints, most: int) -> Bools:
    """Say which entries are among so many first ones of their block."""
    order = np.argsort(block, kind="stable")
    ordered = block[order]
    found = np.zeros(len(block), dtype=bool)
    found[order] = np.arange(len(block)) - np.searchsorted(ordered, ordered) < most
    return found


def _laid_out(state: State, tied: Bools, ways: Ints, runs: Ints) -> Choice:
    """Return the choice among steps, with only the rows that they could break."""
    land = state.land
    amount, block = state.amount[ways, runs], land.steps.block[runs]
    step, row, data = entries(land.steps.drawn, runs)
    own = tied[row]
    step, row, draw = step[own], row[own], (data * amount[step])[own]
    most, least = land.most - state.activity, land.least - state.activity
    near = (_reach(row, block[step], draw, len(most)) > most) | (
        _reach(row, block[step], -draw, len(most)) > -least
    )
    new, kept = np.cumsum(near) - 1, near[row]
    return Choice(
        block,
        state.gain[ways, runs],
        step[kept],
        new[row[kept]],
        draw[kept],
        least[near],
        most[near],
        len(land.steps.blocks),
    )


def _reach(row: Ints, block: Ints, draw: Floats, rows: int) -> Floats:
    """Return the most that one step of each block could draw on rows together."""
    some = draw > 0
    row, block, draw = row[some], block[some], draw[some]
    order = np.lexsort((-draw, block, row))
    row, block, draw = row[order], block[order], draw[order]
    first = np.append(True, (row[1:] != row[:-1]) | (block[1:] != block[:-1]))[: len(row)]
    return np.asarray(np.bincount(row[first], draw[first], minlength=rows), dtype=float)


def _useful(choice: Choice, prices: Floats) -> Bools:
    """Say which steps cost least at the multipliers of the relaxation, against the best of each."""
    n = len(choice.gain)
    drawn = np.bincount(choice.step, choice.draw * prices[choice.row], minlength=n)
    reduced = choice.gain - drawn
    best = np.zeros(choice.blocks)
    np.minimum.at(best, choice.block, reduced)
    kept = np.zeros(n, dtype=bool)
    order = np.argsort(reduced - best[choice.block], kind="stable")
    kept[order[: _KEPT * choice.blocks]] = True
    return kept
