"""Quantiles of values that come with probabilities."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from commission_opt.arrays import Floats, Ints

POINTS = (0.05, 0.25, 0.5, 0.75, 0.95)
NAMES = tuple(f"p{100 * q:02.0f}" for q in POINTS)
_WITHIN = 1e-12  # by which a cumulative probability may miss its point


def quantiles(values: Floats, probability: Floats, points: tuple[float, ...] = POINTS) -> Floats:
    """Return the smallest values whose cumulative probability is at least each point.

    Parameters
    ----------
    values : array, shape (n, W)
        Rows may be left in another order.
    probability : array, shape (W,)
    points : tuple of float
        K of them.

    Returns
    -------
    array, shape (n, K)
    """
    count = len(probability)
    if (probability == probability[0]).all():
        reached = np.arange(1, count + 1) / count
        at = np.searchsorted(reached, np.array(points) - _WITHIN)
        at = np.minimum(at, count - 1)
        once = np.unique(at)
        found = [_in_place(row, once)[np.searchsorted(once, at)] for row in values]
        return np.array(found).reshape(-1, len(at))
    order = np.argsort(values, axis=1, kind="stable")
    reached = np.cumsum(probability[order], axis=1)
    found = [np.sum(reached < q - _WITHIN, axis=1) for q in points]
    at = np.minimum(np.stack(found, axis=1), count - 1)
    return np.asarray(np.take_along_axis(values, np.take_along_axis(order, at, axis=1), axis=1))


def _in_place(row: Floats, at: Ints) -> Floats:
    """Return the values at positions, ascending, of a row if it were in order; moves them."""
    least = row.min()
    if np.count_nonzero(row > least) < len(row) - at[-1]:  # all but a few are alike
        return np.full(len(at), least)
    row.partition(at)
    return row[at]


def spread_of(values: Floats, probability: Floats) -> Mapping[str, float]:
    """Return the distribution of one value: mean, spread, ends and quantiles.

    ``worst_tenth`` is the mean of the worst tenth, ``CVaR`` at 0.9.

    Parameters
    ----------
    values, probability : array, shape (W,)
    """
    mean = float(probability @ values)
    order = np.argsort(-values, kind="stable")
    left = np.clip(0.1 - np.cumsum(probability[order]) + probability[order], 0.0, None)
    tail = np.minimum(probability[order], left)
    return {
        "mean": mean,
        "sd": float(np.sqrt(max(0.0, float(probability @ (values - mean) ** 2)))),
        "least": float(values.min()),
        **dict(zip(NAMES, quantiles(values[None].copy(), probability)[0].tolist(), strict=True)),
        "most": float(values.max()),
        "worst_tenth": float(tail @ values[order] / tail.sum()),
    }
