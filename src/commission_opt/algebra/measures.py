"""The kinds of measures, a function of the same name each: whom a unit keeps at work, and when."""

from __future__ import annotations

import math

from commission_opt.algebra.data import Data, Measure


def brought(d: Data, measure: Measure, k: int) -> float:
    """Return the FTE that a unit has at work in its region k years after its lead."""
    at_work: float = globals()[measure.kind](d, measure, k)
    return at_work


def recruit(d: Data, measure: Measure, k: int) -> float:
    """Recruit staff (``recruit``), who then leave like all who join, or at a rate of their own."""
    if not math.isnan(measure.leaver_rate):
        return measure.fte * (1 - measure.leaver_rate) ** k
    where = measure.profession, measure.region
    early = min(k, d.early_years[where])
    stayed = (1 - d.early_leaver_rate[where]) ** early * (1 - d.leaver_rate[where]) ** (k - early)
    return measure.fte * stayed
