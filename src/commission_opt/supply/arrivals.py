"""Who comes to work, or which work goes away, because of what is bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from commission_opt.arrays import Floats, Ints
from commission_opt.instance.instance import Instance


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Staff that a place or unit brings, or work that it takes away, each entry in one region.

    Parameters
    ----------
    line : array of int, shape (n,)
        Position in ``Instance.lines`` of what is bought.
    p, q : array of int, shape (n,)
        Positions of profession and region of work.
    delay : array of int, shape (n,)
        Years from buying to the first year.
    fte : array, shape (n,)
        FTE of that year.
    stays : array, shape (n, Y)
        Share of them still there k years later.
    """

    line: Ints
    p: Ints
    q: Ints
    delay: Ints
    fte: Floats
    stays: Floats


def together(parts: Sequence[Arrivals]) -> Arrivals:
    """Return all entries of some."""
    return Arrivals(*(np.concatenate([vars(a)[name] for a in parts]) for name in vars(parts[0])))


def of_kind(instance: Instance, kind: str) -> Ints:
    """Return the positions in ``Instance.measures`` of those of a kind."""
    return np.flatnonzero(instance.measures["kind"].to_numpy() == kind)


def of_measures(instance: Instance, which: Ints, stays: Floats) -> Arrivals:
    """Return what measures bring to their own regions, ``fte_per_unit · success_rate`` each.

    Parameters
    ----------
    which : array of int, shape (n,)
        Positions in ``Instance.measures``.
    stays : array, shape (n, Y)
        Share of the FTE there k years after ``lead_years``.
    """
    table = instance.measures.iloc[which]
    p, q, delay = (table[name].to_numpy(int) for name in ("p", "q", "lead_years"))
    fte = table["fte_per_unit"].to_numpy(float) * table["success_rate"].to_numpy(float)
    return Arrivals(len(instance.courses) + which, p, q, delay, fte, stays)


def lasting(instance: Instance, which: Ints, usual: int | None = None) -> Floats:
    """Return 1 for each year for which a unit lasts, then 0, shape (n, Y).

    Parameters
    ----------
    which : array of int, shape (n,)
        Positions in ``Instance.measures``.
    usual : int, optional
        Years for which it lasts if ``lasts_years`` does not say so; the whole horizon if not given.
    """
    years = instance.measures["lasts_years"].to_numpy(float)[which]
    years = np.where(np.isnan(years), usual or instance.horizon, years)
    return (np.arange(instance.horizon) < years[:, None]).astype(float)
