"""Where those who join go to work."""

from __future__ import annotations

from commission_opt.arrays import Floats, Ints
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import matches


def spread(instance: Instance, p: Ints, q: Ints) -> tuple[Ints, Ints, Floats]:
    """Pair courses or cohorts with the regions that their graduates go to.

    Parameters
    ----------
    instance : Instance
    p, q : array of int
        Positions of profession and region of each.

    Returns
    -------
    which : array of int
        Positions in ``p`` and ``q``, in order.
    to_q : array of int
        Positions of regions of work.
    share : array
        Shares of those who join.
    """
    table = instance.destinations
    n_regions = len(instance.regions)
    origin = table["p"].to_numpy(int) * n_regions + table["from_q"].to_numpy(int)
    which, found = matches(p * n_regions + q, origin)
    return which, table["to_q"].to_numpy(int)[found], table["share"].to_numpy(float)[found]
