"""Supply that follows from places: the sparse operator of the affine model."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from commission_opt.instance.instance import Instance
from commission_opt.supply.destinations import spread
from commission_opt.supply.survival import survival


def response(instance: Instance) -> sparse.csr_array:
    """Return the supply that one place adds, by where and when its graduate works.

    ``entrants[c,t → q] = fill · completion · join · fte_per_joiner · share[p(c), r(c) → q]``
    arrive in year t + d and stay with σ(y − t − d).

    Parameters
    ----------
    instance : Instance

    Returns
    -------
    scipy.sparse.csr_array, shape (P * Q * Y, C * Y)
        FTE per place; rows at ``instance.cells``, columns at ``instance.starts``.
    """
    rates = ("fill_rate", "completion_rate", "join_rate", "fte_per_joiner")
    fill, completion, join, fte_per_joiner = (
        instance.courses[rate].to_numpy(float) for rate in rates
    )
    p, q, duration = (instance.courses[name].to_numpy(int) for name in ("p", "q", "duration_years"))
    c, to, share = spread(instance, p, q)
    fte = (fill * completion * join * fte_per_joiner)[c] * share
    c, to, fte = c[fte > 0], to[fte > 0], fte[fte > 0]
    stays = survival(instance)[p[c], to]

    start, year = (axis.ravel() for axis in np.indices((instance.horizon, instance.horizon)))
    after = (year - start)[None, :] - duration[c, None]
    link, when = np.nonzero(after >= 0)
    value = fte[link] * stays[link, after[link, when]]
    row = instance.cells.at(p[c][link], to[link], year[when])
    column = instance.starts.at(c[link], start[when])
    shape = (instance.cells.size, instance.starts.size)
    operator = sparse.csr_array((value, (row, column)), shape=shape)
    operator.eliminate_zeros()
    return operator
