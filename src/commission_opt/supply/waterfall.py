"""Where supply comes from, year by year: what was there, who left and who came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance
from commission_opt.supply.baseline import pipeline_arrivals
from commission_opt.supply.taken import taken_by_pipeline

_ROUNDING = 1e-9  # FTE


@dataclass(frozen=True)
class Waterfall:
    """Supply taken apart; FTE, arrays of shape (P, Q, Y).

    ``supply = brought_forward − leavers − taken + joiners + pipeline + commissioned + continued``.

    Parameters
    ----------
    brought_forward : array
        Supply of the year before; in the first year those in post at its start.
    leavers : array
        Those of them who left before this year's count; none in the first year.
    taken : array
        Those whom courses take from work, less those who come back; of the pipeline too.
    joiners : array
        Joiners by other routes, negative where more go.
    pipeline, commissioned, continued : array
        Graduates who enter: of cohorts on course before the plan, of the places commissioned,
        and of the places of later years.
    """

    brought_forward: Floats
    leavers: Floats
    taken: Floats
    joiners: Floats
    pipeline: Floats
    commissioned: Floats
    continued: Floats

    @property
    def supply(self) -> Floats:
        """Supply of each year, FTE."""
        came = self.joiners + self.pipeline + self.commissioned + self.continued
        return self.brought_forward - self.leavers - self.taken + came


def waterfall(
    instance: Instance,
    response: sparse.csr_array,
    supply: Floats,
    commissioned: Floats,
    continued: Floats,
) -> Waterfall:
    """Take supply apart.

    Parameters
    ----------
    response : scipy.sparse.csr_array, shape (P * Q * Y, L * Y)
        Supply that one place or unit adds.
    supply : array, shape (P, Q, Y)
        FTE with these places.
    commissioned, continued : array, shape (L * Y,)
        Places and units by line and start year, at positions of ``instance.starts``.

    Returns
    -------
    Waterfall
        Leavers follow from the rest, so that every year adds up.
    """
    entering = _entry(instance, response)
    new, later = (
        (entering @ places).reshape(instance.shape) for places in (commissioned, continued)
    )
    pipeline = np.zeros(instance.shape)
    p, q, year, fte = pipeline_arrivals(instance)
    np.add.at(pipeline, (p, q, year), fte)
    before = np.concatenate([instance.fte[..., None], supply[..., :-1]], axis=2)
    taken = _taken(instance, response, commissioned + continued)
    leavers = before - taken + instance.joiners + pipeline + new + later - supply
    return Waterfall(before, leavers, taken, instance.joiners, pipeline, new, later)


def _taken(instance: Instance, response: sparse.csr_array, started: Floats) -> Floats:
    """Return who goes on course in a year, less who comes back, of those who would not leave."""
    away = taken_by_pipeline(instance) - (response.minimum(0) @ started).reshape(instance.shape)
    taken = away.copy()
    taken[..., 1:] -= (1.0 - instance.leaver_rate[..., None]) * away[..., :-1]
    return np.where(np.abs(taken) < _ROUNDING, 0.0, taken)


def _entry(instance: Instance, response: sparse.csr_array) -> sparse.csr_array:
    """Keep of what a place adds the year in which its graduate enters."""
    flat = response.tocoo()
    starts = instance.starts
    line, start = starts.of("line", flat.col), starts.of("year", flat.col)
    delay = instance.lines["delay_years"].to_numpy()[line]
    enters = (instance.cells.of("year", flat.row) == start + delay) & (flat.data > 0)
    where = (flat.row[enters], flat.col[enters])
    return sparse.csr_array((flat.data[enters], where), shape=response.shape)
