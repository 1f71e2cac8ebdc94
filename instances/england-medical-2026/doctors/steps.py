"""Who goes from one step of the pathway to the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from builder.assumptions import assumption_row, row_name
from builder.intakes import intake_index, intake_series
from builder.sources import Row, Sources


def pathway_rows(sources: Sources) -> Iterator[Row]:
    """Yield the table of pathways: each step's pools, for its course in every region.

    Parameters
    ----------
    sources
        Source tables.

    Yields
    ------
    dict
        One row for each row of ``pathways.csv`` of the sources and region.
    """
    for row in sources.tables["pathways"]:
        for region in sources.regions:
            yield {
                "pool": row["pool"],
                "course": f"{row['step']}-{region}",
                "role": row["role"],
                "share": float(row["share"]),
                "lag_years": int(row["lag_years"]) if row["role"] == "feeds" else "",
            }


def eligible_rows(sources: Sources) -> Iterator[Row]:
    """Yield the table of those eligible: one pool for all of England.

    Parameters
    ----------
    sources
        Source tables.

    Yields
    ------
    dict
        One row for each pool and year, or every year.
    """
    figures: dict[tuple[str, str], Row] = {}
    for row in sources.tables["pools"]:
        figures.setdefault((row["pool"], row["year"]), {})[row["figure"]] = float(row["value"])
    for (pool, year), values in figures.items():
        yield {"pool": pool, "region": "*", "year": year, **values}


def earlier_cohort_rows(sources: Sources, courses: Iterable[Row]) -> Iterator[Row]:
    """Yield cohorts that have qualified already and go on only after the start.

    Parameters
    ----------
    sources
        Source tables.
    courses
        Rows of the courses table, with steps in the place of professions.

    Yields
    ------
    dict
        One row for each course and start year, as in the pipeline table.
    """
    lags = {
        r["step"]: int(r["lag_years"]) for r in sources.tables["pathways"] if r["role"] == "feeds"
    }
    first, last = sources.first_year, sources.first_year - 1
    for course in courses:
        step = str(course["profession"])
        start = first - int(course["duration_years"])
        starters = float(course["last_intake"]) * float(course["fill_rate"])
        for year in range(start - lags.get(step, 0), start):
            started = starters * intake_index(intake_series(sources, step), year, last)
            yield {"course": course["course"], "start_year": year, "started": round(started)}


def pathway_assumption_rows(sources: Sources) -> Iterator[Row]:
    """Yield the assumptions about schools, pools and who goes on.

    Parameters
    ----------
    sources
        Source tables.

    Yields
    ------
    dict
        One row for each row of these source tables.
    """
    for row in sources.tables["medical_schools"]:
        places = "+".join(row[c] for c in ("places_2004", "added_2018_2020", "added_2024"))
        name = row_name("medical_school", row["institution"].replace(" ", "-").lower())
        yield assumption_row(name, ("courses", "last_intake"), places, row)
    for row in sources.tables["pools"]:
        name = row_name("pool", row["pool"], row["year"], row["figure"])
        yield assumption_row(name, ("eligible", row["figure"]), row["value"], row)
    for row in sources.tables["pathways"]:
        name = row_name("pathway", row["step"], row["role"], row["pool"])
        yield assumption_row(name, ("pathways", "share"), row["share"], row)
