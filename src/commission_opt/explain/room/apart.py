"""Points of a program far from some others, by linear programs that can only gain.

The distance ``Σ |x − y|`` of two plans is convex, so its greatest value is not found by one linear
program. But ``s·(x − y)`` is at most the distance for any signs s, and it is the distance for the
signs of ``x − y``. So the greatest t with ``s_k·(x − y_k) ≥ t`` for every earlier plan y_k is at
most the least distance of the point that is found; and where the signs are those of a point of the
program, it is at least the least distance of that point. No round loses, whichever of several
solutions the solver shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram
from commission_opt.explain.room.enclosure import OUTWARDS, proved_by_prices
from commission_opt.formulation.parts import PLACES

_EVEN = 1e-7  # places, below which neither of two plans has more
_MOST = 12  # directions of one column that are tried


def distance(x: Floats, earlier: Sequence[Floats]) -> float:
    """Return the places moved between a plan and the nearest of some others."""
    return float(min(np.abs(x - y).sum() for y in earlier))


def apart(program: LinearProgram, earlier: Sequence[Floats], signs: Floats) -> LinearProgram:
    """Return the program whose least value is minus the greatest t; its last column is t.

    Earlier plans are decision columns, shape (n,); signs have shape (len(earlier), n).
    """
    places = program.columns[PLACES]
    m, n = program.matrix.shape
    rows = np.zeros((len(earlier), n + 1))
    rows[:, places], rows[:, n] = signs, -1.0
    widest = float(np.sum(program.upper[places] - program.lower[places]))
    old = sparse.hstack([program.matrix, sparse.csc_array((m, 1))])
    return replace(
        program,
        matrix=sparse.csc_array(sparse.vstack([old, sparse.csr_array(rows)])),
        cost=np.append(np.zeros(n), -1.0),
        lower=np.append(program.lower, -widest),
        upper=np.append(program.upper, widest),
        row_lower=np.append(program.row_lower, np.vecdot(signs, np.array(earlier))),
        row_upper=np.append(program.row_upper, np.full(len(earlier), np.inf)),
        offset=0.0,
    )


def signs_at(x: Floats, earlier: Sequence[Floats], otherwise: Floats) -> Floats:
    """Return the signs of a point against earlier plans, and others where they are even."""
    moved = x - np.array(earlier)
    return np.where(np.abs(moved) > _EVEN, np.sign(moved), otherwise)


def starts(
    program: LinearProgram, earlier: Sequence[Floats], drawn: int, seed: int
) -> Iterator[Floats]:
    """Yield signs to start from, shape (len(earlier), n).

    First away from where the earlier plans are, then from the point halfway between two of them
    that is furthest from all, then drawn at random.
    """
    places = program.columns[PLACES]
    middle = (program.lower[places] + program.upper[places]) / 2
    away = np.where(np.mean(earlier, axis=0) > middle, -1.0, 1.0)
    shape = (len(earlier), len(middle))
    yield np.broadcast_to(away, shape)
    halfway = [(one + other) / 2 for one, other in combinations(earlier, 2)]
    if halfway:
        yield signs_at(max(halfway, key=lambda x: distance(x, earlier)), earlier, away)
    rng = np.random.default_rng(seed)
    for _ in range(drawn):
        yield np.broadcast_to(rng.choice([-1.0, 1.0], len(middle)), shape)


def single(
    program: LinearProgram, earlier: Sequence[Floats], cap: float, multipliers: Floats, least: float
) -> Iterator[Floats]:
    """Yield the directions of one column each that are not proved to lead nowhere.

    Those with most room come first. Room is what multipliers prove for plans within the cap.
    """
    places = program.columns[PLACES]
    n = places.stop - places.start
    columns = np.arange(places.start, places.stop)
    ends = proved_by_prices(program, columns, np.array([cap]), multipliers)
    box = OUTWARDS[:, 0] * np.stack([program.lower[places], program.upper[places]])
    most = np.max(OUTWARDS * np.array(earlier), axis=1)
    room = (np.minimum(ends[:, :, 0], box) - most).ravel()
    for k in np.argsort(-room, kind="stable")[:_MOST]:
        if room[k] < least:
            return
        signs = np.zeros((len(earlier), n))
        signs[:, k % n] = -1.0 if k < n else 1.0
        yield signs
