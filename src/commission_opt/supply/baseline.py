"""Supply that no decision of the plan can change: who stays, and where those who join go."""

from __future__ import annotations

import numpy as np

from commission_opt.arrays import Floats, Ints
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import matches
from commission_opt.supply.taken import taken_by_pipeline


def spread(instance: Instance, p: Ints, q: Ints) -> tuple[Ints, Ints, Floats]:
    """Pair courses or cohorts with the regions that their graduates go to.

    Parameters
    ----------
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


def survival(instance: Instance) -> Floats:
    """Return the share of new entrants still in post after k years.

    ``σ(k) = Π_{i=1…k} (1 − λ_i)``, where λ_i is the early leaver rate in the early years
    and the leaver rate after them.

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


def baseline(instance: Instance) -> Floats:
    """Return supply without any new place: staff in post, other joiners and the pipeline.

    Staff who are on course are counted among those in post; so they are taken off.

    Returns
    -------
    array, shape (P, Q, Y)
        FTE in each year, counting that year's joiners and entrants, before its leavers.
    """
    return _in_post_and_joiners(instance) + _pipeline(instance) - taken_by_pipeline(instance)


def _in_post_and_joiners(instance: Instance) -> Floats:
    stays = 1.0 - instance.leaver_rate
    supply = instance.joiners.copy()
    supply[..., 0] += instance.fte
    for year in range(1, instance.horizon):
        supply[..., year] += stays * supply[..., year - 1]
    return supply


def _pipeline(instance: Instance) -> Floats:
    p, q, entry, fte = pipeline_arrivals(instance)
    year = np.arange(instance.horizon)[None, :]
    after = year - entry[:, None]
    stays = survival(instance)[p[:, None], q[:, None], np.maximum(after, 0)]
    supply = np.zeros(instance.shape)
    np.add.at(supply, (p, q), fte[:, None] * stays * (after >= 0))
    return supply


def pipeline_arrivals(instance: Instance) -> tuple[Ints, Ints, Ints, Floats]:
    """Return who enters from cohorts on course within the horizon.

    They are given in students started, so no fill rate applies.

    Returns
    -------
    p, q, year : array of int
        Positions of profession, region of work and year of entry.
    fte : array
        FTE that enter.
    """
    courses, cohorts = instance.courses, instance.pipeline
    own = courses.iloc[cohorts["course"].to_numpy(int)]
    entry = cohorts["start_year"].to_numpy(int) + own["duration_years"].to_numpy(int)
    joining = (
        cohorts["started"].to_numpy(float)
        * own["completion_rate"].to_numpy(float)
        * own["join_rate"].to_numpy(float)
        * own["fte_per_joiner"].to_numpy(float)
    )
    year = entry - instance.first_year
    cohort, to, share = spread(instance, own["p"].to_numpy(int), own["q"].to_numpy(int))
    inside = year[cohort] < instance.horizon
    cohort, to, share = cohort[inside], to[inside], share[inside]
    return own["p"].to_numpy(int)[cohort], to, year[cohort], joining[cohort] * share
