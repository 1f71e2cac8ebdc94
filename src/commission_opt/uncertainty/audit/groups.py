"""How much better one plan for several futures at once could be: bounds for groups of draws.

Within a group all futures have the same plan, so that the bound of ``regret`` is that of the mean
of the group: of its first objective, its slopes, and the rules of its futures at their multipliers
(a plan that keeps every rule keeps their mean). Two questions are answered so:

- the gap of the plan on fresh samples: each group is a sample of its own, and the mean over
  samples with its spread gives an interval (Mak, Morton and Wood (1999),
  doi:10.1016/S0167-6377(98)00054-6);
- the value of knowing a row of an uncertainty file better: groups are fifths of what the row does
  to the first objective, by regression (after Strong, Oakley and Brennan (2014),
  doi:10.1177/0272989X13505910). It is the difference of two bounds, and so an estimate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import t as student

from commission_opt.arrays import Floats, Ints
from commission_opt.errors import InfeasibleError, NoPlanError, StoppedError
from commission_opt.futures.columns import chunks
from commission_opt.futures.futures import Futures
from commission_opt.futures.kernel import Kernel
from commission_opt.futures.points import sobol_points
from commission_opt.futures.varied import Figures
from commission_opt.solvers.status import Watch
from commission_opt.uncertainty.audit.audit import Audit, at_points, kernel_of
from commission_opt.uncertainty.audit.prices import Multipliers, multipliers_of
from commission_opt.uncertainty.audit.regret import Point, best_scale, no_bounds

_SAMPLES, _SIZE = 10, 256  # samples of the gap, and draws of each
_DRAWS, _FIFTHS, _STEPS = 1024, 5, 3  # for the value of knowing; steps of Frank and Wolfe
_APART = 2**33  # between the seeds of points
_LEVEL = 0.95


@dataclass(frozen=True)
class SampleGap:
    """How far the plan is from the best for all futures, in units of the first objective.

    Parameters
    ----------
    mean : float
        Over samples, an upper bound.
    upper : float
        Upper end of the one-sided interval with 95 % confidence.
    samples, draws : int
        How many samples, and draws in each.
    """

    mean: float
    upper: float
    samples: int
    draws: int


def sample_gap(audit: Audit, watch: Watch) -> SampleGap | None:
    """Return the gap of a plan on fresh samples; None where there are no bounds.

    Raises
    ------
    StoppedError
        If the watch was stopped.
    """
    found = _ready(audit, watch)
    if found is None:
        return None
    kernel, prices = found
    dimensions, seed = audit.futures.points.shape[1], audit.futures.seed + _APART
    points = [sobol_points(_SIZE, dimensions, seed + k) for k in range(_SAMPLES)]
    fresh = at_points(audit.futures, np.vstack(points))
    group = np.repeat(np.arange(_SAMPLES), _SIZE)
    gaps = _by_group(_saved(kernel, prices, fresh, group, watch), group)[0]
    half = float(student.ppf(_LEVEL, _SAMPLES - 1)) * float(gaps.std(ddof=1)) / np.sqrt(_SAMPLES)
    return SampleGap(float(gaps.mean()), max(0.0, float(gaps.mean()) + half), _SAMPLES, _SIZE)


def value_of_knowing(audit: Audit, watch: Watch) -> pd.DataFrame | None:
    """Estimate what knowing each row better would be worth; None where there are no bounds.

    Returns
    -------
    pandas.DataFrame
        uncertain, knowing, knowing_conf: by row what a plan for each fifth of what the row does
        could save on average beyond one plan for all, in units of the first objective, and half the
        width of a 95 % interval of the draws.

    Raises
    ------
    StoppedError
        If the watch was stopped.
    """
    found = _ready(audit, watch)
    if found is None:
        return None
    kernel, prices = found
    futures = audit.futures
    dimensions = futures.points.shape[1]
    fresh = at_points(futures, sobol_points(_DRAWS, dimensions, futures.seed + 2 * _APART))
    values = _values(kernel, fresh)
    alone = _saved(kernel, prices, fresh, np.zeros(_DRAWS, dtype=int), watch)
    rows = []
    for row, uncertain in enumerate(futures.uncertainty.rows):
        score = _score(fresh.points[:, futures.row_of_dimension == row], values)
        group = np.argsort(np.argsort(score, kind="stable"), kind="stable") * _FIFTHS // _DRAWS
        more = _saved(kernel, prices, fresh, group, watch) - alone
        share = np.bincount(group) / _DRAWS
        variance = float(np.sum(share**2 * _by_group(more, group)[1]))
        half = float(ndtri(0.5 + _LEVEL / 2)) * np.sqrt(variance)
        rows.append((uncertain.name, float(more.mean()), half))
    return pd.DataFrame(rows, columns=["uncertain", "knowing", "knowing_conf"])


def _ready(audit: Audit, watch: Watch) -> tuple[Kernel, Multipliers] | None:
    if no_bounds(audit) or not audit.futures.uncertainty.rows:
        return None
    kernel = kernel_of(audit.plan)
    try:
        return kernel, multipliers_of(kernel, audit.futures.mean(), watch)
    except (InfeasibleError, NoPlanError):
        return None


def _values(kernel: Kernel, futures: Futures) -> Floats:
    first = kernel.problem.policy.objectives[0].minimise
    parts = [
        kernel.values(first, kernel.many(kernel.bought.varied(futures.figures(which))))
        for which in chunks(len(futures.names))
    ]
    return np.concatenate(parts)


def _score(points: Floats, values: Floats) -> Floats:
    """Return what a row does to values, by linear regression on its latent normals."""
    normal = ndtri(points)
    if points.shape[1] > len(points) // 10:  # too many to tell apart: all of them together
        normal = normal.mean(axis=1, keepdims=True)
    centred = normal - normal.mean(axis=0)
    slopes = np.linalg.lstsq(centred, values - values.mean(), rcond=None)[0]
    return np.asarray(centred @ slopes)


def _by_group(saved: Floats, group: Ints) -> tuple[Floats, Floats]:
    """Return the mean of each group, and the variance of that mean."""
    count = np.bincount(group)
    mean = np.bincount(group, saved) / count
    spread = np.bincount(group, (saved - mean[group]) ** 2) / np.maximum(count - 1, 1)
    return mean, spread / count


def _saved(
    kernel: Kernel, prices: Multipliers, futures: Futures, group: Ints, watch: Watch
) -> Floats:
    """Return what the best plan for each group could save in each future, (W,), on average.

    In a single future it is no bound, but its mean over a group is.
    """
    groups = int(group.max()) + 1
    x = np.repeat(prices.start[:, None], groups, axis=1)
    best = np.full(groups, -np.inf)
    kept = [np.zeros_like(x), np.ones(groups), np.zeros_like(x)]  # point, scale, end of the box
    for step in range(_STEPS + 1):
        value, slopes, reduced, worth = _means(kernel, prices, futures, group, x, watch)
        bound, scale = best_scale(prices, value, slopes, x, reduced, worth)
        cost = slopes - scale * reduced
        ends = np.where(cost > 0, prices.lower[:, None], prices.upper[:, None])
        better = bound > best
        best[better] = bound[better]
        for of, new in zip(kept, (x, scale, ends), strict=True):
            of[..., better] = new[..., better]
        x = x + 2.0 / (step + 3.0) * (ends - x)
    return _at_best(kernel, prices, futures, group, *kept)


def _means(
    kernel: Kernel, prices: Multipliers, futures: Futures, group: Ints, x: Floats, watch: Watch
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return means by group at a point for each: value, slopes, reduced costs, worth of ends."""
    count = np.bincount(group).astype(float)
    total = [np.zeros(len(count)), np.zeros_like(x), np.zeros_like(x), np.zeros(len(count))]
    for which in chunks(len(futures.names)):
        if watch.stopped:
            raise StoppedError("stopped; nothing was written")
        own = group[which]
        member = (own[:, None] == np.arange(len(count))).astype(float)
        parts = _parts(kernel, prices, futures.figures(which), x[:, own])
        for of, part in zip(total, parts, strict=True):
            of += part @ member
    return tuple(of / count for of in total)


def _at_best(
    kernel: Kernel, prices: Multipliers, futures: Futures, group: Ints, x: Floats, scale: Floats,
    ends: Floats,
) -> Floats:  # fmt: skip
    """Return what the plan has above each future's share of its group's bound."""
    found = []
    first = kernel.problem.policy.objectives[0].minimise
    for which in chunks(len(futures.names)):
        own, figures = group[which], futures.figures(which)
        here = kernel.values(first, kernel.many(kernel.bought.varied(figures)))
        value, slopes, reduced, worth = _parts(kernel, prices, figures, x[:, own])
        at, end, s = x[:, own], ends[:, own], scale[own]
        bound = value + np.sum(slopes * (end - at), axis=0)
        bound += s * (worth - np.sum(reduced * end, axis=0))
        found.append(here - bound)
    return np.concatenate(found)


def _parts(
    kernel: Kernel, prices: Multipliers, figures: Figures, columns: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    varied = kernel.bought.varied(figures)
    reduced, worth = prices.in_futures(varied)
    point = Point.of(kernel, varied, columns)
    value, slopes = point.value_and_slopes()
    count = columns.shape[1]
    wide = np.broadcast_to(reduced, (len(columns), count))
    return value, slopes, wide, np.broadcast_to(worth, (count,))
