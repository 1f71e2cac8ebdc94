"""Staff deployed to do the work of other professions: what moves where, and how much may.

One FTE of ``by`` that is deployed does the work of ``ratio`` FTE of ``needed`` in the same region
and year, and no longer its own.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.instance.instance import Instance


def moved(instance: Instance) -> sparse.csr_array:
    """Return the service that one FTE deployed adds and takes away.

    Returns
    -------
    scipy.sparse.csr_array, shape (P * Q * Y, S * Y)
        Rows at ``instance.cells``, columns at ``instance.deployments``.
    """
    ratio = np.repeat(instance.substitution["ratio"].to_numpy(float), instance.horizon)
    column = np.arange(len(ratio))
    return sparse.csr_array(
        (
            np.concatenate([ratio, -np.ones(len(ratio))]),
            (
                np.concatenate([cells_of(instance, "n"), cells_of(instance, "b")]),
                np.concatenate([column, column]),
            ),
        ),
        shape=(instance.cells.size, len(ratio)),
    )


def cells_of(instance: Instance, whose: str) -> Ints:
    """Return the cell of each deployment: of those needed (``n``), or of those who do it (``b``).

    Returns
    -------
    array of int, shape (S * Y,)
        Positions in ``instance.cells``, at positions of ``instance.deployments``.
    """
    pairs = instance.substitution
    at = (pairs[name].to_numpy(int)[:, None] for name in (whose, "q"))
    return instance.cells.at(*at, np.arange(instance.horizon)).ravel()


def most_deployed(instance: Instance, base: Floats) -> Floats:
    """Return the most FTE that may be deployed, shape (S, Y).

    ``max_share`` of the demand that ``demand.csv`` has, over the ratio; nobody where there are
    fewer than none.

    Parameters
    ----------
    base : array, shape (P * Q * Y,)
        Supply with nothing bought.
    """
    pairs = instance.substitution
    share, ratio = (pairs[name].to_numpy(float)[:, None] for name in ("max_share", "ratio"))
    demand = instance.demand.ravel()[cells_of(instance, "n")].reshape(instance.deployments.shape)
    there = base[cells_of(instance, "b")].reshape(instance.deployments.shape) >= 0
    return np.where(there, share * demand / ratio, 0.0)


def named_pair(instance: Instance, i: int) -> tuple[str, str, str, int]:
    """Return needed, by, region and year of a position of ``Instance.deployments``."""
    pair, year = divmod(int(i), instance.horizon)
    needed, by, region = (
        instance.substitution[c].to_numpy()[pair] for c in ("needed", "by", "region")
    )
    return needed, by, region, instance.first_year + year
