"""The search for whole places: round, refill, chains until none gains; mend what is left broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from scipy import sparse

from commission_opt.allocation.search.chains import ChainSize, across, within
from commission_opt.allocation.search.choice import Enough, Solve, fill
from commission_opt.allocation.search.landscape import Landscape, dearer
from commission_opt.allocation.search.rounding import rounded
from commission_opt.allocation.search.state import State
from commission_opt.arrays import Floats

WITHIN = ChainSize(width=24, depth=4)
ACROSS = ChainSize(width=60, depth=5)
_GAIN = 1e-7  # least relative gain of a chain
_IN_VAIN = 96  # rows that together gain too little, after which the others are left
_AT_ONCE = 64  # steps that are looked through together before any is tried
_SWEEP = 2e-8  # work: a coefficient of a row
_DEARER, _ROUNDS = 3.0, 4  # how penalties rise while what is held is exceeded, and how often
_OFTEN = 64  # chains on end after which it is told how far the search is
_FINE = 64  # cohort steps of a smallest cohort from which courses step by several at first
_TIMES = 8.0  # by which they then step by fewer
Report = Callable[[State], bool]
Repair = Callable[[Floats], Floats | None]


def search(
    land: Landscape,
    x: Floats,
    report: Report,
    repair: Repair,
    shares: Sequence[float] = (1.0, 0.0),
    enough: float = 0.0,
    *,
    solve: Solve | None = None,
    pairs: bool = True,
    going: Enough | None = None,
) -> State:
    """Look for good whole places near those of the relaxation.

    Parameters
    ----------
    land : Landscape
    x : array, shape (n,)
        Places of the relaxation.
    report : callable
        Told of the state from time to time; returns True to stop.
    repair : callable
        Given places that break rows, returns places that do not, or None.
    shares : sequence of float
        Shares of the prices of rows that count, one round after the other; with 0 alone what is
        good already is only polished.
    enough : float
        Relative gain of chains across all rows that makes it worth while to go over them again.
    solve : callable, optional
        Solves relaxations. If given, rows are repaired early, which is dearer but gives a plan,
        and one move of every block at once takes the place of chains where nothing is held.
    pairs : bool
        Whether such a move may be a pair of steps.
    going : callable, optional
        Given the value before and after such a move, says whether it gained enough for another.

    Returns
    -------
    State
        Its places are admissible; they may break rows if its ``violation`` is above 0.
    """
    state = State(land, rounded(land, x))
    least = _GAIN * max(1.0, abs(state.value))
    for step in _longer(land):
        state = State(replace(land, step=step), state.x)
        sweep(state, shares[0], least)
        if _blocks(state, shares[0], least, report):
            break
    if state.land is not land:
        state = State(land, state.x)
    for _ in range(3):
        if not sweep(state, shares[0], least) or report(state):
            break
    if solve is not None and state.violation > 0.0 and (mended := repair(state.x)) is not None:
        state = State(land, mended)  # chains break no row again
        report(state)
    if solve is not None and state.violation == 0.0 and not len(land.caps):
        fill(state, solve, report, pairs=pairs, enough=going)
        return state
    by_row = sparse.csr_array(land.steps.drawn)
    for share in shares:
        over = _chains(state, by_row, share, least, report, enough)
        for _ in range(_ROUNDS if len(land.caps) else 0):
            if over or state.violation == 0.0:
                break
            state.land = dearer(state.land, _DEARER)
            over = _chains(state, by_row, share, least, report, enough)
        # Chains mend most of what the sweeps left broken, and lose less by it than a repair.
        if state.violation > 0.0 and (mended := repair(state.x)) is not None:
            state = State(state.land, mended)
            over = report(state)
        if over:
            break
    return state


def _longer(land: Landscape) -> Iterator[Floats]:
    """Yield longer steps than those of the cohorts, ever shorter, where a cohort has very many.

    Numbers stay admissible, as all of these are multiples of the cohort steps.
    """
    fine = np.maximum(land.smallest / land.step, 1.0)
    times = float(np.max(fine, initial=1.0)) / _FINE
    while times > 1.0:
        several = np.minimum(np.ceil(times), np.ceil(fine / _FINE))
        yield land.step * several
        times /= _TIMES


def polished(land: Landscape, x: Floats, report: Report) -> State:
    """Follow chains from whole places that break nothing; see ``search``."""
    state = State(land, x)
    least = _GAIN * max(1.0, abs(state.value))
    _chains(state, sparse.csr_array(land.steps.drawn), 0.0, least, report, 0.0)
    return state


def _chains(
    state: State,
    by_row: sparse.csr_array,
    share: float,
    least: float,
    report: Report,
    enough: float,
) -> bool:
    """Follow chains within blocks, then across them; say whether to stop."""
    if _blocks(state, share, least, report):
        return True
    sweep(state, share, least)
    return follow_rows(state, by_row, least, report, enough * max(1.0, abs(state.value)))


def sweep(state: State, share: float, least: float) -> int:
    """Take every single step that gains or mends a row, the most promising first.

    Returns
    -------
    int
        How many were taken.
    """
    steps = state.land.steps
    state.effort += _SWEEP * steps.drawn.nnz
    drawn, mends = state.priced - state.linear, state.mending()
    change = state.gain + share * state.amount * drawn + mends
    caps = state.land.caps
    if len(caps):
        change += share * np.tensordot(caps.price, state.burden, 1)
        change += caps.pushed(state.caps, state.burden)
    flat = np.flatnonzero(((change < -least) | (mends < -1e-9)) & (state.amount != 0))
    order = flat[np.argsort(change.ravel()[flat], kind="stable")]
    taken = 0
    touched: set[int] = set()
    for start in range(0, len(order), _AT_ONCE):
        some = order[start : start + _AT_ONCE]
        hopeless, before = state.only_breaking(*divmod(some, len(steps.first))), taken
        for at, no in zip(some.tolist(), hopeless.tolist(), strict=True):
            way, run = divmod(at, len(steps.first))
            columns = range(steps.first[run], steps.last[run] + 1)
            if no and taken == before:  # nothing has changed since that was seen
                continue
            if state.amount[way, run] == 0 or not touched.isdisjoint(columns):
                continue
            if state.take([run], [way], share, least):
                touched.update(columns)
                taken += 1
    return taken


def _blocks(state: State, share: float, least: float, report: Report) -> bool:
    for block in range(len(state.land.steps.blocks)):
        if _taken(partial(within, state, block, share, WITHIN, least), state, report)[1]:
            return True
        if report(state):
            return True
    return False


def _taken(take: Callable[[], bool], state: State, report: Report) -> tuple[bool, bool]:
    """Take chains until none gains; say whether any did, and whether to stop."""
    taken = 0
    while take():
        taken += 1
        if taken % _OFTEN == 0 and report(state):
            return True, True
    return taken > 0, False


def follow_rows(
    state: State, by_row: sparse.csr_array, least: float, report: Report, enough: float = 0.0
) -> bool:
    """Follow chains across the rows whose room is worth most, until none gains.

    What is ``enough`` to go over all rows again is gained by them together, or it ends. Rows whose
    room is worth less are left once so many before them gained no more than their part of it.
    """
    land = state.land
    price = np.abs(land.price)
    tried: set[bytes] = set()
    everything = np.arange(len(land.steps.first))
    while True:
        room = np.where(land.price > 0, land.most - state.activity, state.activity - land.least)
        worth = np.where(price > 0, price * np.where(price > 0, room, 0.0), 0.0)
        gained, before = False, state.value + state.violation
        rows = np.flatnonzero(worth > least)[np.argsort(-worth[worth > least], kind="stable")]
        part, last = enough * _IN_VAIN / max(1, len(rows)), before
        for k, row in enumerate(rows, start=1):
            own = by_row.indices[by_row.indptr[row] : by_row.indptr[row + 1]].astype(np.int64)
            some, over = _taken(partial(across, state, own, tried, ACROSS, least), state, report)
            gained |= some
            if over or report(state):
                return True
            if k % _IN_VAIN == 0:
                now = state.value + state.violation
                if 0.0 < part > last - now:
                    break
                last = now
        if len(land.caps):  # every step draws on what is held
            every = partial(across, state, everything, tried, ACROSS, least)
            some, over = _taken(every, state, report)
            gained |= some
            if over or report(state):
                return True
        if not gained or 0.0 < enough > before - state.value - state.violation:
            return False
