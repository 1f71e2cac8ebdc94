"""Which step of a pathway holds people up: pools, courses and what one more there is worth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.accounts.pools import figures as of_pools
from commission_opt.accounts.steps import PathwayStep, steps_to
from commission_opt.allocation.decided import Decided
from commission_opt.arrays import Floats, Ints
from commission_opt.errors import UsageError
from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, AnswerTable, columns
from commission_opt.explain.limits import of_first, pursued
from commission_opt.explain.margins.pools import ends_of_more
from commission_opt.explain.margins.prices import PricedProgram, prices
from commission_opt.explain.naming import unknown
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.parts import PLACES
from commission_opt.instance.instance import Instance
from commission_opt.instance.typed import ANY
from commission_opt.solvers.status import Limits, Watch
from commission_opt.views import words

_MET = 1e-6  # people or places
_NOTHING = 1e-6  # worth that counts as none
_NOTE = (
    "Worth of one more person from outside in the year, and of one more place of capacity on the "
    "course where it is worth most, by the prices next to the plan: what is saved of the first "
    "objective by the first of them. “all drawn”: less is left than one more place needs; "
    "“offer_rate”: with one place less, too few would be offered one."
)


def why_pathway(
    plan: Decided, code: str, limits: Limits | None = None, watch: Watch | None = None
) -> Answer:
    """Say which step of the pathway to a profession or through a pool holds people up.

    Parameters
    ----------
    plan : Allocation or StoredPlan
    code : str
        Of a profession: the steps that lead to its courses; or of a pool: those that lead to the
        courses that draw from it.
    limits : Limits, optional
    watch : Watch, optional

    Returns
    -------
    Answer
        Tables ``bottleneck``, one row for each step, and ``steps``, one for each step and year.

    Raises
    ------
    UsageError
        If there is no such profession or pool, or no pool leads there.
    NoPlanError, StoppedError
        If the time limit or the user came before the prices were found.
    """
    plan = pursued(plan)
    instance = plan.problem.instance
    title, courses = _end(instance, code)
    steps = steps_to(instance, courses)
    if not steps:
        raise UsageError(f"no course of {code!r} draws from a pool, so that no pathway leads there")
    _, near = prices(plan.problem, plan.amounts, limits or Limits(), watch or Watch())
    rows = pd.concat([_by_year(plan, near, step) for step in steps], ignore_index=True)
    bottleneck = _by_step(rows)
    unit = first_objective(plan.problem.policy).unit
    worth = columns(figures.fte, worth_person="one more person", worth_place="one more place")
    key = (
        *columns(figures.year, step="step"),
        *columns(pool="pool"),
        *columns(_place, region="in"),
    )
    tables = (
        AnswerTable(
            "bottleneck", f"Steps of the pathway, all years together, {unit}", bottleneck,
            (*key, *columns(figures.places, years_drawn="years all drawn"),
             *columns(figures.fte, worth_person="one more person each year",
                      worth_place="one more place each year"), *columns(course="on course")),
        ),
        AnswerTable(
            "steps", f"Each step by year: people, places and worth, {unit}", rows,
            (*key, *columns(figures.year, year="year"),
             *columns(figures.fte, eligible="eligible", drawn="drawn"),
             *columns(figures.places, places="places on the way", capacity="capacity"),
             *columns(binds="what binds"), *worth, *columns(course="on course")),
            note=_NOTE,
        ),
    )  # fmt: skip
    said = [_said(bottleneck, rows, title, unit), _spread(bottleneck, unit)]
    if note := of_first(plan.problem.policy):
        said.append(note)
    return Answer(f"The pathway to {title}", tuple(filter(None, said)), tables)


def _end(instance: Instance, code: str) -> tuple[str, Ints]:
    """Return what stands at the end of a pathway, in words, and its courses."""
    professions = instance.professions
    if not len(instance.eligible):
        raise UsageError("the instance has no pools of people; they stand in eligible.csv")
    if code in set(professions["profession"]):
        row = professions[professions["profession"] == code].iloc[0]
        trained = (instance.courses["profession"] == code).to_numpy()
        return str(row["title"]), np.flatnonzero(trained)
    links = instance.pathways
    pools = list(dict.fromkeys(instance.eligible["pool"]))
    if code not in pools:
        raise unknown("profession or pool", code, [*professions["profession"], *pools])
    own = links[(links["pool"] == code) & (links["role"] == "draws")]
    return f"the courses that draw from pool {code!r}", np.unique(own["course"].to_numpy(int))


def _by_year(plan: Decided, near: PricedProgram, step: PathwayStep) -> pd.DataFrame:
    """Tabulate a step year by year."""
    problem, result = plan.problem, plan.outcome
    instance, people = problem.instance, result.pools
    horizon, decided = instance.horizon, problem.policy.commissioning_years
    first = instance.eligible.iloc[step.place * horizon]
    courses = instance.courses.iloc[step.draws]
    started = result.started.reshape(instance.starts.shape)[step.draws]
    capacity = float(courses["max_intake"].sum())
    eligible, drawn = people.eligible[step.place], people.drawn[step.place]
    offer = of_pools(instance, "offer_rate")[step.place]
    room = _least_draw(instance, step)
    person, place, named = _worths(near, step)
    binds = []
    for y in range(horizon):
        held = ["all drawn"] if eligible[y] - drawn[y] < room - _MET else []
        if started[:, y].sum() >= capacity - _MET:
            held.append("courses full")
        if y < decided and offer[y] > 0 and drawn[y] - offer[y] * eligible[y] < room - _MET:
            held.append("offer_rate")
        binds.append(", ".join(held) or None)
    return pd.DataFrame(
        {
            "step": step.number,
            "pool": str(first["pool"]),
            "region": str(first["region"]),
            "year": list(instance.years),
            "entrants": people.entrants[step.place],
            "fed": people.fed[step.place],
            "carried": people.carried[step.place],
            "eligible": eligible,
            "drawn": drawn,
            "places": started.sum(axis=0),
            "capacity": capacity,
            "binds": binds,
            "worth_person": person,
            "worth_place": place,
            "course": named,
        }
    )


def _least_draw(instance: Instance, step: PathwayStep) -> float:
    """Return the people that one more place draws at least, on the courses of a step."""
    links = instance.pathways
    own = links[(links["place"] == step.place) & (links["role"] == "draws")]
    own = own[own["course"].isin(step.draws)]
    filled = instance.courses["fill_rate"].to_numpy(float)[own["course"].to_numpy(int)]
    each = own["share"].to_numpy(float) * filled
    return float(np.min(each[each > 0], initial=1.0))


def _worths(near: PricedProgram, step: PathwayStep) -> tuple[Floats, Floats, list[str | None]]:
    """Return what one more person and one more place are worth by year, and on which course."""
    formulation, y = near.formulation, near.optimum.multipliers
    problem = formulation.problem
    instance, decided = problem.instance, problem.policy.commissioning_years
    person = np.array(
        [
            -float(y @ ends_of_more(formulation, step.place, [year], 1.0)) * near.scale
            for year in range(instance.horizon)
        ]
    )
    at = near.program.columns[PLACES].start
    place, named = np.zeros(instance.horizon), list[str | None]([None] * instance.horizon)
    codes = instance.courses["course"].to_numpy()
    for year in range(decided):
        own = problem.layout.column(step.draws, np.full(len(step.draws), year))
        saved = np.maximum(-near.reduced[at + own], 0.0) * near.scale
        best = int(np.argmax(saved))
        if saved[best] > _NOTHING:
            place[year], named[year] = saved[best], str(codes[step.draws[best]])
    person[np.abs(person) <= _NOTHING] = 0.0
    return person, place, named


def _by_step(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the years of each step up."""
    found = []
    for (number, pool, region), own in rows.groupby(["step", "pool", "region"], sort=False):
        best = int(np.argmax(own["worth_place"]))
        found.append(
            {
                "step": number, "pool": pool, "region": region,
                "years_drawn": int(own["binds"].fillna("").str.contains("all drawn").sum()),
                "worth_person": own["worth_person"].sum(),
                "worth_place": own["worth_place"].sum(),
                "course": own["course"].iloc[best],
            }
        )  # fmt: skip
    return pd.DataFrame(found)


def _said(steps: pd.DataFrame, rows: pd.DataFrame, title: str, unit: str) -> str:
    """Name the step where one more is worth most."""
    person, place = steps["worth_person"].max(), steps["worth_place"].max()
    if max(person, place) <= _NOTHING:
        return (
            f"No step holds back {title}: one more person in a pool, or one more place on a course "
            "that draws from one, would save nothing."
        )
    if place > person:
        best = steps.iloc[int(np.argmax(steps["worth_place"]))]
        return (
            f"The bottleneck for {title} is step {best['step']}, the courses that draw from "
            f"{_named(best)}: one more place there in each commissioning year would save "
            f"{figures.fte(place)} {unit} at the prices next to the plan, most on "
            f"{best['course']}; one more person in every year saves at most "
            f"{figures.fte(person)} in any pool of the pathway."
        )
    best = steps.iloc[int(np.argmax(steps["worth_person"]))]
    own = rows[(rows["pool"] == best["pool"]) & (rows["region"] == best["region"])]
    year = own.iloc[int(np.argmax(own["worth_person"]))]
    return (
        f"The bottleneck for {title} is step {best['step']}, {_named(best)}: one more person there "
        f"in every year would save {figures.fte(person)} {unit} at the prices next to the plan; "
        f"in {words.year(year['year'])}, where one is worth most, {figures.fte(year['drawn'])} of "
        f"{figures.fte(year['eligible'])} eligible are drawn and one more would save "
        f"{figures.fte(year['worth_person'])}."
    )


def _spread(steps: pd.DataFrame, unit: str) -> str:
    """Say what one more person in every year is worth at each step."""
    if len(steps) < 2:
        return ""
    each = [
        f"step {row['step']}, {_named(row)}: {figures.fte(row['worth_person'])}"
        for _, row in steps.iterrows()
    ]
    return f"One more person in every year is worth, {unit}: {'; '.join(each)}."


def _named(row: pd.Series) -> str:
    return f"pool {row['pool']}" + ("" if row["region"] == ANY else f" in {row['region']}")


def _place(value: object) -> str:
    return "(all)" if value == ANY else str(value)
