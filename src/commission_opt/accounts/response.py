"""Supply and demand that follow from what is bought: sparse operators of the affine model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from commission_opt.activities import ACTIVITIES
from commission_opt.instance.instance import Instance
from commission_opt.supply.arrivals import Arrivals, together


def response(instance: Instance) -> sparse.csr_array:
    """Return the supply that one place or unit adds, by where and when its staff work.

    Those who arrive with a delay of d years after the start year t are at work in year y with
    ``fte · stays(y − t − d)``.

    Returns
    -------
    scipy.sparse.csr_array, shape (P * Q * Y, L * Y)
        FTE per place or unit; rows at ``instance.cells``, columns at ``instance.starts``.
    """
    kinds = [activity.arrivals for activity in ACTIVITIES.values() if activity.arrivals is not None]
    return operator(instance, [arrivals(instance) for arrivals in kinds])


def relief(instance: Instance) -> sparse.csr_array:
    """Return the demand that one unit takes away, by where and when; as ``response``."""
    kinds = [activity.relief for activity in ACTIVITIES.values() if activity.relief is not None]
    return operator(instance, [relief(instance) for relief in kinds])


def operator(instance: Instance, found: Sequence[Arrivals]) -> sparse.csr_array:
    """Return what arrivals of some kinds add, by where and when; as ``response``."""
    every = together(found)
    start, year = (axis.ravel() for axis in np.indices((instance.horizon, instance.horizon)))
    after = (year - start)[None, :] - every.delay[:, None]
    link, when = np.nonzero(after >= 0)
    value = every.fte[link] * every.stays[link, after[link, when]]
    row = instance.cells.at(every.p[link], every.q[link], year[when])
    column = instance.starts.at(every.line[link], start[when])
    shape = (instance.cells.size, instance.starts.size)
    adds = sparse.csr_array((value, (row, column)), shape=shape)
    adds.eliminate_zeros()
    return adds
