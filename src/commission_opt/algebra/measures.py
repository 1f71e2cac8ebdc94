"""The kinds of measures, a function of the same name each: what a unit does, and when.

Of those in ``RELIEVING`` a unit takes demand away; of all others it has staff at work.
"""

from __future__ import annotations

import math
from typing import Any

import pyomo.environ as pyo

from commission_opt.algebra.data import Data, Measure

RELIEVING = ("reshape",)


def effect(d: Data, measure: Measure, k: int) -> float:
    """Return the FTE that a unit has at work, or takes off demand, k years after its lead."""
    fte: float = globals()[measure.kind](d, measure, k)
    return fte


def of_units(m: Any, d: Data, p: str, q: str, y: int, *, relieving: bool) -> Any:
    """Add up what units bought so far do in a region in a year, for staff or to demand."""
    return pyo.quicksum(
        fte * m.bought[i, t]
        for i, measure in d.measures.items()
        if (measure.profession, measure.region) == (p, q)
        and (measure.kind in RELIEVING) == relieving
        for t in range(d.first_year, y - measure.lead + 1)
        if (fte := effect(d, measure, y - t - measure.lead))
    )


def recruit(d: Data, measure: Measure, k: int) -> float:
    """Recruit staff (``recruit``), who then leave like all who join, or at a rate of their own."""
    if not math.isnan(measure.leaver_rate):
        return measure.fte * (1 - measure.leaver_rate) ** k
    where = measure.profession, measure.region
    early = min(k, d.early_years[where])
    stayed = (1 - d.early_leaver_rate[where]) ** early * (1 - d.leaver_rate[where]) ** (k - early)
    return measure.fte * stayed


def retain(d: Data, measure: Measure, k: int) -> float:
    """Keep staff (``retain``) who would be gone a year later, and then leave like all others."""
    lasts = math.inf if measure.lasts is None else measure.lasts
    if not 1 <= k <= lasts:
        return 0.0
    return measure.fte * (1 - d.leaver_rate[measure.profession, measure.region]) ** (k - 1)


def temporary(_d: Data, measure: Measure, k: int) -> float:
    """Hire staff (``temporary``) for some years, for one if that is not said."""
    return measure.fte if k < (measure.lasts or 1) else 0.0


def reshape(_d: Data, measure: Measure, k: int) -> float:
    """Do work otherwise (``reshape``) for some years, or for good."""
    return measure.fte if measure.lasts is None or k < measure.lasts else 0.0
