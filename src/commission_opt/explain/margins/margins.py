"""What one more of everything is worth to a plan."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import chain

import numpy as np
import pandas as pd

from commission_opt.allocation.decided import Decided
from commission_opt.allocation.settled import first_value
from commission_opt.arrays import Floats
from commission_opt.errors import UsageError
from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, AnswerTable, columns
from commission_opt.explain.limits import pursued
from commission_opt.explain.margins.floor_prices import floor_prices
from commission_opt.explain.margins.floor_prices import sentences as of_floors
from commission_opt.explain.margins.floor_prices import table as floor_table
from commission_opt.explain.margins.line_costs import line_costs
from commission_opt.explain.margins.line_costs import table as cost_table
from commission_opt.explain.margins.pools import (
    ENTRANTS,
    OFFERS,
    SHARES,
    entrant_questions,
    offer_questions,
    share_questions,
)
from commission_opt.explain.margins.posts import POSTS, post_questions
from commission_opt.explain.margins.prices import prices
from commission_opt.explain.margins.questions import (
    Question,
    capacity_questions,
    limit_questions,
    more_of_every_line,
    written,
)
from commission_opt.explain.margins.rates import rate_questions
from commission_opt.explain.margins.sentences import sentences
from commission_opt.explain.margins.spending import table as spending_table
from commission_opt.explain.margins.spending import taken_columns
from commission_opt.explain.margins.tables import tables as tables_of
from commission_opt.explain.margins.worth import Valuer, Worth
from commission_opt.explain.what_if.replan import Variants, replanned
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.rules import LIMITS
from commission_opt.scenario.scenario import read_changes
from commission_opt.solvers.status import Limits, Watch

_TOGETHER, _LEAST = 6.0, 2.0  # seconds: for all, and at least for solving again
_REPLAN = 10.0  # seconds for each plan that is worked out again
_FIGURES = ["worth", "low", "high", "error", "plain", "same_to", "how", "shown", "least", "most"]
_COUNTED = 50  # limits that are solved again whatever the time, so that their count is known
_KINDS = (
    *(limit.answer for limit in LIMITS.values()), ENTRANTS, OFFERS, SHARES, POSTS, "capacity",
    "units", "rates",
)  # fmt: skip


def margins(
    plan: Decided,
    limits: Limits | None = None,
    watch: Watch | None = None,
    seconds: float | None = None,
    replan: int = 0,
    *,
    pay: bool = False,
) -> Answer:
    """Work out what one more of everything is worth to a plan.

    £1m more in each budget, 1,000 more weeks in each placement pool, ten more people in each pool,
    places on each course, units of each measure and posts, and completion, joining and leaving one
    point better. Values are next to the plan: in fractions of places, with the same courses
    running. For a plan in whole places they come with certified limits of what the best plan with
    the change would save.

    Parameters
    ----------
    plan : Allocation or StoredPlan
    limits : Limits, optional
        Time limit for the prices; threads and seed.
    watch : Watch, optional
        Told of progress; can stop the work.
    seconds : float, optional
        Time for solving again where no price holds, the most valuable first. If not given, what is
        left of 6 s, and at least 2 s.
    replan : int
        Of each kind of change, work the plan out again for this many of the most valuable.
    pay : bool
        Whether pay is part of what an FTE-year costs; if so ``line_costs`` is told of any instance.

    Returns
    -------
    Answer
        Tables ``money``, ``funds``, ``placements``, ``pools``, ``capacity``, ``rates`` and
        ``spending`` (by fund and year) and, where plans were worked out again, ``replanned``;
        where the instance has measures, also ``units`` and ``line_costs`` (see there); where it
        has pools of people, ``entrants`` and ``offer_rate``; where staff may do the work of others,
        ``shares``; where there are posts and the first objective adds up shortages, ``posts``;
        where the model counts floors, ``floors`` (see ``floor_prices``).
        Every row of the first six, of ``units`` and of ``posts`` has ``worth``, ``low``, ``high``
        (units of the first objective), ``plain`` (FTE-years), ``same_to`` (how far the price
        holds), ``how``, ``least`` and ``most`` (a plan in whole places), ``spent`` (£ more spent in
        all), ``paid`` (what of it is pay, where funds pay staff), ``first_spent``, ``last_spent``
        (years), ``per_million`` (worth per £1m spent), ``weeks``, ``places`` and, with measures,
        ``units`` (more in all years), and ``change``, the settings that make the change.

    Raises
    ------
    NoPlanError, StoppedError
        If the time limit or the user came before the prices were found.
    UsageError
        If pay is asked for where no fund pays staff.
    """
    if pay and not len(plan.instance.pay):
        raise UsageError(f"instance {plan.instance.name!r} has no row in pay.csv: there is no pay")
    limits, watch, start = limits or Limits(), watch or Watch(), time.perf_counter()
    plan = pursued(plan)
    problem, places = plan.problem, plan.amounts
    free, near = prices(problem, places, limits, watch)
    stage, variants = free.formulation, Variants(free.formulation.problem)
    watch.begin("values at the margin: questions")
    asked = {kind: list[Question]() for kind in _KINDS}
    for question in chain(
        limit_questions(stage),
        entrant_questions(stage),
        offer_questions(problem, variants.stage),
        share_questions(problem, variants.stage),
        post_questions(stage, variants.stage),
        capacity_questions(stage, variants.stage(more_of_every_line(problem.instance))),
        rate_questions(stage, variants.stage),
    ):
        asked[question.kind].append(question)
    whole = problem.policy.integer
    x = stage.problem.layout.to_columns(places) if whole else None

    def told(what: str) -> None:
        watch.phase = f"values at the margin: {what}"

    counted = _COUNTED if seconds is None else 0
    if seconds is None:
        seconds = max(_LEAST, _TOGETHER - (time.perf_counter() - start))
    valuer = Valuer(free, near, x, watch)
    worths = valuer.values(list(asked.values()), seconds, told, counted)
    found = {k: list(zip(asked[k], w, strict=True)) for k, w in zip(asked, worths, strict=True)}
    measured = len(problem.instance.measures) > 0
    has = {"units": measured, "paid": len(problem.instance.pay) > 0}
    without = [name for name, there in has.items() if not there]
    frames = {kind: _frame(pairs, without) for kind, pairs in found.items()}
    unit = first_objective(problem.policy).unit
    title = f"{problem.instance.title}: what one more of everything is worth, {unit}"
    tables = [
        *tables_of(frames, whole=whole),
        spending_table([p for k in found if k != "rates" for p in found[k]]),
    ]
    if measured or pay:
        frames["line_costs"] = line_costs(stage.problem, places, near, pay=pay)
        tables.append(cost_table(frames["line_costs"], stage.problem, near, pay=pay))
    floors = floor_prices(problem, plan.outcome.floors, limits, watch)
    if floors is not None:
        tables.append(floor_table(floors))
    if whole and replan:
        tables.insert(0, _replanned(variants, places, frames, replan, limits, watch))
    said = (*sentences(plan, near, frames, pay=pay), *of_floors(plan, floors))
    return Answer(title, said, tuple(tables))


def _replanned(
    variants: Variants,
    places: Floats,
    frames: dict[str, pd.DataFrame],
    count: int,
    limits: Limits,
    watch: Watch,
) -> AnswerTable:
    """Work the plan out again for the most valuable changes of each kind, and without any."""
    value = first_value(variants.planned(()), places)
    chosen: list[tuple[float, float, list[str]]] = [(0.0, np.nan, [])]
    for kind in _KINDS:
        for _, row in frames[kind].head(count).iterrows():
            chosen.append((row["worth"], row["most"], row["change"]))
    rows = []
    for worth, most, texts in chosen:
        if watch.stopped:
            break
        problem = variants.planned(read_changes(texts))
        found = replanned(problem, places, limits, watch, _REPLAN).certificate.stages[0]
        rows.append(
            {
                "what": " and ".join(texts) or "as it is",
                "worth": worth,
                "found": value - found.objective,
                "most": float(np.fmin(most, value - found.bound)),
            }
        )
    shown = (
        *columns(what="change"),
        *columns(figures.signed_fte, worth="worth", found="found in whole places", most="at most"),
    )
    note = "“as it is” is what the same search finds without any change."
    frame = pd.DataFrame(rows)
    return AnswerTable("replanned", "The plan worked out again", frame, shown, note=note)


def _frame(found: Sequence[tuple[Question, Worth]], but: Sequence[str]) -> pd.DataFrame:
    """Tabulate what changes of a kind are worth, the most valuable first, but for some columns."""
    rows = [
        {
            **question.about,
            "step": question.step,
            **{name: getattr(worth, name) for name in _FIGURES},
            **{name: value for name, value in taken_columns(worth).items() if name not in but},
            "change": written(question.settings),
        }
        for question, worth in sorted(found, key=lambda pair: -pair[1].worth)
    ]
    return pd.DataFrame(rows)
