"""Recruitment, from abroad or back into practice.

A unit bought in year t brings ``f = fte_per_unit · success_rate`` to its region in year
``a = t + lead_years``. They stay like all who join, ``f · σ(y − a)``, or with a leaver rate λ of
their own, ``f · (1 − λ)^(y − a)``.
"""

from __future__ import annotations

import numpy as np

from commission_opt.instance.instance import Instance
from commission_opt.supply import survival
from commission_opt.supply.arrivals import Arrivals, of_kind, of_measures

TITLE = "recruitment"
UNUSED = ("lasts_years",)


def arrivals(instance: Instance) -> Arrivals:
    """Return those recruited, who work where the measure is."""
    which = of_kind(instance, "recruit")
    table = instance.measures.iloc[which]
    usual = survival(instance)[table["p"].to_numpy(int), table["q"].to_numpy(int)]
    leave = table["leaver_rate"].to_numpy(float)[:, None]
    own = (1.0 - leave) ** np.arange(instance.horizon)
    return of_measures(instance, which, np.where(np.isnan(leave), usual, own))
