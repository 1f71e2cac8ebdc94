"""Work done otherwise, so that fewer staff are needed.

A unit bought in year t takes ``f = fte_per_unit · success_rate`` of the demand of its profession
and region away from year ``a = t + lead_years`` on, for ``lasts_years`` or to the end of the
horizon. The rule ``reshaping`` takes no more away than there is.
"""

from __future__ import annotations

from commission_opt.instance.instance import Instance
from commission_opt.supply.arrivals import Arrivals, lasting, of_kind, of_measures

TITLE = "work done otherwise"
UNUSED = ("leaver_rate",)


def relief(instance: Instance) -> Arrivals:
    """Return the FTE that are no longer needed."""
    which = of_kind(instance, "reshape")
    return of_measures(instance, which, lasting(instance, which))
