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

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import t as student

from commission_opt.arrays import Floats, Ints
from commission_opt.futures.columns import chunks
from commission_opt.futures.points import sobol_points
from commission_opt.futures.varied import Figures
from commission_opt.uncertainty.audit.audited import Arrays, AuditedPlan, Piece, answered
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


def sample_gap(trial: AuditedPlan) -> Piece[SampleGap | None]:
    """Work out the gap of a plan on fresh samples; None where there are no bounds.

    The trial has its mean future solved.
    """
    if not _has_bounds(trial):
        return answered("gap", None)

    def together(found: Sequence[Arrays]) -> SampleGap:
        gaps = np.array([float(part["saved"].mean()) for part in found])
        spread = float(gaps.std(ddof=1)) / np.sqrt(_SAMPLES)
        half = float(student.ppf(_LEVEL, _SAMPLES - 1)) * spread
        mean = float(gaps.mean())
        return SampleGap(mean, max(0.0, mean + half), _SAMPLES, _SIZE)

    return Piece("gap", [(gap_of, (sample,)) for sample in range(_SAMPLES)], together)


def gap_of(trial: AuditedPlan, sample: int) -> Arrays:
    """Return what the best plan for a fresh sample could save in its draws: a task."""
    dimensions, seed = trial.futures.points.shape[1], trial.futures.seed + _APART
    fresh = trial.at_points(sobol_points(_SIZE, dimensions, seed + sample))
    return {"saved": _saved(fresh, np.zeros(_SIZE, dtype=int))}


def value_of_knowing(trial: AuditedPlan) -> Piece[pd.DataFrame | None]:
    """Estimate what knowing each row better would be worth; None where there are no bounds.

    The trial has its mean future solved.

    Returns
    -------
    piece of pandas.DataFrame
        uncertain, knowing, knowing_conf: by row what a plan for each fifth of what the row does
        could save on average beyond one plan for all, in units of the first objective, and half the
        width of a 95 % interval of the draws.
    """
    if not _has_bounds(trial):
        return answered("knowing", None)

    def together(found: Sequence[Arrays]) -> pd.DataFrame:
        alone, rows = found[0]["saved"], []
        for uncertain, part in zip(trial.futures.uncertainty.rows, found[1:], strict=True):
            group, more = part["group"], part["saved"] - alone
            share = np.bincount(group) / _DRAWS
            variance = float(np.sum(share**2 * _variance_of_mean(more, group)))
            half = float(ndtri(0.5 + _LEVEL / 2)) * np.sqrt(variance)
            rows.append((uncertain.name, float(more.mean()), half))
        return pd.DataFrame(rows, columns=["uncertain", "knowing", "knowing_conf"])

    rows = len(trial.futures.uncertainty.rows)
    return Piece("knowing", [(knowing, (number,)) for number in range(rows + 1)], together)


def knowing(trial: AuditedPlan, number: int) -> Arrays:
    """Return what one plan for all, or plans for fifths of what a row does, could save: a task."""
    futures = trial.futures
    own = futures.row_of_dimension
    fresh = trial.at_points(sobol_points(_DRAWS, len(own), futures.seed + 2 * _APART))
    group = np.zeros(_DRAWS, dtype=int)
    if number:
        values = np.concatenate([fresh.values(which) for which in chunks(_DRAWS)])
        score = _score(fresh.futures.points[:, own == number - 1], values)
        group = np.argsort(np.argsort(score, kind="stable"), kind="stable") * _FIFTHS // _DRAWS
    return {"saved": _saved(fresh, group), "group": group}


def _has_bounds(trial: AuditedPlan) -> bool:
    rows = trial.futures.uncertainty.rows
    return bool(rows and trial.solved and not no_bounds(trial))


def _score(points: Floats, values: Floats) -> Floats:
    """Return what a row does to values, by linear regression on its latent normals."""
    normal = ndtri(points)
    if points.shape[1] > len(points) // 10:  # too many to tell apart: all of them together
        normal = normal.mean(axis=1, keepdims=True)
    centred = normal - normal.mean(axis=0)
    slopes = np.linalg.lstsq(centred, values - values.mean(), rcond=None)[0]
    return np.asarray(centred @ slopes)


def _variance_of_mean(values: Floats, group: Ints) -> Floats:
    """Return the variance of the mean of each group."""
    count = np.bincount(group)
    mean = np.bincount(group, values) / count
    spread = np.bincount(group, (values - mean[group]) ** 2) / np.maximum(count - 1, 1)
    return np.asarray(spread / count)


def _saved(trial: AuditedPlan, group: Ints) -> Floats:
    """Return what the best plan for each group could save in each future, (W,), on average.

    In a single future it is no bound, but its mean over a group is.
    """
    groups, prices = int(group.max()) + 1, trial.multipliers
    x = np.repeat(prices.start[:, None], groups, axis=1)
    best = np.full(groups, -np.inf)
    kept = [np.zeros_like(x), np.ones(groups), np.zeros_like(x)]  # point, scale, end of the box
    for step in range(_STEPS + 1):
        value, slopes, reduced, worth = _means(trial, group, x)
        start = value - np.sum(slopes * x, axis=0)
        bound, scale = best_scale(prices, start, slopes, reduced, worth)
        cost = slopes - scale * reduced
        ends = np.where(cost > 0, prices.lower[:, None], prices.upper[:, None])
        better = bound > best
        best[better] = bound[better]
        for of, new in zip(kept, (x, scale, ends), strict=True):
            of[..., better] = new[..., better]
        x = x + 2.0 / (step + 3.0) * (ends - x)
    return _at_best(trial, group, *kept)


def _means(trial: AuditedPlan, group: Ints, x: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return means by group at a point for each: value, slopes, reduced costs, worth of ends."""
    count = np.bincount(group).astype(float)
    total = [np.zeros(len(count)), np.zeros_like(x), np.zeros_like(x), np.zeros(len(count))]
    for which in chunks(trial.count):
        own = group[which]
        member = (own[:, None] == np.arange(len(count))).astype(float)
        parts = _parts(trial, trial.futures.figures(which), x[:, own])
        for of, part in zip(total, parts, strict=True):
            of += part @ member
    return tuple(of / count for of in total)


def _at_best(trial: AuditedPlan, group: Ints, x: Floats, scale: Floats, ends: Floats) -> Floats:
    """Return what the plan has above each future's share of its group's bound."""
    found = []
    for which in chunks(trial.count):
        own, figures = group[which], trial.futures.figures(which)
        value, slopes, reduced, worth = _parts(trial, figures, x[:, own])
        at, end, s = x[:, own], ends[:, own], scale[own]
        bound = value + np.sum(slopes * (end - at), axis=0)
        bound += s * (worth - np.sum(reduced * end, axis=0))
        found.append(trial.values(which) - bound)
    return np.concatenate(found)


def _parts(
    trial: AuditedPlan, figures: Figures, columns: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    varied = trial.kernel.bought.varied(figures)
    reduced, worth = trial.multipliers.in_futures(varied)
    point = Point.of(trial.kernel, varied, columns)
    value, slopes = point.value_and_slopes()
    count = columns.shape[1]
    wide = np.broadcast_to(reduced, (len(columns), count))
    return value, slopes, wide, np.broadcast_to(worth, (count,))
