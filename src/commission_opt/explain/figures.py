"""Figures as a commissioner reads them."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Any

import pandas as pd

from commission_opt.views import words

_NOTHING = "–"


def text(value: Any) -> str:
    """Show words or a code as they are."""
    return _NOTHING if _missing(value) else str(value)


def year(value: Any) -> str:
    """Show a financial year by the calendar year in which it starts."""
    return _NOTHING if _missing(value) else f"{int(value)}"


def fte(value: Any) -> str:
    """Show FTE or FTE-years with as many decimals as matter."""
    return _signless(value, lambda v: f"{v:,.{_decimals(v)}f}")


def at_most(value: Any) -> str:
    """Show what nothing can exceed: as ``signed_fte``, never rounded down."""
    return _bound(value, ROUND_CEILING)


def at_least(value: Any) -> str:
    """Show what nothing can fall short of: as ``signed_fte``, never rounded up."""
    return _bound(value, ROUND_FLOOR)


def _bound(value: Any, how: str) -> str:
    if _missing(value) or not math.isfinite(value):
        return signed_fte(value)
    shown = words.rounded(float(value), _decimals(value), how).replace("−", "-")
    return f"+{shown}" if value > 0 and any(digit in shown for digit in "123456789") else shown


def places(value: Any) -> str:
    """Show places; fractions only where there are any."""
    return _signless(value, lambda v: f"{v:,.0f}" if abs(v - round(v)) < 5e-3 else f"{v:,.2f}")


def signed_places(value: Any) -> str:
    """Show a change in places with its sign."""
    return _NOTHING if _missing(value) else f"{'+' if value > 0 else ''}{places(value)}"


def signed_fte(value: Any) -> str:
    """Show a change in FTE-years with its sign."""
    return _NOTHING if _missing(value) else f"{'+' if value > 0 else ''}{fte(value)}"


def pounds(value: Any) -> str:
    """Show money in £, from a million on in £m."""
    return _signless(value, lambda v: f"{'-' if v < 0 else ''}£{_money(abs(v))}")


def percent(value: Any) -> str:
    """Show a share as a percentage."""
    return _signless(value, lambda v: f"{100 * v:,.{_decimals(100 * v)}f} %")


def within(error: float, show: Callable[[float], str] = fte) -> str:
    """Show within what a figure is certified: what is small as the next round number above."""
    return show(error) if error >= 0.01 else "0.01" if error > 1e-5 else "0.00001"


def _money(v: float) -> str:
    return f"{v / 1e6:,.{_decimals(v / 1e6)}f}m" if v >= 1e6 else f"{v:,.0f}"


def _decimals(v: float) -> int:
    size = abs(v)
    return 0 if size >= 1000 else 1 if size >= 10 else 2 if size >= 0.1 or size == 0 else 4


def _signless(value: Any, show: Any) -> str:
    """Show a number; what rounds to nothing has no sign."""
    if _missing(value):
        return _NOTHING
    shown = show(float(value))
    nothing = not any(digit in shown for digit in "123456789")
    return str(shown.replace("-", "") if nothing else shown)


def _missing(value: Any) -> bool:
    return value is None or (not isinstance(value, str) and bool(pd.isna(value)))
