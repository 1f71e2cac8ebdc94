"""From places and units to shortfall, as one Pyomo model."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from commission_opt.algebra.data import Course, Data
from commission_opt.algebra.deployment import add_deployment
from commission_opt.algebra.measures import of_units
from commission_opt.algebra.objectives import add_objectives
from commission_opt.algebra.pay import add_paid
from commission_opt.algebra.read import read_data
from commission_opt.algebra.rules import add_rules
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy


def build_model(instance: Instance, policy: Policy) -> pyo.ConcreteModel:
    """Write down one planning problem under one commissioning model.

    Returns
    -------
    pyomo.environ.ConcreteModel
        Everything docs/mathematics.md says, indexed by codes and years; ``model.data`` holds the
        parameters. The first objective is active.

    Raises
    ------
    InfeasibleError
        If a rule is broken whatever the places.
    """
    d = read_data(instance, policy)
    m = pyo.ConcreteModel(name=instance.name)
    m.data = d
    add_sets(m, d)
    add_amounts(m, d, policy)
    add_students(m, d)
    add_supply(m, d)
    if d.pay:
        add_paid(m, d)
    add_deployment(m, d, policy)
    add_shortfall(m, d)
    add_rules(m, d, policy)
    add_objectives(m, d, policy)
    return m


def add_sets(m: Any, d: Data) -> None:
    """Write down what everything else is indexed by; ``cells`` are (profession, region, year)."""
    m.professions = pyo.Set(initialize=d.professions)
    m.regions = pyo.Set(initialize=d.regions)
    m.courses = pyo.Set(initialize=list(d.courses))
    m.measures = pyo.Set(initialize=list(d.measures))
    m.lines = pyo.Set(initialize=list(d.lines))
    m.years = pyo.Set(initialize=d.years)
    m.commissioning_years = pyo.Set(initialize=d.commissioning_years)
    m.cells = m.professions * m.regions * m.years


def add_amounts(m: Any, d: Data, policy: Policy) -> None:
    """Decide ``places[c, t]`` and ``units[i, t]``, x, in the commissioning years.

    ``amount`` is either, by line. In every year of the horizon a course has an ``intake``, and
    units of a measure are ``bought``. After the last commissioning year that is what
    ``continuation`` says: as many as in that year (``repeat``), as before the plan
    (``last_intake``), or none (``none``).
    """
    last, lines = d.commissioning_years[-1], d.lines

    def bounds(_m: Any, line: str, _t: int) -> tuple[float, float]:
        return 0, lines[line].max_amount

    def amount(m: Any, line: str, t: int) -> Any:
        return m.places[line, t] if line in d.courses else m.units[line, t]

    def in_every_year(m: Any, line: str, t: int) -> Any:
        if t <= last:
            return m.amount[line, t]
        if policy.rules.continuation == "repeat":
            return m.amount[line, last]
        return lines[line].last_amount if policy.rules.continuation == "last_intake" else 0

    m.places = pyo.Var(m.courses, m.commissioning_years, bounds=bounds)
    m.units = pyo.Var(m.measures, m.commissioning_years, bounds=bounds)
    m.amount = pyo.Expression(m.lines, m.commissioning_years, rule=amount)
    m.intake = pyo.Expression(m.courses, m.years, rule=in_every_year)
    m.bought = pyo.Expression(m.measures, m.years, rule=in_every_year)


def add_students(m: Any, d: Data) -> None:
    """Count the students: who starts, and who is still there in each study year.

    They are ``charged`` for it, and so are the units of a measure, all of them, in each year for
    which they are paid, the first being the one in which they are bought.

    Of the places, φ start; a pipeline cohort is given in students who started. ``students[c, j,
    y]``, those at the start of study year j in year y, are κ^((j − 1)/d) of those who started in
    year y − j + 1.
    """

    def starters(m: Any, c: str, t: int) -> Any:
        if t < d.first_year:
            return d.pipeline.get((c, t), 0.0)
        return d.courses[c].fill * m.intake[c, t]

    def students(m: Any, c: str, j: int, y: int) -> Any:
        course = d.courses[c]
        return course.completion ** ((j - 1) / course.duration) * m.starters[c, y - j + 1]

    def charged(m: Any, line: str, j: int, y: int) -> Any:
        if line in d.courses:
            return m.students[line, j, y]
        return m.bought[line, y - j + 1] if y - j + 1 >= d.first_year else 0.0

    longest = max((course.duration for course in d.courses.values()), default=0)
    m.start_years = pyo.Set(initialize=range(d.first_year - longest, d.years.stop))
    m.study_years = pyo.Set(
        dimen=2,
        initialize=[(c, j + 1) for c, course in d.courses.items() for j in range(course.duration)],
    )
    m.starters = pyo.Expression(m.courses, m.start_years, rule=starters)
    m.students = pyo.Expression(m.study_years, m.years, rule=students)
    m.charges = pyo.Set(dimen=2, initialize=list(dict.fromkeys([*d.cost, *d.weeks])))
    m.charged = pyo.Expression(m.charges, m.years, rule=charged)


def add_supply(m: Any, d: Data) -> None:
    """Carry staff from year to year: entrants, the stock of settled staff, and supply.

    A course's qualifiers, κ of its starters, enter at the start of year t + d; ι ε of them join,
    spread over the regions by a. For their first n years, while they leave at λᵉ, they are still
    recent; what is then left of them joins ``stock``, the settled staff, who leave at λ:

        stock[y] = (1 − λ) stock[y − 1] + J[y] + (1 − λᵉ)^n entrants[y − n]
        supply[y] = stock[y] + Σ_{k < n} (1 − λᵉ)^k entrants[y − k] + brought[y] − taken[y]

    with W for (1 − λ) stock[y − 1] in the first year. The year's entrants and joiners count in
    full; leavers go after the count. Nothing here is clipped at 0. ``brought`` are the staff that
    units of measures, bought so far, have at work; ``taken`` those whom courses keep from it.
    ``base`` is supply with nothing bought: of W, J and the pipeline alone.
    """
    feeders = _feeders(d)

    def entrants(m: Any, p: str, q: str, y: int) -> Any:
        return pyo.quicksum(
            fte * m.starters[c, y - d.courses[c].duration] for c, fte in feeders.get((p, q), ())
        )

    def still_recent(m: Any, p: str, q: str, y: int, k: int) -> Any:
        if y - k < d.first_year:
            return 0.0  # they entered before the plan, so they are in W
        return (1 - d.early_leaver_rate[p, q]) ** k * m.entrants[p, q, y - k]

    def stock_from(m: Any, p: str, q: str, y: int) -> Any:
        before = d.workforce[p, q]
        if y > d.first_year:
            before = (1 - d.leaver_rate[p, q]) * m.stock[p, q, y - 1]
        return before + d.joiners[p, q, y] + still_recent(m, p, q, y, d.early_years[p, q])

    def stock_balance(m: Any, p: str, q: str, y: int) -> Any:
        return m.stock[p, q, y] == m.stock_from[p, q, y]

    def supply(m: Any, p: str, q: str, y: int) -> Any:
        years_recent = min(d.early_years[p, q], y - d.first_year + 1)
        recent = sum(still_recent(m, p, q, y, k) for k in range(years_recent))
        return m.stock[p, q, y] + recent + m.brought[p, q, y] - m.taken[p, q, y]

    def brought(m: Any, p: str, q: str, y: int) -> Any:
        return of_units(m, d, p, q, y, relieving=False)

    def taken(m: Any, p: str, q: str, y: int) -> Any:
        return pyo.quicksum(
            taken_by(d, course, t, y) * m.starters[c, t]
            for c, course in d.courses.items()
            if (course.taken_from, course.region) == (p, q)
            for t in range(d.first_year - course.duration, y + 1)
        )

    m.entrants = pyo.Expression(m.cells, rule=entrants)
    m.taken = pyo.Expression(m.cells, rule=taken)
    m.brought = pyo.Expression(m.cells, rule=brought)
    m.stock = pyo.Var(m.cells)
    m.stock_from = pyo.Expression(m.cells, rule=stock_from)
    m.stock_balance = pyo.Constraint(m.cells, rule=stock_balance)
    m.supply = pyo.Expression(m.cells, rule=supply)
    m.base = {(p, q, y): _base(d, feeders, p, q, y) for p, q, y in m.cells}


def _base(
    d: Data, feeders: dict[tuple[str, str], list[tuple[str, float]]], p: str, q: str, y: int
) -> float:
    """Add up those in post, other joiners and the pipeline, less those whom that keeps away."""
    stay, early, n = 1 - d.leaver_rate[p, q], d.early_leaver_rate[p, q], d.early_years[p, q]
    total = d.workforce[p, q] * stay ** (y - d.first_year)
    total += sum(d.joiners[p, q, t] * stay ** (y - t) for t in range(d.first_year, y + 1))
    for (c, start), started in d.pipeline.items():
        course, entry = d.courses[c], start + d.courses[c].duration
        for own, fte in feeders.get((p, q), ()):
            if own == c and d.first_year <= entry <= y:
                k = y - entry
                total += started * fte * (1 - early) ** min(k, n) * stay ** max(k - n, 0)
        if (course.taken_from, course.region) == (p, q):
            total -= started * taken_by(d, course, start, y)
    return total


def taken_by(d: Data, course: Course, t: int, y: int) -> float:
    """Return the FTE that a starter of year t is missing at work in year y.

    In study year j, ρ κ^((j − 1)/d) of what a student worked, and κ of it for good afterwards; less
    those who would have left anyhow, at λ from the start on, or from the first year on for those
    who were on course before it and so are all counted in W.
    """
    rate = d.leaver_rate[str(course.taken_from), course.region]
    j = y - t + 1
    away = course.completion
    if j <= course.duration:
        away = course.release * course.completion ** ((j - 1) / course.duration)
    return course.fte_from * away * (1 - rate) ** (y - max(t, d.first_year))


def _feeders(d: Data) -> dict[tuple[str, str], list[tuple[str, float]]]:
    """Return which courses feed a profession and region, with the FTE entering per starter."""
    feeders: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for c, course in d.courses.items():
        for q, share in d.destinations.get((course.profession, course.region), {}).items():
            fte = course.completion * course.fte_per_qualifier * share
            feeders.setdefault((course.profession, q), []).append((c, fte))
    return feeders


def add_shortfall(m: Any, d: Data) -> None:
    """Set service against demand: what is missing is ``shortfall``, u, what is over ``surplus``.

    service + lacking − surplus = needed, neither below 0, where ``needed`` is D less what units of
    measures take off it. What is lacking is the shortfall, unless there are posts, P: then staff
    beyond them do no work, so that the shortfall is at least what is lacking and at least
    needed − P. Only an objective presses them to max(0, needed − min(service, P)) and
    max(0, service − needed).
    """

    def needed(m: Any, p: str, q: str, y: int) -> Any:
        return d.demand[p, q, y] - of_units(m, d, p, q, y, relieving=True)

    def balance(m: Any, p: str, q: str, y: int) -> Any:
        missing = m.lacking[p, q, y] if (p, q, y) in d.posts else m.shortfall[p, q, y]
        return m.service[p, q, y] + missing - m.surplus[p, q, y] == m.needed[p, q, y]

    def staff_lacking(m: Any, p: str, q: str, y: int) -> Any:
        return m.shortfall[p, q, y] >= m.lacking[p, q, y]

    def posts(m: Any, p: str, q: str, y: int) -> Any:
        return m.shortfall[p, q, y] >= m.needed[p, q, y] - d.posts[p, q, y]

    m.needed = pyo.Expression(m.cells, rule=needed)
    m.cells_with_posts = pyo.Set(dimen=3, initialize=list(d.posts))
    m.shortfall = pyo.Var(m.cells, within=pyo.NonNegativeReals)
    m.lacking = pyo.Var(m.cells_with_posts, within=pyo.NonNegativeReals)
    m.surplus = pyo.Var(m.cells, within=pyo.NonNegativeReals)
    m.balance = pyo.Constraint(m.cells, rule=balance)
    m.staff_lacking = pyo.Constraint(m.cells_with_posts, rule=staff_lacking)
    m.posts = pyo.Constraint(m.cells_with_posts, rule=posts)
