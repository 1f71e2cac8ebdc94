"""A value between two limits, and what to do where no decision reaches it."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo
from pyomo.core.expr.numvalue import is_fixed

from commission_opt.errors import InfeasibleError

TOLERANCE = 1e-6  # within which a bound counts as met


def within(rule: str, least: float | None, value: Any, most: float | None) -> Any:
    """Keep a value between two limits; None for no limit.

    Pyomo takes no constraint without a variable, so a value that no decision reaches is judged
    here.
    """
    if least is None and most is None:
        return pyo.Constraint.Skip
    if not is_fixed(value):
        return pyo.inequality(least, value, most)
    fixed = float(pyo.value(value))
    for limit, excess in ((least, (least or 0) - fixed), (most, fixed - (most or 0))):
        if limit is not None and excess > TOLERANCE * max(1.0, abs(limit)):
            raise InfeasibleError(f"whatever the places, {rule} comes to {fixed:g}, not {limit:g}")
    return pyo.Constraint.Skip
