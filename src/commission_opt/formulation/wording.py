"""How values of objectives are written, unless a screen or a page has its own way."""

from __future__ import annotations

from enum import StrEnum


class Number(StrEnum):
    """What sort of number a value is."""

    PLAIN = "plain"
    PLACES = "places"
    POUNDS = "pounds"
    SHARE = "share"


def shown(number: Number, value: float) -> str:
    """Write a value: £ and % with it, any other unit left to the caller."""
    match number:
        case Number.PLACES:
            return f"{value:,.0f}"
        case Number.POUNDS:
            return f"£{value:,.0f}"
        case Number.SHARE:
            return f"{100 * value:,.3f} %"
        case _:
            return f"{value:,.1f}"


def after(number: Number, unit: str) -> str:
    """Return what of a unit follows a value: a value shows its £ or its % already."""
    if number is Number.POUNDS:
        rest = unit.removeprefix("£").removeprefix(",").strip()
        return f"({rest})" if rest else ""
    return unit.removeprefix("share").strip() if number is Number.SHARE else unit
