"""How those who come stay, by the yearly recursion, for many futures at once.

Arrays have the shape (P * Q, Y, W), futures last; any axis of W may be 1. With λ the leaver rate, ε
the early one, which holds for E years, and n those who enter, staff are ``early + later`` with

    early[y] = (1 − ε) early[y − 1] + n[y] − (1 − ε)^E n[y − E]
    later[y] = (1 − λ) later[y − 1] + (1 − ε)^E n[y − E] + joiners[y]

which is ``Σ_s n[s] σ(y − s)`` with σ of ``supply.survival``, in as many steps as there are years.
"""

from __future__ import annotations

import numpy as np

from commission_opt.arrays import Floats, Ints


def stayed(entering: Floats, joiners: Floats, early: Floats, late: Floats, years: Ints) -> Floats:
    """Return the staff of each year.

    Parameters
    ----------
    entering : array, shape (P * Q, Y, W)
        FTE who enter and leave at the early rate first.
    joiners : array, shape (P * Q, Y, W)
        FTE who leave at the later rate from the start; those in post in the first year.
    early, late : array, shape (P * Q, W)
        Shares that leave in a year.
    years : array of int, shape (P * Q,)
        Years for which the early rate holds.
    """
    usual = np.broadcast_shapes(entering.shape, early[:, None].shape, late[:, None].shape)
    width = np.broadcast_shapes(usual, joiners.shape)
    if usual[2] < width[2]:  # joiners alone differ
        found = _joined(joiners, late)
        found += stayed(entering, np.zeros((1, width[1], 1)), early, late, years)
        return found
    staff, kept = np.empty(width), (1.0 - early) ** years[:, None]
    fresh = np.zeros((width[0], width[2]))
    later = np.zeros((width[0], width[2]))
    stay_early, stay_late = 1.0 - early, 1.0 - late
    for y in range(width[1]):
        matured = _at(entering, y - years) * kept
        fresh *= stay_early
        fresh += entering[:, y] - matured
        later *= stay_late
        later += matured + joiners[:, y]
        np.add(fresh, later, out=staff[:, y])
    return staff


def _joined(joiners: Floats, late: Floats) -> Floats:
    """Return the staff of joiners alone, of full width."""
    staff = joiners.copy()
    for y in range(1, staff.shape[1]):
        staff[:, y] += staff[:, y - 1] * (1.0 - late)
    return staff


def worth_of_entering(value: Floats, early: Floats, late: Floats, years: Ints) -> Floats:
    """Return the adjoint of ``stayed``: what one who enters is worth, ``Σ_y σ(y − s) value[y]``.

    Parameters
    ----------
    value : array, shape (P * Q, Y, W)
        What one FTE of staff in each year is worth.
    early, late, years
        As of ``stayed``.
    """
    width = np.broadcast_shapes(value.shape, early[:, None].shape, late[:, None].shape)
    worth, gained, kept = np.empty(width), np.empty(width), (1.0 - early) ** years[:, None]
    fresh, later = np.zeros((width[0], width[2])), np.zeros((width[0], width[2]))
    stay_early, stay_late = 1.0 - early, 1.0 - late
    for y in reversed(range(width[1])):
        fresh *= stay_early
        fresh += value[:, y]
        later *= stay_late
        later += value[:, y]
        np.subtract(later, fresh, out=gained[:, y])
        np.multiply(_at(gained, y + years), kept, out=worth[:, y])
        worth[:, y] += fresh
    return worth


def _at(values: Floats, years: Ints) -> Floats:
    """Return each row at a year of its own, shape (P * Q, W); 0 outside the horizon."""
    horizon = values.shape[1]
    first = int(years[0]) if len(years) else 0
    if (years == first).all():
        return values[:, first] if 0 <= first < horizon else np.zeros((1, 1))
    found = values[np.arange(len(years)), np.clip(years, 0, horizon - 1)]
    found[(years < 0) | (years >= horizon)] = 0.0
    return found


def convolved(started: Floats, stays: Floats, delay: int) -> Floats:
    """Return ``Σ_t started[t] · stays[y − t − delay]`` of one line, shape (Y, W).

    Parameters
    ----------
    started, stays : array, shape (Y, W)
        What starts in each year; the FTE of one, k years after it arrives.
    delay : int
    """
    horizon = len(started)
    found = np.zeros(np.broadcast_shapes(started.shape, stays.shape))
    for k in range(horizon - delay):
        found[delay + k :] += started[: horizon - delay - k] * stays[k]
    return found


def correlated(value: Floats, stays: Floats, delay: int) -> Floats:
    """Return ``Σ_y value[y] · stays[y − t − delay]``, shape (Y, W): adjoint of ``convolved``."""
    horizon = len(value)
    found = np.zeros(np.broadcast_shapes(value.shape, stays.shape))
    for k in range(horizon - delay):
        found[: horizon - delay - k] += value[delay + k :] * stays[k]
    return found
