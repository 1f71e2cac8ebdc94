"""Figures and names as people read them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

import numpy as np

from commission_opt.text import counts
from commission_opt.text.plain import is_unseen

NOTHING = "–"
plural, agreed = counts.plural, counts.agreed
_NEAR = 0.99  # of a limit
_UNSEEN = "\N{REPLACEMENT CHARACTER}"
_MINUS = re.compile(r"(?<!\w)-(?=[\d£])")


def clean(text: str) -> str:
    """Return a text without characters that hide or reorder what stands beside them.

    Control characters, those of no width and those that turn the direction of writing are shown
    as U+FFFD, so that a name cannot look like another; white space becomes plain spaces.
    """
    return "".join(map(_seen, text))


def _seen(character: str) -> str:
    if character.isspace():
        return " "
    hidden = is_unseen(character) or unicodedata.category(character) == "Cn"
    return _UNSEEN if hidden else character


def names(codes: Sequence[str], titles: Sequence[str]) -> tuple[str, ...]:
    """Return a name for each code: its title, with the code where titles are alike or missing."""
    shown = [clean(title).strip() for title in titles]
    found = []
    for code, title in zip(map(clean, codes), shown, strict=True):
        alike = shown.count(title) > 1
        found.append(code if not title else f"{title} ({code})" if alike else title)
    return tuple(found)


def spoken(code: str) -> str:
    """Write a code as words, where it is one of small letters: gp-salaries is gp salaries."""
    return code.replace("-", " ").replace("_", " ") if code.islower() else code


def year(value: Any) -> str:
    """Write a financial year: 2026 is 2026/27."""
    return f"{int(value)}/{(int(value) + 1) % 100:02d}"


def span(first: Any, last: Any) -> str:
    """Write financial years from the first to the last."""
    return year(first) if first == last else f"{year(first)} to {year(last)}"


def in_years(years: Sequence[int]) -> str:
    """Write financial years: "2026/27 to 2028/29", or "2 years of 2026/27 to 2028/29"."""
    if not years:
        return ""
    between = span(years[0], years[-1])
    in_a_row = years[-1] - years[0] + 1 == len(years)
    return between if in_a_row else f"{plural(len(years), 'year')} of {between}"


def count(value: Any) -> str:
    """Write places or FTE without decimals, and what is small with one."""
    size = abs(value)
    return _number(value, 1 if 0 < size < 10 and abs(size - round(size)) > 0.05 else 0)


def change(value: Any) -> str:
    """Write a difference with its sign."""
    text = count(value)
    return "±0" if text == "0" else text if text.startswith("−") else f"+{text}"


def millions(value: Any) -> str:
    """Write £ in £m."""
    return _number(value / 1e6, 1 if abs(value) < 1e10 else 0)


def money(value: Any) -> str:
    """Write £ in words: £m, or whole £ where it is less."""
    sign = "−" if value < 0 else ""
    return f"{sign}£{millions(abs(value))}m" if abs(value) >= 1e5 else f"{sign}£{abs(value):,.0f}"


def pounds(value: Any) -> str:
    """Write £ without the sign, to the pound."""
    return _number(value, 0)


def per_fte_year(value: float) -> str:
    """Write £ per FTE-year to the pound; a dash where there are no FTE-years."""
    return NOTHING if not np.isfinite(value) else pounds(value)


def percent(value: Any) -> str:
    """Write a share as a percentage with one decimal."""
    return NOTHING if not np.isfinite(value) else f"{_number(100 * value, 1)} %"


def part(value: float, decimals: int = 1, space: str = " ") -> str:
    """Write a part of a whole: none of it only if it is nothing, all of it only if nothing is left.

    It is not a number where there is no whole. ``space`` stands before the sign.
    """
    if not np.isfinite(value):
        return NOTHING
    least = 10.0**-decimals
    shown = _number(100 * value, decimals)
    if 0 < value < 1 and shown in (_number(0.0, decimals), _number(100.0, decimals)):
        low = value < 0.5
        shown = f"{'<' if low else '>'}{_number(least if low else 100 - least, decimals)}"
    return f"{shown}{space}%"


def used(value: float) -> str:
    """Write what part of a limit is used: near the limit never more than is."""
    near = np.isfinite(value) and value >= _NEAR
    return floor_percent(value, 1) if near else part(value)


def signed_percent(value: Any) -> str:
    """Write a relative change as a percentage with its sign."""
    if not np.isfinite(value):
        return "new" if value > 0 else NOTHING
    text = percent(value)
    return "±0 %" if text == "0.0 %" else text if text.startswith("−") else f"+{text}"


def whole_percent(value: float) -> str:
    """Write a relative change in whole per cent with its sign; “new” where there was nothing."""
    text = signed(f"{100 * value:+.0f} %") if np.isfinite(value) else "new"
    return "±0 %" if text in ("+0 %", "−0 %") else text


def floor_percent(value: float, decimals: int = 2) -> str:
    """Write a share as a percentage, never rounded up."""
    return f"{rounded(value, decimals, ROUND_FLOOR, shift=2)} %"


def ceil_percent(value: float, decimals: int = 3) -> str:
    """Write a share as a percentage, never rounded down."""
    return f"{rounded(value, decimals, ROUND_CEILING, shift=2)} %"


def rounded(value: float, decimals: int, how: str = ROUND_HALF_EVEN, *, shift: int = 0) -> str:
    """Write a number, times a power of ten, with decimals, rounded as the decimal module does.

    What is shown as a bound may be rounded to one side only.
    """
    if not np.isfinite(value):
        return NOTHING
    with localcontext() as context:
        context.prec = 400
        exact = Decimal(repr(float(value))).scaleb(shift)
        return signed(_signless(f"{exact.quantize(Decimal(1).scaleb(-decimals), how):,f}"))


def value(number: Any) -> str:
    """Write an objective or a bound with six digits, or whole where it is large."""
    return f"{number:,.0f}".replace("-", "−") if abs(number) >= 1e5 else signed(f"{number:,.6g}")


def joined(parts: Sequence[str], last: str = "and") -> str:
    """Write a list in words: a, b and c."""
    return f" {last} ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def bought(units: bool, joint: str = "and") -> str:
    """Name what is bought: places, or places and units where there are measures."""
    return f"places {joint} units" if units else "places"


def _number(value: float, decimals: int) -> str:
    return signed(_signless(f"{value:,.{decimals}f}"))


def _signless(text: str) -> str:
    """Take the sign from what rounds to nothing."""
    nothing = not any(digit in text for digit in "123456789")
    return text.replace("-", "") if nothing else text


def signed(text: str) -> str:
    """Write the minus signs of figures, which stand before a digit or £ and after no letter."""
    return _MINUS.sub("−", text)
