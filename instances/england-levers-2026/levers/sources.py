"""The source tables: those of england-2026 with rows added, and how figures of levers are found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from builder.sources import ALL, Record, Sources, load_sources

# What england-2026 calls tuition pays for measures too, and is called so.
FUNDS = {"tuition": "workforce"}


def load_levers(folder: Path, national: Path) -> Sources:
    """Read the source tables.

    Parameters
    ----------
    folder
        Folder of the instance.
    national
        Folder of ``england-2026``.

    Returns
    -------
    Sources
    """
    sources = load_sources(folder, national)
    renamed = {
        name: [{**row, "fund": FUNDS.get(row["fund"], row["fund"])} for row in sources.tables[name]]
        for name in ("costs", "budget_growth")
    }
    return replace(sources, tables={**sources.tables, **renamed})


def as_professions(sources: Sources) -> Sources:
    """Return sources in which every route is a profession, with its own costs and hours.

    A route is a way into a profession beside the degree. What the builder knows to do with
    professions it does with routes then: courses, pipeline, costs and hours.
    """
    routes = sources.tables["routes"]
    codes = {row["route"] for row in routes}
    own: dict[str, list[Record]] = {
        "professions": [{**row, "profession": row["route"]} for row in routes],
        "costs": list(_of_lines(sources, "lever_costs", codes)),
        "practice_hours": list(_of_lines(sources, "lever_hours", codes)),
    }
    return replace(sources, tables={**sources.tables, **own})


def of_measures(sources: Sources) -> Sources:
    """Return sources in which costs and hours are those of measures."""
    codes = {row["measure"] for row in sources.tables["measures"]}
    own = {
        "costs": list(_of_lines(sources, "lever_costs", codes)),
        "practice_hours": list(_of_lines(sources, "lever_hours", codes)),
    }
    return replace(sources, tables={**sources.tables, **own})


def look_up(sources: Sources, figure: str, scopes: Sequence[str]) -> float:
    """Look up a figure in the first scope that has one, or for all.

    Raises
    ------
    LookupError
        If there is no such figure.
    """
    value = sources.first(figure, [*scopes, ALL])
    if value is None:
        raise LookupError(f"figures.csv has no {figure} for {' or '.join(scopes)}")
    return value


def _of_lines(sources: Sources, table: str, codes: set[str]) -> Iterator[Record]:
    """Yield the rows of some lines, as if they were of professions."""
    for row in sources.tables[table]:
        if row["line"] in codes:
            yield {**row, "profession": row["line"]}
