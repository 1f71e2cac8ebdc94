"""Parts of a whole: weights, whole numbers, rounding."""

from __future__ import annotations

import math
from collections.abc import Mapping

Split = dict[str, float]


def normalise(weights: Mapping[str, float]) -> Split:
    """Scale weights so that they sum to one."""
    total = sum(weights.values())
    return {key: value / total for key, value in weights.items()}


def apportion(total: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Share out whole numbers by largest remainder.

    Parameters
    ----------
    total
        What is shared out.
    weights
        Weights by key; they need not sum to one.

    Returns
    -------
    dict
        Whole numbers by key that sum to the total; ties go to the first key.
    """
    exact = {key: total * share for key, share in normalise(weights).items()}
    parts = {key: math.floor(value) for key, value in exact.items()}
    order = sorted(exact, key=lambda key: (parts[key] - exact[key], key))
    for key in order[: total - sum(parts.values())]:
        parts[key] += 1
    return parts


def floor_tenth(value: float) -> float:
    """Round down to one decimal, so that parts never exceed a published total."""
    return math.floor(value * 10 + 1e-6) / 10
