"""The figures that a sweep keeps of every plan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.allocation.allocate import Allocation
from commission_opt.certificate import Proof
from commission_opt.formulation.rules.budgets import UNIT
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import still_on_course
from commission_opt.linear_program import Floats
from commission_opt.outcome import Outcome

BUDGETS = "budgets"
_MILLION = 1e6  # £


def measures(allocation: Allocation) -> dict[str, float]:
    """Return the figures of a plan.

    Parameters
    ----------
    allocation : Allocation

    Returns
    -------
    dict of str to float
        ``objective``, ``bound`` and ``gap`` of the first stage, ``objective:AIM`` of every stage;
        ``achieved`` where it is known; ``shortfall``, FTE-years over the horizon, also
        ``:group:G``, ``:region:R`` and ``:year:Y``; ``spend``, £ of new and continued places over
        the horizon, also ``:fund:F``; ``places`` commissioned, also ``:group:G`` and ``:region:R``;
        for a relaxation, ``price:budget:FUND:REGION:YEAR``, units of the first objective that £1m
        more of a budget row would save.
    """
    certificate = allocation.certificate
    found = {
        "objective": certificate.objective,
        "bound": certificate.bound,
        "gap": certificate.gap,
    }
    found |= {f"objective:{stage.minimise}": stage.final for stage in certificate.stages}
    if certificate.achieved is not None:
        found["achieved"] = certificate.achieved
    found |= _shortfall(allocation) | _spend(allocation) | _places(allocation)
    if not allocation.policy.integer:
        found |= _prices(allocation.proofs[0])
    return found


def _shortfall(allocation: Allocation) -> dict[str, float]:
    instance, missing = allocation.instance, allocation.outcome.shortfall
    found = {"shortfall": float(missing.sum())}
    found |= _by("shortfall:group", instance.professions["group"], missing.sum(axis=(1, 2)))
    found |= _by("shortfall:region", instance.regions["region"], missing.sum(axis=(0, 2)))
    years = pd.Series([str(year) for year in instance.years])
    return found | _by("shortfall:year", years, missing.sum(axis=(0, 1)))


def _spend(allocation: Allocation) -> dict[str, float]:
    spent = charged(allocation.instance, allocation.outcome)
    return {"spend": float(spent.sum())} | _by(
        "spend:fund", allocation.instance.costs["code"], spent
    )


def charged(instance: Instance, result: Outcome) -> Floats:
    """Charge every start within the horizon, new or continued, whatever budgets there are.

    Returns
    -------
    array, one for each row of ``instance.costs``
        £, undiscounted.
    """
    courses, rates, horizon = instance.courses, instance.costs, instance.horizon
    course, study_year = rates["course"].to_numpy(int), rates["study_year"].to_numpy(int)
    started = result.started.reshape(len(courses), horizon)
    starts = np.cumsum(np.pad(started, ((0, 0), (1, 0))), axis=1)
    in_time = starts[course, np.maximum(horizon - study_year + 1, 0)]
    there = still_on_course(
        courses["completion_rate"].to_numpy(float)[course],
        courses["duration_years"].to_numpy()[course],
        study_year,
    )
    filled = courses["fill_rate"].to_numpy(float)[course]
    spent: Floats = rates["rate"].to_numpy(float) * filled * there * in_time
    return spent


def _places(allocation: Allocation) -> dict[str, float]:
    instance, places = allocation.instance, allocation.places.sum(axis=1)
    group = instance.professions["group"].to_numpy()[instance.courses["p"].to_numpy()]
    found = {"places": float(places.sum())} | _by("places:group", pd.Series(group), places)
    return found | _by("places:region", instance.courses["region"], places)


def _by(name: str, codes: pd.Series, values: Floats) -> dict[str, float]:
    """Add up values by code."""
    kinds, position = np.unique(codes.to_numpy(str), return_inverse=True)
    sums = np.bincount(position, values, len(kinds))
    return {f"{name}:{kind}": float(total) for kind, total in zip(kinds, sums, strict=True)}


def _prices(proof: Proof) -> dict[str, float]:
    formulation = proof.formulation
    if BUDGETS not in formulation.program.rows:
        return {}
    worth = -proof.multipliers[formulation.program.rows[BUDGETS]] * formulation.aim.scale
    rows = formulation.problem.instance.budgets
    names = zip(rows["fund"], rows["region"], rows["year"], strict=True)
    return {
        f"price:budget:{fund}:{region}:{year}": float(value) * _MILLION / UNIT
        for (fund, region, year), value in zip(names, worth, strict=True)
    }
