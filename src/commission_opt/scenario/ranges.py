"""What a setting makes of figures, and which figures a column may hold."""

from __future__ import annotations

import numpy as np

from commission_opt.arrays import Bools, Floats
from commission_opt.instance.schema import Column
from commission_opt.scenario.scenario import Setting

_LARGEST = 1e15  # as in tables that are read


def new_figures(setting: Setting, old: Floats) -> Floats:
    """Return what a setting makes of figures."""
    if setting.axis.operator == "=":
        return np.full_like(old, setting.value)
    with np.errstate(over="ignore"):  # infinity is out of every range
        return old * setting.value if setting.axis.operator == "*=" else old + setting.value


def ends(column: Column) -> tuple[float, float]:
    """Return the least and the greatest figure that a column may hold."""
    low = -_LARGEST if column.low is None else column.low
    return low, _LARGEST if column.high is None else column.high


def allowed(column: Column, values: Floats, *, fractions: bool = False) -> Bools:
    """Say which values a column may hold; ``fractions`` if whole numbers need not be whole."""
    low, high = ends(column)
    inside = (values >= low) & (values <= high)
    whole = column.kind == "whole" and not fractions
    return inside & (np.floor(values) == values) if whole else inside


def why_not(column: Column, value: float, *, fractions: bool = False) -> str:
    """Say why a column may not hold a value."""
    if column.kind == "whole" and value != np.floor(value) and not fractions:
        return "which is not a whole number"
    if column.low is not None and column.high is not None:
        return f"which is not between {column.low:g} and {column.high:g}"
    return "which is negative" if value < 0 else f"which is more than {_LARGEST:g}"
