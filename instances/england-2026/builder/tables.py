"""All tables of an instance together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from builder.assumptions import assumption_rows
from builder.courses import course_rows, pipeline_rows
from builder.demand import demand_rows, joiner_rows
from builder.destinations import destination_rows
from builder.money import budget_rows, cost_rows
from builder.placements import placement_rows, placement_use_rows
from builder.sources import Row, Sources
from builder.staff import check_staff_groups, workforce_rows
from builder.use import Rates, steady_use


def build_tables(sources: Sources) -> dict[str, list[Row]]:
    """Build every table of an instance.

    Parameters
    ----------
    sources
        Source tables.

    Returns
    -------
    dict
        Rows by table.

    Raises
    ------
    LookupError
        If a figure is missing from the sources.
    ValueError
        If the professions of a staff group exceed its published FTE in any region.
    """
    workforce = list(workforce_rows(sources))
    check_staff_groups(sources, workforce)
    courses = list(course_rows(sources))
    pipeline = list(pipeline_rows(sources, courses))
    costs = list(cost_rows(sources))
    placement_use = list(placement_use_rows(sources))
    spend = steady_use(sources, courses, pipeline, Rates(costs, "fund", "cost"))
    weeks = steady_use(sources, courses, pipeline, Rates(placement_use, "pool", "weeks"))
    return {
        "professions": list(profession_rows(sources)),
        "regions": list(region_rows(sources)),
        "workforce": workforce,
        "demand": list(demand_rows(sources)),
        "joiners": list(joiner_rows(sources)),
        "courses": courses,
        "pipeline": pipeline,
        "destinations": list(destination_rows(sources, courses)),
        "costs": costs,
        "budgets": list(budget_rows(sources, spend)),
        "placement_use": placement_use,
        "placements": list(placement_rows(sources, weeks)),
        "commitments": [dict(row) for row in sources.tables["commitments"]],
        "assumptions": list(assumption_rows(sources)),
    }


def write_tables(tables: Mapping[str, list[Row]], folder: Path) -> None:
    """Write every table as CSV: UTF-8, LF line ends.

    Parameters
    ----------
    tables
        Rows by table.
    folder
        Where to write; made if it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        text = pd.DataFrame(rows).to_csv(index=False, lineterminator="\n")
        (folder / f"{name}.csv").write_bytes(text.encode("utf-8"))


def profession_rows(sources: Sources) -> Iterator[Row]:
    """Yield the professions table, with priority weights."""
    for row in sources.professions:
        weight = sources.figure("weight", row["profession"])
        yield {**{k: row[k] for k in ("profession", "title", "group")}, "weight": weight}


def region_rows(sources: Sources) -> Iterator[Row]:
    """Yield the regions table, with population; regions that contain others come first."""
    people = sources.population()
    if sources.outer is not None:
        for outer in region_rows(sources.outer):
            inside = sum(people[r] for r in sources.within(str(outer["region"])))
            yield {**outer, "population": round(inside), "parent": ""}
    for row in sources.tables["regions"]:
        code = row["region"]
        own: Row = {"region": code, "title": row["title"], "population": round(people[code])}
        yield own if sources.outer is None else {**own, "parent": row["parent"]}
