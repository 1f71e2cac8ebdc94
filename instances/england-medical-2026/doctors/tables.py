"""All tables of an instance with a pathway together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from builder.assumptions import assumption_rows
from builder.courses import course_rows, pipeline_rows
from builder.demand import demand_rows, joiner_rows
from builder.destinations import destination_rows
from builder.money import budget_rows, cost_rows
from builder.placements import placement_rows, placement_use_rows
from builder.sources import ALL, Row, Sources
from builder.staff import check_staff_groups, workforce_rows
from builder.tables import profession_rows, region_rows
from builder.use import Rates, steady_use

from doctors.sources import Pathway
from doctors.steps import earlier_cohort_rows, eligible_rows, pathway_assumption_rows, pathway_rows


def build_pathway(pathway: Pathway) -> dict[str, list[Row]]:
    """Build every table of an instance with a pathway.

    Parameters
    ----------
    pathway
        Its sources.

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
    staff, steps = pathway.staff, pathway.steps
    workforce = list(workforce_rows(staff))
    check_staff_groups(staff, workforce)
    courses = list(course_rows(steps))
    pipeline = list(pipeline_rows(steps, courses))
    costs, placement_use = list(cost_rows(steps)), list(placement_use_rows(steps))
    spend = steady_use(steps, courses, pipeline, Rates(costs, "fund", "cost"))
    weeks = steady_use(steps, courses, pipeline, Rates(placement_use, "pool", "weeks"))
    with_staff = _with_staff(staff)
    return {
        "professions": list(profession_rows(staff)),
        "regions": list(region_rows(staff)),
        "workforce": workforce,
        "demand": [*_no_demand(staff), *demand_rows(with_staff)],
        "joiners": list(joiner_rows(with_staff)),
        "courses": [
            {**row, "profession": pathway.profession_of[str(row["profession"])]} for row in courses
        ],
        "pipeline": [*earlier_cohort_rows(steps, courses), *pipeline],
        "pathways": list(pathway_rows(steps)),
        "eligible": list(eligible_rows(steps)),
        "destinations": list(destination_rows(staff, courses)),
        "costs": list(_costs_by_course(costs, pathway)),
        "budgets": list(budget_rows(steps, spend)),
        "placement_use": placement_use,
        "placements": list(placement_rows(steps, weeks)),
        "commitments": [dict(row) for row in steps.tables["commitments"]],
        "assumptions": [*assumption_rows(steps), *pathway_assumption_rows(steps)],
    }


def _with_staff(sources: Sources) -> Sources:
    """Return the sources with those professions only that have staff."""
    rows = [r for r in sources.professions if sources.find("fte", r["profession"]) != 0]
    return replace(sources, tables={**sources.tables, "professions": rows})


def _no_demand(sources: Sources) -> Iterator[Row]:
    """Yield rows of the demand table for professions without staff."""
    for row in sources.professions:
        if sources.find("fte", row["profession"]) == 0:
            for region in sources.regions:
                for year in sources.years:
                    yield {
                        "profession": row["profession"],
                        "region": region,
                        "year": year,
                        "fte": 0,
                    }


def _costs_by_course(costs: Sequence[Row], pathway: Pathway) -> Iterator[Row]:
    """Yield costs of a step that is no profession as costs of its courses."""
    known: Mapping[str, str] = {
        code: code
        for row in pathway.staff.professions
        for code in (row["profession"], row["group"])
    }
    for row in costs:
        step = str(row["profession"])
        if step in known:
            yield row
            continue
        for region in pathway.steps.regions:
            yield {**row, "course": f"{step}-{region}", "profession": ALL}
