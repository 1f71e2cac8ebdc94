"""From fractions of places to admissible numbers, year by year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commission_opt.allocation.search.landscape import Landscape
from commission_opt.arrays import Floats, Ints
from commission_opt.formulation.cohorts import outermost


@dataclass(frozen=True)
class _Ties:
    """Rows ``least ≤ a · x[now] + b · x[before] ≤ most`` on two years of one course."""

    now: Ints
    before: Ints
    factor: Floats
    least: Floats
    most: Floats


def rounded(land: Landscape, x: Floats) -> Floats:
    """Round places down to admissible numbers, each year within what the year before allows.

    A course below its smallest cohort runs with it from half of it on, and is closed below.

    Parameters
    ----------
    land : Landscape
    x : array, shape (n,)
        Places, such as those of the relaxation.

    Returns
    -------
    array, shape (n,)
        Admissible numbers in the box. Rows that bind several courses may be broken.
    """
    ties = _ties(land)
    year = np.arange(len(x)) - np.searchsorted(land.unit, land.unit)
    found = np.zeros_like(x)
    for k in range(int(year.max(initial=-1)) + 1):
        now = np.flatnonzero(year == k)
        low, high = land.lower.copy(), land.upper.copy()
        own = np.isin(ties.now, now)
        base = ties.factor[own] * found[ties.before[own]]
        np.maximum.at(low, ties.now[own], ties.least[own] - base)
        np.minimum.at(high, ties.now[own], ties.most[own] - base)
        step, smallest = land.step[now], land.smallest[now]
        least, most = outermost(low[now], high[now], step, smallest)
        _, down = outermost(low[now], x[now], step, smallest)
        down = np.where((down == 0) & (x[now] >= smallest / 2), smallest, down)
        found[now] = np.maximum(np.minimum(down, most), least)
    return np.clip(found, land.lower, land.upper)


def _ties(land: Landscape) -> _Ties:
    """Find the rows on two consecutive years of one course."""
    use = land.use
    pairs = np.flatnonzero(np.diff(use.indptr) == 2)
    start = use.indptr[pairs]
    one, two = use.indices[start], use.indices[start + 1]
    later = np.where(one > two, start, start + 1)
    sooner = np.where(one > two, start + 1, start)
    now, before, scale = use.indices[later], use.indices[sooner], use.data[later]
    own = (now - before == 1) & (land.unit[now] == land.unit[before]) & (scale > 0)
    rows, scale = pairs[own], scale[own]
    return _Ties(
        now[own],
        before[own],
        use.data[sooner][own] / scale,
        land.least[rows] / scale,
        land.most[rows] / scale,
    )
