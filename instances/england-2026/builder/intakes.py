"""The latest intake of a profession in England, and earlier years against it."""

from __future__ import annotations

from collections.abc import Mapping

from builder.sources import Sources


def national_places(sources: Sources, code: str) -> int:
    """Return the places of the latest intake in England.

    Parameters
    ----------
    sources
        Source tables.
    code
        Code of a profession. Its places are given, or its starters, or posts in the United
        Kingdom; failing these, they follow from the growth of its register.

    Returns
    -------
    int
    """
    fill = sources.figure("fill_rate", code)
    places, starters = sources.find("places", code), sources.find("starters", code)
    posts = sources.find("uk_posts", code)
    if places is not None:
        return round(places)
    if starters is not None:
        return round(starters / fill)
    if posts is not None:
        return round(posts * sources.figure("england_share_of_posts"))
    return round(_register_starters(sources, code) / fill)


def intake_series(sources: Sources, code: str) -> dict[int, float]:
    """Return past intakes by year: a profession's own, else its group's, else the default.

    Parameters
    ----------
    sources
        Source tables.
    code
        Code of a profession.

    Returns
    -------
    dict
        Number or index by year.

    Raises
    ------
    LookupError
        If there is no series.
    """
    for scope in sources.scopes(code):
        rows = [r for r in sources.tables["past_intakes"] if r["series"] == scope]
        if rows:
            return {int(r["year"]): float(r["value"]) for r in rows}
    raise LookupError(f"past_intakes.csv has no series for {code}")


def intake_index(series: Mapping[int, float], year: int, last_year: int) -> float:
    """Return a year's intake over the last year's; a year without a figure takes the nearest."""
    nearest = min(series, key=lambda known: (abs(known - year), known))
    return series[nearest] / series[last_year]


def _register_starters(sources: Sources, code: str) -> float:
    """Return the yearly starters that explain the growth of a register.

    New registrants a year are the net growth and the replacement of those who left; of these a
    share was trained in the UK on the modelled route, and only some starters complete.
    """
    before, now = sources.figure("register_2021", code), sources.figure("register_2025", code)
    growth = (now - before) / sources.figure("register_years")
    exits = sources.figure("register_exit_rate") * (before + now) / 2
    in_england = (growth + exits) * sources.figure("england_share_of_uk")
    trained = in_england * sources.figure("home_trained_share", code)
    return trained / sources.figure("completion_rate", code)
