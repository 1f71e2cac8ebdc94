"""Retention: fewer of those in post leave.

Of a unit bought in year t, ``f = fte_per_unit · success_rate`` would have left in year
``a = t + lead_years`` and are still there a year later, after which they leave like all others:
``f · (1 − λ)^(y − a − 1)`` for ``y ≥ a + 1``, with ``lasts_years`` L only while ``y ≤ a + L``. The
rule ``retention`` keeps nobody who would not have left.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from commission_opt.instance.instance import Instance
from commission_opt.supply.arrivals import Arrivals, lasting, of_kind, of_measures

TITLE = "keeping staff"
UNUSED = ("leaver_rate",)


def arrivals(instance: Instance) -> Arrivals:
    """Return those who stay, from the year on in which they would have been gone."""
    which = of_kind(instance, "retain")
    table = instance.measures.iloc[which]
    leave = instance.leaver_rate[table["p"].to_numpy(int), table["q"].to_numpy(int)][:, None]
    still = (1.0 - leave) ** np.arange(instance.horizon) * lasting(instance, which)
    kept = of_measures(instance, which, still)
    return replace(kept, delay=kept.delay + 1)
