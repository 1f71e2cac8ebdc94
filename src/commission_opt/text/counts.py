"""Numbers of things in sentences: every count is written here, so that words agree with it."""

from __future__ import annotations

from collections.abc import Iterable


def plural(number: int, word: str, many: str | None = None) -> str:
    """Write a number of things."""
    return f"{number:,} {agreed(number, word, many or word + 's')}"


def span(first: int, last: int) -> str:
    """Write the years from one to another: ``2026``, ``2026–2030``."""
    return str(first) if first == last else f"{first}–{last}"


def spans(years: Iterable[int]) -> str:
    """Write years, those in a row as a span: ``2026, 2028–2030``."""
    found: list[list[int]] = []
    for year in years:
        if found and year == found[-1][1] + 1:
            found[-1][1] = year
        else:
            found.append([year, year])
    return ", ".join(span(first, last) for first, last in found)


def agreed(number: int, one: str, many: str) -> str:
    """Return the form of a word, such as a verb, that goes with a number of things."""
    return one if number == 1 else many
