"""Numbers in cells, and the text they had in a file.

A spreadsheet keeps a number, not how it was written: 0.10, 1e3 and 32309.0 come back as 0.1,
1000 and 32309. The text is kept beside it (see ``origin``) and used where it still says the same.
"""

from __future__ import annotations

import math

from commission_opt.instance.typed import NUMBER

_WHOLE_BELOW = 1e15
_SMALLEST, _LARGEST = 2.3e-308, 9.9e307  # what Excel can hold


def shown(number: float) -> float:
    """Return a number to the fifteen digits that a spreadsheet shows and lets one type.

    It is rounded to the sixteen digits that are written first, so that a number has the same
    fifteen before it is written and after it is read.
    """
    return float(f"{float(f'{number:.16g}'):.15g}")


def plain(number: float) -> str:
    """Return the shortest text that reads back as the number; no point in a whole number."""
    if number.is_integer() and abs(number) < _WHOLE_BELOW:
        return str(int(number))
    return repr(number)


def number_of(text: str) -> float | None:
    """Return the number that a cell can hold for a text; None if only the text itself will do."""
    if not NUMBER.fullmatch(text):
        return None
    number = float(text)
    held = number == 0 or _SMALLEST < abs(number) < _LARGEST
    return number if held and math.isfinite(number) else None


def needs_text(text: str, number: float) -> bool:
    """Say whether a number's text would not come back from the number alone."""
    return text != plain(shown(number))
