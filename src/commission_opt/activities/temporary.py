"""Temporary staff: bank, agency, staff on loan.

A unit bought in year t has ``f = fte_per_unit · success_rate`` at work in its region for
``lasts_years`` from year ``a = t + lead_years`` on, one year if that is not said.
"""

from __future__ import annotations

from commission_opt.instance.instance import Instance
from commission_opt.supply.arrivals import Arrivals, lasting, of_kind, of_measures

TITLE = "temporary staff"
UNUSED = ("leaver_rate",)


def arrivals(instance: Instance) -> Arrivals:
    """Return those at work for some years, all of them until the last."""
    which = of_kind(instance, "temporary")
    while_hired = lasting(instance, which, 1)
    return of_measures(instance, which, while_hired)
