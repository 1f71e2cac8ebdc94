"""Supply that no decision of the plan can change."""

from __future__ import annotations

import numpy as np

from commission_opt.arrays import Floats, Ints
from commission_opt.instance.instance import Instance
from commission_opt.supply.destinations import spread
from commission_opt.supply.survival import survival
from commission_opt.supply.taken import taken_by_pipeline


def baseline(instance: Instance) -> Floats:
    """Return supply without any new place: staff in post, other joiners and the pipeline.

    Staff who are on course are counted among those in post; so they are taken off.

    Parameters
    ----------
    instance : Instance

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
