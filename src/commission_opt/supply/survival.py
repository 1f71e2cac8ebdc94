"""How long those who join stay in post."""

from __future__ import annotations

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance


def survival(instance: Instance) -> Floats:
    """Return the share of new entrants still in post after k years.

    ``σ(k) = Π_{i=1…k} (1 − λ_i)``, where λ_i is the early leaver rate in the early years
    and the leaver rate after them.

    Parameters
    ----------
    instance : Instance

    Returns
    -------
    array, shape (P, Q, Y)
        σ(k) by profession, region of work and k = 0 … Y − 1.
    """
    year_in_post = np.arange(1, instance.horizon)
    early = year_in_post <= instance.early_years[..., None]
    leaving = np.where(
        early, instance.early_leaver_rate[..., None], instance.leaver_rate[..., None]
    )
    shares = np.ones((*instance.fte.shape, instance.horizon))
    np.cumprod(1.0 - leaving, axis=-1, out=shares[..., 1:])
    return shares
