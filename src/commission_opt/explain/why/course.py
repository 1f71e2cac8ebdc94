"""Why a course has the places it has."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from commission_opt.errors import UsageError
from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, Column, Table
from commission_opt.explain.margins.prices import Optimum, Priced, prices
from commission_opt.explain.naming import code_position
from commission_opt.explain.why.balance import Balance, balance, brought
from commission_opt.explain.why.break_even import (
    DOWN,
    UP,
    BreakEven,
    cost_factor,
    search,
    weight_factor,
)
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.problem import Planning
from commission_opt.linear_program import Floats
from commission_opt.solvers.status import Limits, Watch

_MET = 1e-6
_SHOWN = 12
_MOVED = 1e-4  # places that count as moved
_FLAT = 1e-7  # of what a place brings: a balance that is nothing


def why_course(
    problem: Planning,
    places: Floats,
    course: str,
    year: int | None = None,
    limits: Limits | None = None,
    watch: Watch | None = None,
) -> Answer:
    """Say why a course has the places it has in a commissioning year.

    Which limits it stands at; what one more place would bring and what it would take from others;
    what one more step would displace; and the weight of its profession, or its cost, at which its
    places would change. All of this is next to the plan, in fractions of places, with the same
    courses running, and for the first objective.

    Parameters
    ----------
    problem : Planning
    places : array, shape (C, K)
        The plan.
    course : str
        Its code.
    year : int, optional
        Commissioning year; the first if not given.
    limits : Limits, optional
        Time limit of each solve; threads and seed.
    watch : Watch, optional
        Told of progress; can stop the work.

    Returns
    -------
    Answer
        Tables ``years``, ``balance``, ``displaced`` and ``break_even``.

    Raises
    ------
    UsageError
        If there is no such course or commissioning year.
    NoPlanError, StoppedError
        If the time limit or the user came before the prices were found.
    """
    limits, watch = limits or Limits(), watch or Watch()
    c = code_position(problem.instance, "course", course)
    k = _position(problem, year)
    layout = problem.layout
    own = c * layout.per_course + np.arange(layout.per_course)
    column = int(own[min(k, layout.per_course - 1)])
    free, near = prices(problem, places, limits, watch, own)
    subject = _Subject(free, near, places, c, k, column)
    shares = balance(near, column)
    watch.begin("why: one step more")
    displaced, lost = _displaced(subject, limits.seconds)
    watch.begin("why: break-evens")
    evens = _break_evens(subject, shares, limits.seconds, watch)
    return _answer(subject, shares, displaced, lost, evens)


def _position(problem: Planning, year: int | None) -> int:
    first, count = problem.instance.first_year, problem.policy.commissioning_years
    if year is None:
        return 0
    if not first <= year < first + count:
        end = first + count - 1
        there = f"{first}" if count == 1 else f"{first} to {end}"
        raise UsageError(f"{year} is no commissioning year of this plan; there are {there}")
    return year - first


@dataclass(frozen=True, eq=False)
class _Subject:
    """A course in a commissioning year of a plan, with the prices next to it."""

    free: Priced
    near: Priced
    places: Floats
    c: int
    k: int
    column: int

    @property
    def problem(self) -> Planning:
        return self.near.formulation.problem

    @property
    def year(self) -> int:
        return self.problem.instance.first_year + self.k

    @property
    def row(self) -> pd.Series:
        return self.problem.instance.courses.iloc[self.c]

    @property
    def now(self) -> float:
        return float(self.places[self.c, self.k])

    @property
    def step(self) -> float:
        return float(self.problem.cohorts.step[self.c])

    @property
    def unit(self) -> str:
        return OBJECTIVES[self.problem.policy.objectives[0].minimise].unit

    def stands(self, k: int) -> str:
        """Say at which of its own limits the course stands in a year of the plan."""
        program, layout = self.free.program, self.problem.layout
        at = self.c * layout.per_course + min(k, layout.per_course - 1)
        x, capacity = self.places[self.c, k], self.problem.cohorts.capacity[self.c]
        smallest = self.problem.cohorts.smallest[self.c]
        found = []
        if x >= capacity - self.step + _MET:
            found.append("full: capacity")
        elif x >= min(program.upper[at], self.pace(k)[1]) - _MET:
            found.append("most that the pace of change allows")
        least = max(program.lower[at], self.pace(k)[0])
        if least > 0 and x <= least + _MET:
            found.append("least that the pace of change allows")
        if self.problem.policy.integer and x > 0 and smallest > self.step and x <= smallest + _MET:
            found.append("its smallest cohort")
        if x <= _MET:
            found.append("closed")
        return ", ".join(found) or "between its own limits"

    def pace(self, k: int) -> tuple[float, float]:
        """Return the least and most that the year before allows, as the plan has it."""
        pace = self.problem.policy.rules.pace_of_change
        if pace is None:
            return 0.0, np.inf
        last = self.places[self.c, k - 1] if k else float(self.row["last_intake"])
        cohort = self.problem.cohorts
        low = last * (1 - pace.max_decrease) - pace.allowance
        high = last * (1 + pace.max_increase) + max(pace.allowance, cohort.smallest[self.c])
        low, high = max(0.0, low), min(high, cohort.capacity[self.c])
        if k == 0:
            low = min(low, cohort.largest[self.c])
        if self.problem.policy.integer:
            bounds = cohort.tightened(
                np.full((len(cohort.step), 1), low), np.full((len(cohort.step), 1), high)
            )
            low, high = float(bounds[0][self.c, 0]), float(bounds[1][self.c, 0])
        return low, high


def _displaced(subject: _Subject, seconds: float) -> tuple[pd.DataFrame, Optimum | None]:
    """Force one more step onto the course, solve again, and list what moves."""
    near, column = subject.near, subject.column
    at = near.program.columns[PLACES].start + column
    more = near.optimum.x[at] + subject.step
    lower, upper = near.program.lower.copy(), near.program.upper.copy()
    lower[at] = upper[at] = more
    found = near.resolved(replace(near.program, lower=lower, upper=upper), seconds)
    courses, layout = subject.problem.instance.courses, subject.problem.layout
    names = ["course", "profession", "region"]
    if found is None:
        return pd.DataFrame(columns=[*names, "year", "change", "brings"]), None
    columns = near.program.columns[PLACES]
    change = (found.x - near.optimum.x)[columns]
    which = np.flatnonzero(np.abs(change) > _MOVED)
    table = courses[names].iloc[which // layout.per_course].reset_index(drop=True)
    table["year"] = subject.problem.instance.first_year + which % layout.per_course
    table["change"] = change[which]
    table["brings"] = change[which] * brought(near)[which]
    order = np.lexsort((-table["brings"].abs(), which != column))
    return table.iloc[order].reset_index(drop=True), found


def _break_evens(subject: _Subject, shares: Balance, seconds: float, watch: Watch) -> pd.DataFrame:
    """Find the weight and the cost at which the places change, each way."""
    near, instance = subject.near, subject.problem.instance
    p = int(subject.row["p"])
    weight = float(instance.professions["weight"].iloc[p])
    cost = _cost_per_student(subject)
    rows = []
    aim = subject.problem.policy.objectives[0].minimise
    if aim == "shortfall" and weight > 0:
        factored = weight_factor(near, p)
        for way, steps in (("higher", UP), ("lower", DOWN)):
            watch.phase = f"why: break-even, {way} weight of {subject.row['profession']}"
            even = search(near, subject.column, factored, steps, seconds, watch)
            rows.append(_even("weight of the profession", way, weight, even))
    budgets = shares.frame[shares.frame["kind"] == "budgets"]
    if cost > 0 and (len(budgets) or aim == "cost" or subject.problem.policy.rules.budgets):
        factored = cost_factor(near, subject.c)
        for way, steps in (("lower", (*DOWN, 0.0)), ("higher", UP)):
            watch.phase = f"why: break-even, {way} cost"
            even = search(near, subject.column, factored, steps, seconds, watch)
            rows.append(_even("cost per student", way, cost, even))
    return pd.DataFrame(rows)


def _cost_per_student(subject: _Subject) -> float:
    """Return the £ that a student who completes costs, all study years and funds."""
    costs = subject.problem.instance.costs
    return float(costs.loc[costs["course"] == subject.c, "rate"].sum())


def _even(what: str, way: str, now: float, even: BreakEven) -> dict[str, object]:
    return {
        "what": what,
        "way": way,
        "now": now,
        "same": now * even.same,
        "other": now * even.other,
        "factor_same": even.same,
        "factor_other": even.other,
        "places": even.places,
        "tied": even.tied,
    }


def _answer(
    subject: _Subject,
    shares: Balance,
    displaced: pd.DataFrame,
    forced: Optimum | None,
    evens: pd.DataFrame,
) -> Answer:
    row = subject.row
    title = f"Why {row['course']} has {figures.places(subject.now)} places in {subject.year}"
    near = subject.near
    at = near.program.columns[PLACES].start + subject.column
    beside = float(near.optimum.x[at])
    lost = None
    if forced is not None:
        lost = (forced.value - near.optimum.value) * near.scale
    sentences = [
        _stands(subject, beside),
        _weighed(subject, shares),
        *_pushed(subject, displaced, lost),
        *_evened(subject, evens, beside),
    ]
    if len(subject.problem.policy.objectives) > 1:
        sentences.append("All of this is about the first objective; later ones may decide ties.")
    return Answer(title, tuple(sentences), _tables(subject, shares, displaced, evens))


def _stands(subject: _Subject, beside: float) -> str:
    last = float(subject.row["last_intake"])
    before = last if subject.k == 0 else float(subject.places[subject.c, subject.k - 1])
    change = subject.now - before
    moved = "as many as" if change == 0 else f"{figures.signed_places(change)} on"
    near = (
        ""
        if abs(beside - subject.now) <= _MOVED
        else f"; in fractions of places it would have {figures.places(beside)}"
    )
    return (
        f"{subject.row['course']} has {figures.places(subject.now)} places in {subject.year}, "
        f"{moved} the year before; it stands at: {subject.stands(subject.k)}{near}."
    )


def _weighed(subject: _Subject, shares: Balance) -> str:
    unit = subject.unit
    brings = f"One more place would bring {figures.fte(shares.brings)} {unit}"
    takes = f"and take {figures.fte(shares.takes)} from others at today's prices"
    if abs(shares.net) <= _FLAT * max(1.0, shares.brings, shares.takes):
        return (
            f"{brings} {takes}: as much, so that the course is where gain and loss meet, and what "
            "is scarce decides."
        )
    if shares.net > 0:
        return (
            f"{brings} {takes}: {figures.fte(shares.net)} better, but its own limits do not let it "
            "grow."
        )
    return f"{brings} {takes}: {figures.fte(-shares.net)} worse, so that it gets no more."


def _pushed(subject: _Subject, displaced: pd.DataFrame, lost: float | None) -> list[str]:
    step = "one more place" if subject.step == 1 else f"{figures.places(subject.step)} more places"
    if lost is None:
        return [f"There is no room at all for {step}: other rules leave none."]
    others = displaced.iloc[1:]
    fewer = others[others["change"] < 0]
    names = ", ".join(
        f"{r['course']} ({figures.signed_places(r['change'])})" for _, r in fewer[:3].iterrows()
    )
    moved = (
        f" It would displace, above all: {names}."
        if names
        else " No other course would have fewer."
    )
    if abs(lost) <= _FLAT * max(1.0, abs(subject.near.optimum.value) * subject.near.scale * 1e-3):
        return [f"Forcing {step} on it would cost nothing: there is a tie.{moved}"]
    kind = "cost" if lost > 0 else "save"
    return [
        f"Forcing {step} on it would {kind} {figures.fte(abs(lost))} {subject.unit} in all (solved "
        f"again, certified).{moved}"
    ]


def _evened(subject: _Subject, evens: pd.DataFrame, beside: float) -> list[str]:
    lines = []
    for _, row in evens.iterrows():
        if np.isnan(row["other"]):
            continue
        money = row["what"] == "cost per student"
        show = figures.pounds if money else figures.fte
        name = "its cost per student" if money else f"the weight of {subject.row['profession']}"
        way = "more" if row["places"] > beside else "fewer"
        if row["tied"]:
            lines.append(f"With {name} ever so little {row['way']}, it would have {way} places.")
            continue
        lines.append(
            f"It would have {way} places if {name} were {row['way']} than about "
            f"{show((row['same'] + row['other']) / 2)} (now {show(row['now'])})."
        )
    found = set(evens.loc[evens["other"].notna(), "what"]) if len(evens) else set()
    asked = dict.fromkeys(evens["what"]) if len(evens) else {}
    return lines + [
        f"No {what} that was tried, up to ten times what it is, changes its places."
        for what in asked
        if what not in found
    ]


def _tables(
    subject: _Subject, shares: Balance, displaced: pd.DataFrame, evens: pd.DataFrame
) -> tuple[Table, ...]:
    return (
        Table(
            "years", "Places by year", _years(subject),
            (
                Column("year", "year", figures.year),
                Column("places", "places", figures.places),
                Column("before", "year before", figures.places),
                Column("change", "change", figures.signed_places),
                Column("least", "least allowed", figures.places),
                Column("most", "most allowed", figures.places),
                Column("stands", "stands at"),
            ),
        ),
        Table(
            "balance", f"One more place in {subject.year}, {subject.unit}", shares.frame,
            (
                Column("what", "what"), Column("uses", "uses", figures.fte), Column("unit", "unit"),
                Column("worth", "worth", figures.signed_fte),
            ),
            _SHOWN,
            note="Above 0: what a place brings; below 0: what it takes from others, at the prices "
            "of what is scarce.",
        ),
        Table(
            "displaced", f"What {figures.places(subject.step)} more would move", displaced,
            (
                *(Column(name, name) for name in ("course", "profession", "region")),
                Column("year", "year", figures.year),
                Column("change", "places", figures.signed_places),
                Column("brings", "brings, at the prices", figures.signed_fte),
            ),
            _SHOWN,
        ),
        Table(
            "break_even", "Where its places would change", evens,
            (
                Column("what", "figure"), Column("way", "way"), Column("now", "now", _figure),
                Column("same", "still the same at", _figure),
                Column("other", "changes at", _figure),
                Column("places", "places then", figures.places),
            ),
            note="Solved again with either figure; a dash: no change was found up to ten times the "
            "figure, or down to a hundredth. Cost: of a student who stays to the end, all funds.",
        ),
    )  # fmt: skip


def _figure(value: float) -> str:
    return figures.text(None) if np.isnan(value) else f"{value:,.6g}"


def _years(subject: _Subject) -> pd.DataFrame:
    rows = []
    for k in range(subject.places.shape[1]):
        before = float(subject.row["last_intake"]) if k == 0 else subject.places[subject.c, k - 1]
        low, high = subject.pace(k)
        rows.append(
            {
                "year": subject.problem.instance.first_year + k,
                "places": subject.places[subject.c, k],
                "before": before,
                "change": subject.places[subject.c, k] - before,
                "least": low,
                "most": min(high, subject.problem.cohorts.capacity[subject.c]),
                "stands": subject.stands(k),
            }
        )
    return pd.DataFrame(rows)
