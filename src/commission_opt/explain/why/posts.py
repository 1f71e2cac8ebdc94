"""How many staff, and how many graduates, find no post; and what one more post is worth."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pandas as pd

from commission_opt.accounts.posts import missing
from commission_opt.allocation.decided import Decided
from commission_opt.arrays import Floats, Ints
from commission_opt.errors import UsageError
from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, AnswerTable, columns
from commission_opt.explain.limits import of_first, pursued
from commission_opt.explain.margins.prices import PricedProgram, prices
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.posts import ORIGIN
from commission_opt.formulation.shortage import tiered, tiers_of, weights
from commission_opt.solvers.status import Limits, Watch
from commission_opt.views import words
from commission_opt.views.posts import by_cell, by_year
from commission_opt.views.shortfall import Baselines

_SHOWN = 20
_NOTHING = 1e-9  # relative; a price that is rounding
_SECONDS, _SURE = 10.0, 20  # for solving again; so many times whatever the time
_NOTE = (
    "Without a post: supply beyond posts. Graduates find none if all who were at work before keep "
    "theirs. Of new places: of all without a post, at most those who are there because of what is "
    "bought and continued. No posts for: demand beyond posts, which no training meets. Only "
    "professions and regions with posts count; elsewhere there is no end of them."
)
_WORTH = (
    " Worth of one more post in the year: what is saved of the first objective next to the plan, "
    "with the same courses running."
)


def posts_of(
    plan: Decided, year: int | None = None, limits: Limits | None = None, watch: Watch | None = None
) -> Answer:
    """Say who is without a post, by year and by profession and region.

    Parameters
    ----------
    plan : Allocation or StoredPlan
    year : int, optional
        The financial year to tell of; all years if not given.
    limits : Limits, optional
    watch : Watch, optional

    Returns
    -------
    Answer
        Tables ``by_year`` and ``cells``: as ``views.posts.by_cell`` has them, and ``worth``, what
        one more post in the cell saves of the first objective; NaN where it is not known.

    Raises
    ------
    UsageError
        If the instance has no posts, or none in the year.
    NoPlanError, StoppedError
        If the time limit or the user came before the prices were found.
    """
    plan = pursued(plan)
    problem, instance = plan.problem, plan.problem.instance
    every = by_cell(problem, plan.outcome)
    if every.empty:
        raise UsageError("the instance has no posts in its years; they stand in posts.csv")
    if year is not None and year not in set(every["year"]):
        raise UsageError(f"there are no posts in {year}; give a year from {_span(every)}")
    every["worth"] = _worth(plan, limits or Limits(), watch or Watch())[_cells(plan)]
    asked = every if year is None else every[every["year"] == year]
    cells = asked.sort_values(["without", "worth"], ascending=False, ignore_index=True)
    unit = first_objective(problem.policy).unit
    sums = columns(
        figures.fte, posts="posts", supply="staff", without="without a post",
        graduates="graduates", graduates_without="of them without", new="of new places",
        unfunded="no posts for",
    )  # fmt: skip
    key = (*columns(profession="profession", region="in"), *columns(figures.year, year="year"))
    tables = (
        AnswerTable("by_year", "Posts and staff by year, FTE", by_year(asked),
                    (*columns(figures.year, year="year"), *sums)),
        AnswerTable("cells", f"Posts and staff, FTE; worth in {unit}", cells,
                    (*key, *sums, *columns(figures.fte, worth="worth of a post")), _SHOWN,
                    _NOTE + _WORTH),
    )  # fmt: skip
    told = [*_sentences(plan, asked, year), _dearest(cells, unit)]
    if note := of_first(problem.policy):
        told.append(note)
    title = f"{instance.title}: staff without a post"
    return Answer(title, tuple(filter(None, told)), tables)


def _span(cells: pd.DataFrame) -> str:
    return f"{cells['year'].min()} to {cells['year'].max()}"


def _cells(plan: Decided) -> np.ndarray:
    return np.flatnonzero(~np.isnan(plan.problem.instance.posts.ravel()))


def _sentences(plan: Decided, asked: pd.DataFrame, year: int | None) -> list[str]:
    """Say how many are without a post, in a year or in the worst, and how many graduates."""
    found = by_year(asked)
    worst = found.iloc[int(np.argmax(found["without"].to_numpy(float)))]
    when = words.year(worst["year"])
    if worst["without"] <= 0.0:
        return [f"Nobody is without a post in {'any year' if year is None else when}."]
    most = "" if year is not None else ", the most of any year"
    without = Baselines(plan.problem, plan.outcome).titles[0]
    new, others = words.count(worst["new"]), words.count(worst["without"] - worst["new"])
    because = f"{new} of them are there because of what is bought, and {others} would be {without}"
    if others == "0":
        because = "all of them are there because of what is bought"
    elif new == "0":
        because = f"they would be {without}"
    said = [
        f"{words.count(worst['without'])} FTE of staff are without a post in {when}{most}; "
        f"{because}{'' if others == '0' else ' too'}."
    ]
    if worst["graduates"] > 0:
        said.append(
            f"Of the {words.count(worst['graduates'])} FTE of graduates who enter in {when}, "
            f"{words.count(worst['graduates_without'])} find no post if those at work before keep "
            "theirs."
        )
    return said


def _dearest(cells: pd.DataFrame, unit: str) -> str:
    """Say where one more post is worth most."""
    if not (cells["worth"] > 0).any():
        return "One more post is worth nothing to this plan in any profession, region and year."
    best = cells.iloc[int(np.nanargmax(cells["worth"].to_numpy(float)))]
    return (
        f"One more post is worth most for {best['profession']} in {best['region']} in "
        f"{words.year(best['year'])}: it saves {figures.fte(best['worth'])} {unit}."
    )


def _worth(plan: Decided, limits: Limits, watch: Watch) -> Floats:
    """Return what one more post in each cell saves; NaN where it is not known.

    It saves at least what it does with the same staff, and at most the price next to the plan.
    Where these differ, the program is solved again.
    """
    problem = plan.problem
    _, near = prices(problem, plan.amounts, limits, watch)
    weighted = first_objective(problem.policy).weighted
    least = _of_shortfall(plan).ravel() if weighted else np.zeros(problem.instance.cells.size)
    worth = least if weighted else np.full_like(least, np.nan)
    rows, price = _priced(near, len(worth))
    worth = np.where(rows >= 0, np.minimum(least, price), worth)
    small = _NOTHING * max(1.0, abs(near.optimum.value) * near.scale)
    open_ = np.flatnonzero((rows >= 0) & (price > worth + small))
    end = time.perf_counter() + _SECONDS
    for number, cell in enumerate(open_[np.argsort(-price[open_], kind="stable")]):
        if number >= _SURE and (time.perf_counter() >= end or watch.stopped):
            worth[cell] = np.nan
            continue
        watch.phase = f"posts: solving again, {number + 1} of {len(open_)}"
        lower = near.program.row_lower.copy()
        lower[rows[cell]] -= 1.0
        found = near.resolved(replace(near.program, row_lower=lower), _SECONDS)
        saved = np.nan if found is None else (near.optimum.value - found.value) * near.scale
        worth[cell] = np.clip(saved, 0.0, price[cell])
    worth[np.abs(worth) <= small] = 0.0
    return worth


def _priced(near: PricedProgram, cells: int) -> tuple[Ints, Floats]:
    """Return the row that posts of each cell bound, −1 for none, and its price."""
    rows, price = np.full(cells, -1), np.zeros(cells)
    for block in near.formulation.rows:
        if block.origin is not None and block.origin[0] is ORIGIN and block.items is not None:
            where = near.program.rows[block.name]
            rows[block.items] = np.arange(where.start, where.stop)
            price[block.items] = near.optimum.multipliers[where] * near.scale
    return rows, price


def _of_shortfall(plan: Decided) -> Floats:
    """Return what one more post saves of the weighted shortfall with the same staff."""
    problem, result = plan.problem, plan.outcome
    posts, demand = problem.instance.posts, problem.instance.demand
    more = missing(result.demand, result.service, posts + 1.0)
    now, then = (tiered(u, demand, tiers_of(problem.policy)) for u in (result.shortfall, more))
    saved: Floats = weights(problem) * (now - then)
    return saved
