"""The rules that places and units must keep, one function each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pyomo.environ as pyo

from commission_opt.algebra.data import Cell, Course, Data, Use
from commission_opt.algebra.fairness import add_fair_share
from commission_opt.algebra.limits import TOLERANCE, within
from commission_opt.algebra.measures import RELIEVING
from commission_opt.algebra.pathways import add_pathways
from commission_opt.algebra.targets import add_targets
from commission_opt.policy import Policy

MILLION = 1e6  # budgets are counted in £m, so that all rows have numbers of like size


def add_rules(m: Any, d: Data, policy: Policy) -> None:
    """Write down every rule that the commissioning model sets."""
    add_staff_limits(m, d)
    if policy.targets:
        add_targets(m, d, policy)
    if policy.integer:
        add_cohorts(m, d)
    if policy.rules.pace_of_change is not None:
        add_pace(m, d, policy)
    if policy.rules.level_intake:
        add_level_intake(m, d)
    if policy.rules.budgets:
        add_budgets(m, d)
    if policy.rules.placements:
        add_placements(m, d)
    add_commitments(m, d, policy)
    if policy.rules.fair_share is not None:
        add_fair_share(m, d, policy.rules.fair_share)
    add_pathways(m, d)


def add_cohorts(m: Any, d: Data) -> None:
    """Admissible numbers: 0 and the multiples of the step from s to A.

    A number of places or units is the step times a whole number of ``steps``. Where s is more than
    one step, ``cohort_open`` says whether the line is bought at all: if so s or more, if not none.
    The relaxation leaves all of this out.
    """
    lines = d.lines
    guarded = [line for line in m.lines if lines[line].smallest > lines[line].step]

    def most_steps(_m: Any, line: str, _t: int) -> tuple[int, int]:
        return 0, lines[line].largest // lines[line].step

    def whole_steps(m: Any, line: str, t: int) -> Any:
        return m.amount[line, t] == lines[line].step * m.steps[line, t]

    def cohort_least(m: Any, line: str, t: int) -> Any:
        return m.amount[line, t] >= lines[line].smallest * m.cohort_open[line, t]

    def cohort_most(m: Any, line: str, t: int) -> Any:
        return m.amount[line, t] <= lines[line].largest * m.cohort_open[line, t]

    m.guarded = pyo.Set(initialize=guarded)
    m.steps = pyo.Var(
        m.lines, m.commissioning_years, within=pyo.NonNegativeIntegers, bounds=most_steps
    )
    m.whole_steps = pyo.Constraint(m.lines, m.commissioning_years, rule=whole_steps)
    m.cohort_open = pyo.Var(m.guarded, m.commissioning_years, within=pyo.Binary)
    m.cohort_least = pyo.Constraint(m.guarded, m.commissioning_years, rule=cohort_least)
    m.cohort_most = pyo.Constraint(m.guarded, m.commissioning_years, rule=cohort_most)


def add_pace(m: Any, d: Data, policy: Policy) -> None:
    """Pace of change: how far a course may grow or shrink from one year to the next.

    last (1 − max_decrease) − allowance ≤ x[c,t] ≤ last (1 + max_increase) + max(allowance, s),
    where last is the year before's places, or last_intake in the first year, in which the lower
    bound is at most A. Whole places need to meet a bound within 10⁻⁶ only, lest the last bit of
    a product forbid a number that the rule allows; the relaxation keeps bounds as they are.

    With combine = "larger" only one of share and room counts, each way: the larger at the
    course's last_intake, the share if they are equal. Without open_closed, s is no room, a course
    without places gets none, x[c,t] ≤ last · A / s after the first year, and the first lower bound
    is at most the largest admissible number within the upper bound, if there is one.
    """
    pace = policy.rules.pace_of_change
    assert pace is not None
    slack = TOLERANCE if policy.integer else 0.0
    either = pace.combine == "larger"

    def up(course: Course) -> tuple[float, float]:
        room = max(pace.allowance, course.smallest) if pace.open_closed else pace.allowance
        share = course.last_amount * pace.max_increase >= room
        return (
            1.0 if either and not share else 1 + pace.max_increase,
            0.0 if either and share else room,
        )

    def down(course: Course) -> tuple[float, float]:
        share = course.last_amount * pace.max_decrease >= pace.allowance
        return (
            1.0 if either and not share else 1 - pace.max_decrease,
            0.0 if either and share else pace.allowance,
        )

    def first_most(course: Course) -> float:
        if course.last_amount == 0 and not pace.open_closed:
            return 0.0
        rise, room = up(course)
        return course.last_amount * rise + room

    def first_least(course: Course) -> float:
        most: float = course.largest
        if not pace.open_closed:
            within = min(most, course.step * ((first_most(course) + TOLERANCE) // course.step))
            most = within if within >= course.smallest else 0.0
        fall, room = down(course)
        return min(course.last_amount * fall - room, most)

    def pace_up(m: Any, c: str, t: int) -> Any:
        if t == d.first_year:
            return m.places[c, t] <= first_most(d.courses[c]) + slack
        rise, room = up(d.courses[c])
        return m.places[c, t] <= m.places[c, t - 1] * rise + room + slack

    def pace_down(m: Any, c: str, t: int) -> Any:
        if t == d.first_year:
            return m.places[c, t] >= first_least(d.courses[c]) - slack
        fall, room = down(d.courses[c])
        return m.places[c, t] >= m.places[c, t - 1] * fall - room - slack

    def pace_open(m: Any, c: str, t: int) -> Any:
        if t == d.first_year or pace.open_closed:
            return pyo.Constraint.Skip
        course = d.courses[c]
        cohorts = course.largest / course.smallest if course.smallest else 0.0
        return m.places[c, t] <= m.places[c, t - 1] * cohorts + slack

    m.pace_up = pyo.Constraint(m.courses, m.commissioning_years, rule=pace_up)
    m.pace_open = pyo.Constraint(m.courses, m.commissioning_years, rule=pace_open)
    m.pace_down = pyo.Constraint(m.courses, m.commissioning_years, rule=pace_down)


def add_level_intake(m: Any, d: Data) -> None:
    """Level intake: a course takes the same number in every commissioning year."""

    def level_intake(m: Any, c: str, t: int) -> Any:
        if t == d.first_year:
            return pyo.Constraint.Skip
        return m.places[c, t] == m.places[c, t - 1]

    m.level_intake = pyo.Constraint(m.courses, m.commissioning_years, rule=level_intake)


def add_budgets(m: Any, d: Data) -> None:
    """Budgets: what all students and units cost a fund in a year is within its amount.

    Each row is a limit of its own. It covers the lines in its region or in regions within it;
    students of the pipeline, of the plan and of its continuation all count, at the start of their
    study year, undiscounted. A fund that pays staff carries £ per FTE-year · ``paid`` of those who
    work there as well.
    """
    words = "the budget {!r} of {!r} in {}"
    m.budget = _limits(d, d.cost, d.budgets, d.within, words, MILLION)


def add_placements(m: Any, d: Data) -> None:
    """Placements: the weeks that students and units in a region need of a pool are within capacity.

    Pipeline, plan and continuation count, as in the budgets.
    """
    own = {region: {region} for _, region, _ in d.capacity}
    m.placement = _limits(d, d.weeks, d.capacity, own, "the placements {!r} in {!r} in {}")


def _limits(
    d: Data,
    use: Use,
    limits: Mapping[Cell, float],
    covered: Mapping[str, Collection[str]],
    words: str,
    unit: float = 1.0,
) -> Any:
    """Keep what all that is charged uses of a fund or pool, in the regions covered, to a limit."""
    users: dict[str, list[tuple[str, int, float]]] = {}
    for (line, j), rates in use.items():
        for item, rate in rates.items():
            users.setdefault(item, []).append((line, j, rate))
    lines = d.lines

    def limit(m: Any, item: str, region: str, y: int) -> Any:
        used = pyo.quicksum(
            rate / unit * m.charged[line, j, y]
            for line, j, rate in users.get(item, ())
            if lines[line].region in covered[region]
        )
        if use is d.cost:
            used = used + pyo.quicksum(
                rate / unit * m.paid[p, q, at]
                for (p, q, at), rate in d.pay.get(item, {}).items()
                if at == y and q in covered[region]
            )
        most = limits[item, region, y] / unit
        return within(words.format(item, region, y), None, used, most)

    return pyo.Constraint(pyo.Set(initialize=list(limits), dimen=3), rule=limit)


def add_commitments(m: Any, d: Data, policy: Policy) -> None:
    """Hold commitments: least and most of some lines together, in each year of a range.

    A hard commitment holds. A soft one may be missed: places or units ``missing`` below the least
    or ``beyond`` the most, each of which adds commitment_price to the objective ``shortfall``.
    """
    soft = policy.rules.commitments == "soft"

    def commitment(m: Any, name: str, t: int) -> Any:
        promise = d.commitments[name]
        number = pyo.quicksum(m.amount[line, t] for line in promise.lines)
        if soft:
            number = number + m.missing[name, t] - m.beyond[name, t]
        return within(f"the commitment {name!r} in {t}", promise.least, number, promise.most)

    m.promises = pyo.Set(
        dimen=2,
        initialize=[
            (name, t)
            for name, promise in d.commitments.items()
            for t in d.commissioning_years
            if t in promise.years
        ],
    )
    if soft:
        m.missing = pyo.Var(m.promises, within=pyo.NonNegativeReals)
        m.beyond = pyo.Var(m.promises, within=pyo.NonNegativeReals)
    m.commitment = pyo.Constraint(m.promises, rule=commitment)


def add_staff_limits(m: Any, d: Data) -> None:
    """Keep nobody who would not leave, and take no more staff or demand away than there are.

    Retention: Σ f z[m, y − lead] ≤ λ supply[p,q,y] over the measures that retain, in each year but
    the last. Reshaping: needed[p,q,y] ≥ 0. Staff taken: supply[p,q,y] ≥ 0 where courses take any.
    """
    retaining = {(i.profession, i.region) for i in d.measures.values() if i.kind == "retain"}
    reshaped = {(i.profession, i.region) for i in d.measures.values() if i.kind in RELIEVING}

    def kept(m: Any, p: str, q: str, y: int) -> Any:
        return pyo.quicksum(
            it.fte * m.bought[i, y - it.lead]
            for i, it in d.measures.items()
            if it.kind == "retain" and (it.profession, it.region) == (p, q)
            if y - it.lead >= d.first_year
        )

    def retention(m: Any, p: str, q: str, y: int) -> Any:
        over = kept(m, p, q, y) - d.leaver_rate[p, q] * m.supply[p, q, y]
        return within(f"those retained of {p!r} in {q!r} in {y} who stay anyway", None, over, 0.0)

    def reshaping(m: Any, p: str, q: str, y: int) -> Any:
        return within(f"demand for {p!r} in {q!r} in {y}", 0.0, m.needed[p, q, y], None)

    def staff_taken(m: Any, p: str, q: str, y: int) -> Any:
        return within(f"staff of {p!r} in {q!r} in {y}", 0.0, m.supply[p, q, y], None)

    takers = {(it.taken_from, it.region) for it in d.courses.values() if it.taken_from}
    m.taken_from = pyo.Set(dimen=3, initialize=[(*at, y) for at in sorted(takers) for y in d.years])
    m.staff_taken = pyo.Constraint(m.taken_from, rule=staff_taken)
    m.retaining = pyo.Set(
        dimen=3, initialize=[(*at, y) for at in sorted(retaining) for y in d.years[:-1]]
    )
    m.retention = pyo.Constraint(m.retaining, rule=retention)
    m.reshaped = pyo.Set(dimen=3, initialize=[(*at, y) for at in sorted(reshaped) for y in d.years])
    m.reshaping = pyo.Constraint(m.reshaped, rule=reshaping)
