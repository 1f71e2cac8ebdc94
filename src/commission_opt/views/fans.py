"""How staff needed, staff in post and the shortfall are spread over the futures of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from commission_opt.accounts.outcome import Outcome
from commission_opt.allocation.futures_tables import quantiles
from commission_opt.arrays import Floats
from commission_opt.formulation.goals import outcomes, probabilities
from commission_opt.formulation.problem import Planning

SPREAD = ("demand", "supply", "shortfall")


@dataclass(frozen=True, eq=False)
class Fans:
    """Quantiles at 5, 25, 50, 75 and 95 % of sums over regions.

    P professions, Y years of the horizon.

    Parameters
    ----------
    together : mapping of str to array, shape (Y, 5)
        Demand, supply and shortfall, FTE, of all professions.
    professions : mapping of str to array, shape (P, Y, 5)
        The same of each.
    """

    together: Mapping[str, Floats]
    professions: Mapping[str, Floats]


def fans(problem: Planning, result: Outcome) -> Fans:
    """Return how a plan for W futures fares by year; sums are taken in each future first."""
    p, shape = probabilities(problem), problem.instance.shape
    own = {name: _cells(problem, result, name).reshape(-1, *shape).sum(axis=2) for name in SPREAD}
    return Fans(
        {name: _quantiles(values.sum(axis=1), p) for name, values in own.items()},
        {name: _quantiles(values, p) for name, values in own.items()},
    )


def _cells(problem: Planning, result: Outcome, name: str) -> Floats:
    """Return a grid in each future, shape (W, cells)."""
    if problem.drawn is not None:
        return problem.drawn.cells(name, result.amounts)
    found = outcomes(problem, result)
    return np.stack([np.asarray(getattr(each, name)).ravel() for each in found])


def _quantiles(values: Floats, p: Floats) -> Floats:
    """Return quantiles over the first axis as a last one."""
    flat = values.reshape(len(values), -1)
    found = np.stack(list(quantiles(flat, p)), axis=-1)
    return found.reshape(*values.shape[1:], -1)
