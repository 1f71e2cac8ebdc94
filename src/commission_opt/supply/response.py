"""Supply that follows from places: the sparse operator of the affine model."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from commission_opt.instance.instance import Instance
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
        FTE per place; rows at (p * Q + q) * Y + y, columns at c * Y + t, where t counts start
        years from the first.
    """
    courses = instance.courses.reset_index(drop=True)
    n_professions, n_regions, horizon = instance.shape
    per_place = (
        courses["fill_rate"]
        * courses["completion_rate"]
        * courses["join_rate"]
        * courses["fte_per_joiner"]
    )
    keyed = courses[["p", "q", "duration_years"]].assign(c=courses.index, fte=per_place)
    spread = keyed.merge(instance.destinations, left_on=["p", "q"], right_on=["p", "from_q"])
    fte = (spread["fte"] * spread["share"]).to_numpy(float)
    spread, fte = spread[fte > 0], fte[fte > 0]
    p, to = spread["p"].to_numpy(int), spread["to_q"].to_numpy(int)
    stays = survival(instance)[p, to]

    start, year = (axis.ravel() for axis in np.indices((horizon, horizon)))
    after = (year - start)[None, :] - spread["duration_years"].to_numpy(int)[:, None]
    link, when = np.nonzero(after >= 0)
    value = fte[link] * stays[link, after[link, when]]
    row = (p * n_regions + to)[link] * horizon + year[when]
    column = spread["c"].to_numpy(int)[link] * horizon + start[when]
    shape = (n_professions * n_regions * horizon, len(courses) * horizon)
    operator = sparse.csr_array((value, (row, column)), shape=shape)
    operator.eliminate_zeros()
    return operator
