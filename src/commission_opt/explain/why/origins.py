"""Where the supply of a profession in a region comes from, year by year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome, start_years
from commission_opt.arrays import Ints
from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, Table, columns
from commission_opt.explain.naming import positions
from commission_opt.explain.plan import Plan
from commission_opt.formulation.problem import Planning
from commission_opt.supply import waterfall

_COURSES = 15
_FLOWS = {
    "brought_forward": "in post the year before",
    "leavers": "leave",
    "joiners": "join by other routes",
    "pipeline": "graduate from the pipeline",
    "commissioned": "from places of this plan",
    "continued": "from places of later years",
    "supply": "supply",
    "demand": "demand",
    "shortfall": "shortfall",
}


def supply_of(plan: Plan, profession: str, region: str) -> Answer:
    """Take the supply of a profession in a region apart.

    Parameters
    ----------
    plan : Allocation or StoredPlan
    profession : str
        Its code.
    region : str
        Code of a region; a parent adds up the regions it covers.

    Returns
    -------
    Answer
        Tables ``supply``, FTE by financial year, and ``courses``, those that feed the region.

    Raises
    ------
    UsageError
        If there is no such profession or region.
    """
    problem, result = plan.problem, plan.outcome
    instance = problem.instance
    p, where = positions(instance, profession, region)
    commissioned, continued = start_years(instance, problem.policy, result.amounts)
    flow = waterfall(
        instance, problem.effects.supply.matrix, result.supply, commissioned, continued
    )
    others = {"demand": instance.demand, "shortfall": result.shortfall}
    all_flows = {name: getattr(flow, name) for name in _FLOWS if name not in others} | others
    frame = pd.DataFrame(
        {"year": list(instance.years)}
        | {name: array[p, where].sum(axis=0) for name, array in all_flows.items()}
    )
    courses = _feeding(problem, result, p, where)
    title = instance.professions["title"].iloc[p]
    heading = f"Supply of {title} in {region}, FTE"
    shown = (*columns(figures.year, year="year"), *columns(figures.fte, **_FLOWS))
    note = (
        "Supply is counted with the year's joiners and graduates and before its leavers; those who "
        "leave stand in the year in which they are missing."
    )
    table = Table("supply", heading, frame, shown, note=note)
    sentences = (*_sentences(frame, title, region), _fed(courses, region))
    return Answer(heading, sentences, (table, _courses_table(courses, region)))


def _feeding(problem: Planning, result: Outcome, p: int, where: Ints) -> pd.DataFrame:
    """Tabulate the courses whose graduates join in some regions, those that bring most first."""
    instance = problem.instance
    cells = np.zeros(instance.shape, dtype=bool)
    cells[p, where] = True
    brings = problem.effects.supply.matrix[np.flatnonzero(cells.ravel())]
    by_start = np.asarray(brings.sum(axis=0)).reshape(instance.starts.shape)
    total = by_start * result.started.reshape(instance.starts.shape)
    table = instance.courses[["course", "region"]].reset_index(drop=True)
    table["last_intake"] = instance.courses["last_intake"].to_numpy(float)
    for k in range(result.places.shape[1]):
        table[f"places_{instance.first_year + k}"] = result.places[:, k]
    table["per_place"] = by_start[:, 0]
    table["brings"] = total.sum(axis=1)
    order = np.argsort(-total.sum(axis=1), kind="stable")
    feeds = order[by_start.sum(axis=1)[order] > 0]
    found: pd.DataFrame = table.iloc[feeds].reset_index(drop=True)
    return found


def _courses_table(frame: pd.DataFrame, region: str) -> Table:
    years = [name for name in frame.columns if name.startswith("places_")]
    by_year = {name: f"places {name.removeprefix('places_')}" for name in years}
    shown = (
        *columns(course="course", region="in"),
        *columns(figures.places, last_intake="last intake", **by_year),
        *columns(figures.fte, per_place="FTE-years a place", brings="FTE-years in all"),
    )
    note = (
        f"FTE-years worked in {region} within the horizon: of a place of the first year, and of "
        "all places commissioned and continued."
    )
    return Table("courses", f"Courses that feed {region}", frame, shown, _COURSES, note)


def _fed(courses: pd.DataFrame, region: str) -> str:
    if not len(courses):
        return f"No course of this profession feeds {region}."
    first = courses.iloc[0]
    share = first["brings"] / max(float(courses["brings"].sum()), 1e-9)
    return (
        f"{len(courses)} course{'s feed' if len(courses) > 1 else ' feeds'} {region}; "
        f"{first['course']} brings most, {figures.percent(share)} of the FTE-years from new places."
    )


def _sentences(frame: pd.DataFrame, title: str, region: str) -> list[str]:
    worst = frame.iloc[int(np.argmax(frame["shortfall"]))]
    first, last = frame.iloc[0], frame.iloc[-1]
    new = frame["commissioned"].sum() + frame["continued"].sum()
    grown = (
        f"Supply of {title} in {region} goes from {figures.fte(first['supply'])} FTE in "
        f"{int(first['year'])} to {figures.fte(last['supply'])} in {int(last['year'])}; "
        f"{figures.fte(new)} FTE come from new places, "
        f"{figures.fte(frame['pipeline'].sum())} from students already on course and "
        f"{figures.fte(frame['joiners'].sum())} by other routes, while "
        f"{figures.fte(frame['leavers'].sum())} leave."
    )
    if not np.any(frame["shortfall"] > 0):
        return [grown, "Demand is met in every year."]
    short = (
        f"The largest shortfall is {figures.fte(worst['shortfall'])} FTE in {int(worst['year'])}."
    )
    return [grown, short]
