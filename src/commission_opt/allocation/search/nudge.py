"""Mend and refill a state that was moved a little: what stands elsewhere is good already.

Where ``search`` starts from fractions and tries everything, this starts from a plan in which some
courses were set to other numbers: rows that broke are mended by the steps that lose least, room
that came free is refilled, and chains follow only if that is not good enough.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import sparse

from commission_opt.allocation.search.search import follow_rows
from commission_opt.allocation.search.state import DOWN, UP, State

_GAIN = 1e-7  # least relative gain of a step
_ROUNDS = 20
_REFUSED = 10  # steps refused in a row after which it is worked out anew which are of use


def nudged(state: State, good: float, *, chains: bool) -> None:
    """Mend and improve a state, in place, until it is good enough or nothing gains.

    Parameters
    ----------
    state : State
    good : float
        A value at which to end, if no row is broken.
    chains : bool
        Whether steps are also taken several together, which takes ten times as long.
    """

    def report(state: State) -> bool:
        return state.violation == 0.0 and state.value <= good

    least = _GAIN * max(1.0, abs(state.value))
    for _ in range(_ROUNDS):
        if state.violation == 0.0 or not _mend(state, least):
            break
    for _ in range(_ROUNDS):
        if report(state) or not _refill(state, least):
            break
    if chains and not report(state):
        follow_rows(state, sparse.csr_array(state.land.steps.drawn), least, report)


def _mend(state: State, least: float) -> int:
    """Take steps that mend broken rows, those first that lose least for what they mend."""
    mends = state.mending()
    useful = (mends < -1e-9) & (state.amount != 0)
    loss = np.divide(state.gain, -mends, out=np.full_like(mends, np.inf), where=useful)
    return _take(state, loss, useful, least, lambda state: state.violation == 0.0)


def _refill(state: State, least: float) -> int:
    """Take steps that gain and break no row, those first that gain most."""
    useful = (state.gain < -least) & (state.amount != 0) & ~_breaking(state)
    return _take(state, state.gain, useful, least)


def _take(
    state: State,
    order: npt.NDArray[np.float64],
    useful: npt.NDArray[np.bool_],
    least: float,
    mended: Callable[[State], bool] | None = None,
) -> int:
    steps = state.land.steps
    flat = np.flatnonzero(useful)
    taken = refused = 0
    touched: set[int] = set()
    for at in flat[np.argsort(order.ravel()[flat], kind="stable")].tolist():
        way, run = divmod(at, len(steps.first))
        columns = range(steps.first[run], steps.last[run] + 1)
        if state.amount[way, run] == 0 or not touched.isdisjoint(columns):
            continue
        if state.take([run], [way], 0.0, least):
            touched.update(columns)
            taken += 1
            refused = 0
            if mended is not None and mended(state):
                break
        else:
            refused += 1
        if refused == _REFUSED:
            break
    return taken


def _breaking(state: State) -> npt.NDArray[np.bool_]:
    """Say which steps would break a row, or break one further."""
    land, drawn = state.land, state.land.steps.drawn
    row = drawn.indices
    run = np.repeat(np.arange(drawn.shape[1]), np.diff(drawn.indptr))
    found = np.zeros(state.amount.shape, dtype=bool)
    for way in (UP, DOWN):
        draws = drawn.data * state.amount[way, run]
        after = state.activity[row] + draws
        bad = ((draws > 0) & (after > land.most[row])) | ((draws < 0) & (after < land.least[row]))
        found[way] = np.bincount(run[bad], minlength=found.shape[1]) > 0
    for k in np.flatnonzero(~land.caps.aimed):
        over = state.caps[k] + state.burden[k] > land.caps.most[k]
        found |= (state.burden[k] > 0) & over
    return found
