"""One move of every block at once: a multiple-choice knapsack over the rows that tie blocks.

Each block offers the moves that cost least at the prices of the rows, and to stay. The relaxation
of the choice among them is small and says which are of use together; a tabu search from there, or
from where all stay, settles whole ones. Where chains fill one row after the other, this fills all
of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from commission_opt.allocation.search.moves import Moves, paired, single
from commission_opt.allocation.search.state import State
from commission_opt.allocation.search.tabu import Choice, settle
from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.core.linear_program import LinearProgram
from commission_opt.solvers.status import Result

_KEPT = 12  # moves of a block after the relaxation, on average
# Where the search for whole moves starts, for steps and for pairs: what part of the relaxation's is
# taken, and how dear rows are against their prices there.
_STARTS, _MORE_STARTS = ((1.0, 1.0),), ((1.0, 0.5), (1.0, 2.0), (0.0, 1.0))
_WORTH = 1e-5  # relative gain of a round that makes another worth while
Solve = Callable[[LinearProgram], Result]
"""Solves a relaxation."""
Enough = Callable[[float, float], bool]


def fill(
    state: State,
    solve: Solve,
    report: Callable[[State], bool],
    *,
    pairs: bool = True,
    enough: Enough | None = None,
) -> None:
    """Move every block at once, again and again while it gains enough: by a step, then by pairs.

    Parameters
    ----------
    state : State
        One that breaks no row, and with nothing held.
    solve : callable
        Solves the relaxation of a choice.
    report : callable
        Told of the state after each round; returns True to stop.
    pairs : bool
        Whether blocks move by pairs of steps in the end.
    enough : callable, optional
        Given the value before and after a round, says whether it gained enough to go on; if not,
        nothing further is tried.
    """
    worth = _WORTH * max(1.0, abs(state.value))
    tied, seed = _ties(state), 0
    for offered, starts in ((single, _STARTS), (paired, _MORE_STARTS))[: 1 + pairs]:
        gained = True
        while gained:
            before = state.value
            gained = _choose(state, tied, offered(state, tied), solve, starts, worth, seed)
            seed += 1
            if report(state) or not (enough is None or enough(before, state.value)):
                return


def _ties(state: State) -> Bools:
    """Say which rows steps of several blocks draw on."""
    drawn, block = state.land.steps.drawn, state.land.steps.block
    own = np.repeat(block, np.diff(drawn.indptr))
    first, last = np.full(drawn.shape[0], len(block)), np.full(drawn.shape[0], -1)
    np.minimum.at(first, drawn.indices, own)
    np.maximum.at(last, drawn.indices, own)
    return np.asarray(first < last)


def _choose(
    state: State,
    tied: Bools,
    moves: Moves,
    solve: Solve,
    starts: Sequence[tuple[float, float]],
    worth: float,
    seed: int,
) -> bool:
    """Take the moves of the best choice found from some starts, if they gain enough together."""
    choice = _laid_out(state, tied, moves)
    found = solve(choice.relaxed())
    if found.x is None or found.multipliers is None or not len(moves):
        return False
    prices = found.multipliers[: len(choice.least)]
    useful = _useful(choice, prices)
    few, kept = choice.only(useful), np.flatnonzero(useful)
    best, taken = 0.0, kept[:0]
    for part, dear in starts:
        chosen, effort = settle(few, part * found.x[kept], dear * np.abs(prices), seed)
        state.effort += effort
        if (gain := float(few.gain[chosen].sum())) < best:
            best, taken = gain, kept[chosen]
    own = np.isin(moves.move, taken)
    runs, ways = moves.run[own].tolist(), moves.way[own].tolist()
    return len(taken) > 0 and state.take(runs, ways, 0.0, worth)


def _laid_out(state: State, tied: Bools, moves: Moves) -> Choice:
    """Return the choice among moves, with only the rows that they could break."""
    land, block = state.land, moves.block
    entries = moves.draws(state).tocoo()
    move, row = entries.coords
    own = tied[row] & (entries.data != 0)
    move, row, draw = move[own], row[own], entries.data[own]
    most, least = land.most - state.activity, land.least - state.activity
    near = (_reach(row, block[move], draw, len(most)) > most) | (
        _reach(row, block[move], -draw, len(most)) > -least
    )
    new, kept = np.cumsum(near) - 1, near[row]
    return Choice(
        block,
        moves.gain,
        move[kept],
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
    """Say which moves cost least at the multipliers of the relaxation, against the best of each."""
    n = len(choice.gain)
    drawn = np.bincount(choice.step, choice.draw * prices[choice.row], minlength=n)
    reduced = choice.gain - drawn
    best = np.zeros(choice.blocks)
    np.minimum.at(best, choice.block, reduced)
    kept = np.zeros(n, dtype=bool)
    order = np.argsort(reduced - best[choice.block], kind="stable")
    kept[order[: _KEPT * choice.blocks]] = True
    return kept
