"""Where the supply of a profession in a region comes from, year by year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome, start_years
from commission_opt.allocation.decided import Decided
from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, AnswerTable, columns
from commission_opt.explain.naming import positions
from commission_opt.formulation.problem import Planning
from commission_opt.supply import Waterfall, waterfall
from commission_opt.supply.taken import takers
from commission_opt.views import deployment, floors, words

_SHOWN = 15
_FLOWS = {
    "brought_forward": "in post the year before",
    "leavers": "leave",
    "taken": "go on courses",
    "joiners": "join by other routes",
    "pipeline": "graduate from the pipeline",
    "commissioned": "from places of this plan",
    "continued": "from places of later years",
    "bought": "from units of this plan",
    "bought_later": "from units of later years",
    "supply": "supply",
    "posts": "posts",
    "unemployed": "without a post",
    "service": "work done",
    "demand": "demand",
    "shortfall": "shortfall",
}
_LINES = {
    "course": ("place", "last_intake", "last intake", "commissioned"),
    "measure": ("unit", "last_amount", "last amount", "bought"),
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
        and ``bought_later``; if courses take staff, those ``taken``; with posts, ``posts`` (NaN if
        one of several regions has no end of them) and ``unemployed``; where some of the staff do
        the work of others, or others do theirs, ``service``, what is then done.

    Raises
    ------
    UsageError
        If there is no such profession or region.
    """
    problem, result = plan.problem, plan.outcome
    instance = problem.instance
    p, where = positions(instance, profession, region)
    flows = _flows(problem, result)
    if np.isnan(instance.posts[p, where]).all():
        del flows["posts"], flows["unemployed"]
    if np.array_equal(result.service[p, where], result.supply[p, where]):
        del flows["service"]
    frame = pd.DataFrame(
        {"year": list(instance.years)}
        | {name: array[p, where].sum(axis=0) for name, array in flows.items()}
    )
    lines = ("course", "measure") if len(instance.measures) else ("course",)
    feeding = [_feeding(problem, result, (p, where), line, region) for line in lines]
    title = instance.professions["title"].iloc[p]
    heading = f"Supply of {title} in {region}, FTE"
    headings = {name: _FLOWS[name] for name in flows}
    shown = (*columns(figures.year, year="year"), *columns(figures.fte, **headings))
    note = (
        "Supply is counted with the year's joiners and graduates and before its leavers; those who "
        "leave stand in the year in which they are missing."
    )
    table = AnswerTable("supply", heading, frame, shown, note=note)
    said = (
        *_sentences(frame, title, region),
        *deployment.of_profession(problem, result, profession, where),
        *floors.of_profession(instance, result, profession, where),
        *(fed for fed, _ in feeding),
    )
    return Answer(heading, said, (table, *(lines for _, lines in feeding)))


def _flows(problem: Planning, result: Outcome) -> dict[str, Floats]:
    """Return supply, what it comes from and what is missing, FTE by profession, region and year."""
    instance = problem.instance
    started = start_years(instance, problem.policy, result.amounts)
    of_course = instance.starts.of("line") < result.n_courses

    def taken_apart(some: Bools) -> Waterfall:
        new, later = (np.where(some, every, 0.0) for every in started)
        return waterfall(instance, problem.effects.supply.matrix, result.supply, new, later)

    every, places = taken_apart(np.ones_like(of_course)), taken_apart(of_course)
    found = vars(every) | {"commissioned": places.commissioned, "continued": places.continued}
    if not len(takers(instance)):
        del found["taken"]
    if len(instance.measures):
        found["bought"] = every.commissioned - places.commissioned
        found["bought_later"] = every.continued - places.continued
    return found | {
        "supply": every.supply,
        "posts": problem.instance.posts,
        "unemployed": np.nan_to_num(result.unemployed),
        "service": result.service,
        "demand": result.demand,
        "shortfall": result.shortfall,
    }


def _feeding(
    problem: Planning, result: Outcome, cells: tuple[int, Ints], line: str, region: str
) -> tuple[str, AnswerTable]:
    """Say and tabulate which lines feed a region, those that bring most first.

    ``cells`` are a profession and leaf regions, ``line`` is ``course`` or ``measure``.
    """
    instance, (amount, last, heading, done) = problem.instance, _LINES[line]
    inside = np.zeros(instance.shape, dtype=bool)
    inside[cells] = True
    brings = problem.effects.supply.matrix[np.flatnonzero(inside.ravel())]
    by_start = np.asarray(brings.sum(axis=0)).reshape(instance.starts.shape)
    total = by_start * result.started.reshape(instance.starts.shape)
    own = slice(None, result.n_courses) if line == "course" else slice(result.n_courses, None)
    lines = instance.courses if line == "course" else instance.measures
    table = lines[[line, "region"]].reset_index(drop=True)
    table[last] = lines[last].to_numpy(float)
    decided = range(instance.first_year, instance.first_year + result.amounts.shape[1])
    years = {f"{amount}s_{year}": f"{amount}s {year}" for year in decided}
    table[[*years]] = result.amounts[own]
    table[f"per_{amount}"] = by_start[own, 0]
    table["brings"] = total[own].sum(axis=1)
    order = np.argsort(-table["brings"].to_numpy(), kind="stable")
    feeds = order[by_start[own].sum(axis=1)[order] > 0]
    frame: pd.DataFrame = table.iloc[feeds].reset_index(drop=True)
    shown = (
        *columns(**{line: line}, region="in"), *columns(figures.places, **{last: heading}, **years),
        *columns(
            figures.fte, **{f"per_{amount}": f"FTE-years a {amount}"}, brings="FTE-years in all"
        ),
    )  # fmt: skip
    note = (
        f"FTE-years worked in {region} within the horizon: of a {amount} of the first year, and of "
        f"all {amount}s {done} and continued."
    )
    title = f"{line.capitalize()}s that feed {region}"
    fed = f"No {line} of this profession feeds {region}."
    if len(frame):
        first = frame.iloc[0]
        share = first["brings"] / max(float(frame["brings"].sum()), 1e-9)
        fed = (
            f"{words.plural(len(frame), f'{line} feeds', f'{line}s feed')} {region}; {first[line]} "
            f"brings most, {figures.percent(share)} of the FTE-years from new {amount}s."
        )
    return fed, AnswerTable(f"{line}s", title, frame, shown, _SHOWN, note)


def _sentences(frame: pd.DataFrame, title: str, region: str) -> list[str]:
    worst = frame.iloc[int(np.argmax(frame["shortfall"]))]
    first, last = frame.iloc[0], frame.iloc[-1]
    new = frame["commissioned"].sum() + frame["continued"].sum()
    units, away = "", ""
    if "taken" in frame and (more := figures.fte(frame["taken"].sum())) != figures.fte(0.0):
        away = f", and {more} more go on courses than come back"
    if "bought" in frame:
        bought = frame["bought"].sum() + frame["bought_later"].sum()
        units = f"{figures.fte(bought)} from units of measures, "
    grown = (
        f"Supply of {title} in {region} goes from {figures.fte(first['supply'])} FTE in "
        f"{int(first['year'])} to {figures.fte(last['supply'])} in {int(last['year'])}; "
        f"{figures.fte(new)} FTE come from new places, {units}"
        f"{figures.fte(frame['pipeline'].sum())} from students already on course and "
        f"{figures.fte(frame['joiners'].sum())} by other routes, while "
        f"{figures.fte(frame['leavers'].sum())} leave{away}."
    )
    if not np.any(frame["shortfall"] > 0):
        return [grown, "Demand is met in every year."]
    short = (
        f"The largest shortfall is {figures.fte(worst['shortfall'])} FTE in {int(worst['year'])}."
    )
    return [grown, short]
