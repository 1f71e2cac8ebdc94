"""Where the supply of a profession in a region comes from, year by year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome, start_years
from commission_opt.allocation.decided import Decided
from commission_opt.arrays import Floats, Ints
from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, AnswerTable, columns
from commission_opt.explain.naming import positions
from commission_opt.formulation.problem import Planning
from commission_opt.instance.instance import Bools
from commission_opt.supply import Waterfall, waterfall

_SHOWN = 15
_UNITS = {
    "bought": "from units of this plan",
    "bought_later": "from units of later years",
}
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


def supply_of(plan: Decided, profession: str, region: str) -> Answer:
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
        Tables ``supply``, FTE by financial year, and ``courses``, those that feed the region; if
        the instance has measures, also ``measures``, and in ``supply`` what units bring: ``bought``
        and ``bought_later``.

    Raises
    ------
    UsageError
        If there is no such profession or region.
    """
    problem, result = plan.problem, plan.outcome
    instance = problem.instance
    p, where = positions(instance, profession, region)
    flows = _flows(problem, result)
    frame = pd.DataFrame(
        {"year": list(instance.years)}
        | {name: array[p, where].sum(axis=0) for name, array in flows.items()}
    )
    feeding = [
        (name, _feeding(problem, result, p, where, line))
        for name, line in (("courses", "course"), ("measures", "measure"))
        if name == "courses" or len(instance.measures)
    ]
    title = instance.professions["title"].iloc[p]
    heading = f"Supply of {title} in {region}, FTE"
    headings = {name: {**_FLOWS, **_UNITS}[name] for name in flows}
    shown = (*columns(figures.year, year="year"), *columns(figures.fte, **headings))
    note = (
        "Supply is counted with the year's joiners and graduates and before its leavers; those who "
        "leave stand in the year in which they are missing."
    )
    table = AnswerTable("supply", heading, frame, shown, note=note)
    said = (
        *_sentences(frame, title, region),
        *(_fed(name, some, region) for name, some in feeding),
    )
    return Answer(heading, said, (table, *(_lines_table(*named, region) for named in feeding)))


def _flows(problem: Planning, result: Outcome) -> dict[str, Floats]:
    """Return supply, what it comes from and what is missing, FTE by profession, region and year."""
    instance, started = (
        problem.instance,
        start_years(problem.instance, problem.policy, result.amounts),
    )
    of_course = instance.starts.of("line") < result.n_courses

    def taken_apart(some: Bools) -> Waterfall:
        new, later = (np.where(some, every, 0.0) for every in started)
        return waterfall(instance, problem.effects.supply.matrix, result.supply, new, later)

    every, places = taken_apart(np.ones_like(of_course)), taken_apart(of_course)
    found = {}
    for name in _FLOWS:
        if name in ("demand", "shortfall"):
            found[name] = instance.demand if name == "demand" else result.shortfall
            continue
        found[name] = getattr(places if name in ("commissioned", "continued") else every, name)
        if name == "continued" and len(instance.measures):
            found["bought"] = every.commissioned - places.commissioned
            found["bought_later"] = every.continued - places.continued
    return found


def _feeding(problem: Planning, result: Outcome, p: int, where: Ints, line: str) -> pd.DataFrame:
    """Tabulate the lines of a kind whose staff work in some regions, those that bring most first.

    ``line`` is ``course`` or ``measure``.
    """
    instance = problem.instance
    cells = np.zeros(instance.shape, dtype=bool)
    cells[p, where] = True
    brings = problem.effects.supply.matrix[np.flatnonzero(cells.ravel())]
    by_start = np.asarray(brings.sum(axis=0)).reshape(instance.starts.shape)
    total = by_start * result.started.reshape(instance.starts.shape)
    of_course, n_courses = line == "course", result.n_courses
    own = slice(None, n_courses) if of_course else slice(n_courses, None)
    lines = instance.courses if of_course else instance.measures
    last, amount = _NAMES[line][:2]
    table = lines[[line, "region"]].reset_index(drop=True)
    table[last] = lines[last].to_numpy(float)
    for k in range(result.amounts.shape[1]):
        table[f"{amount}s_{instance.first_year + k}"] = result.amounts[own, k]
    table[f"per_{amount}"] = by_start[own, 0]
    table["brings"] = total[own].sum(axis=1)
    order = np.argsort(-table["brings"].to_numpy(), kind="stable")
    feeds = order[by_start[own].sum(axis=1)[order] > 0]
    found: pd.DataFrame = table.iloc[feeds].reset_index(drop=True)
    return found


_NAMES = {
    "course": ("last_intake", "place", "last intake", "commissioned"),
    "measure": ("last_amount", "unit", "last amount", "bought"),
}


def _lines_table(name: str, frame: pd.DataFrame, region: str) -> AnswerTable:
    line = name.removesuffix("s")
    last, amount, heading, done = _NAMES[line]
    years = [column for column in frame.columns if column.startswith(f"{amount}s_")]
    by_year = {column: column.replace("_", " ") for column in years}
    shown = (
        *columns(**{line: line}, region="in"),
        *columns(figures.places, **{last: heading}, **by_year),
        *columns(
            figures.fte, **{f"per_{amount}": f"FTE-years a {amount}"}, brings="FTE-years in all"
        ),
    )
    note = (
        f"FTE-years worked in {region} within the horizon: of a {amount} of the first year, and of "
        f"all {amount}s {done} and continued."
    )
    return AnswerTable(name, f"{name.capitalize()} that feed {region}", frame, shown, _SHOWN, note)


def _fed(name: str, lines: pd.DataFrame, region: str) -> str:
    line = name.removesuffix("s")
    if not len(lines):
        return f"No {line} of this profession feeds {region}."
    first = lines.iloc[0]
    share = first["brings"] / max(float(lines["brings"].sum()), 1e-9)
    return (
        f"{len(lines)} {line}{'s feed' if len(lines) > 1 else ' feeds'} {region}; "
        f"{first[line]} brings most, {figures.percent(share)} of the FTE-years from new "
        f"{_NAMES[line][1]}s."
    )


def _sentences(frame: pd.DataFrame, title: str, region: str) -> list[str]:
    worst = frame.iloc[int(np.argmax(frame["shortfall"]))]
    first, last = frame.iloc[0], frame.iloc[-1]
    new = frame["commissioned"].sum() + frame["continued"].sum()
    units = ""
    if "bought" in frame:
        bought = frame["bought"].sum() + frame["bought_later"].sum()
        units = f"{figures.fte(bought)} from units of measures, "
    grown = (
        f"Supply of {title} in {region} goes from {figures.fte(first['supply'])} FTE in "
        f"{int(first['year'])} to {figures.fte(last['supply'])} in {int(last['year'])}; "
        f"{figures.fte(new)} FTE come from new places, {units}"
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
