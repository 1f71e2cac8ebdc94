"""Everything that follows from places and units, through the model's own expressions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pyomo.environ as pyo

from commission_opt.policy import Policy

Amounts = Mapping[tuple[str, int], float]
Deployed = Mapping[tuple[str, str, str, int], float]


def evaluate(
    model: pyo.ConcreteModel, policy: Policy, amounts: Amounts, deployed: Deployed | None = None
) -> dict[str, float]:
    """Set every variable to what follows from the places and units, and those deployed.

    Parameters
    ----------
    model : pyomo.environ.ConcreteModel
        As ``build_model`` made it.
    policy : Policy
        What it was made for.
    amounts : mapping of (line, year) to float
        Places of courses and units of measures.
    deployed : mapping of (needed, by, region, year) to float, optional
        FTE deployed; nobody where none is given.

    Returns
    -------
    dict of str to float
        Value of each objective, in its own unit.
    """
    for key, number in amounts.items():
        bought = model.places if key[0] in model.data.courses else model.units
        bought[key].set_value(number, skip_validation=True)
    for pair, variable in model.deployed.items():
        variable.set_value((deployed or {}).get(pair, 0.0), skip_validation=True)
    if policy.integer:
        _cohorts(model)
    _staff(model)
    if policy.rules.commitments == "soft":
        _missed(model)
    if policy.targets:
        _beyond(model)
    for objective in policy.objectives:
        if objective.minimise == "shortfall":
            _bands(model)
        elif objective.minimise == "worst_region":
            missing, need = model.region_shortfall, model.region_demand
            shares = [float(pyo.value(missing[q])) / need[q] for q in model.needy_regions]
            model.worst_region.set_value(max([0.0, *shares]))
        elif objective.minimise == "change":
            _change(model)
        elif objective.minimise == "below_floor":
            _below(model)
        elif objective.minimise == "unemployed":
            for cell, idle in model.unemployed.items():
                beyond = float(pyo.value(model.supply[cell])) - model.data.posts[cell]
                idle.set_value(max(0.0, beyond))
    return {name: float(pyo.value(model.objective_value[name])) for name in model.stages}


def violation(model: pyo.ConcreteModel) -> float:
    """Return the largest violation of a constraint, relative to max(1, |limit|)."""
    largest = 0.0
    for row in model.component_data_objects(pyo.Constraint, active=True):
        body = float(pyo.value(row.body))
        for limit, excess in ((row.lb, -1.0), (row.ub, 1.0)):
            if limit is not None:
                largest = max(largest, excess * (body - limit) / max(1.0, abs(limit)))
    return largest


def _cohorts(m: Any) -> None:
    lines = m.data.lines
    for line, t in m.amount:
        m.steps[line, t].set_value(round(pyo.value(m.amount[line, t]) / lines[line].step))
    for line, t in m.cohort_open:
        m.cohort_open[line, t].set_value(int(pyo.value(m.amount[line, t]) > 0))


def _staff(m: Any) -> None:
    for p, q, y in m.cells:  # year by year, so that each stock finds the one before it
        m.stock[p, q, y].set_value(float(pyo.value(m.stock_from[p, q, y])))
        needed = float(pyo.value(m.needed[p, q, y]))
        over = float(pyo.value(m.service[p, q, y])) - needed
        posts = m.data.posts.get((p, q, y), math.inf)
        m.shortfall[p, q, y].set_value(max(0.0, -over, needed - posts))
        m.surplus[p, q, y].set_value(max(0.0, over))
        if (p, q, y) in m.lacking:
            m.lacking[p, q, y].set_value(max(0.0, -over))


def _bands(m: Any) -> None:
    for cell in m.cells:
        left = m.shortfall[cell].value
        for b in m.bands:  # the cheapest first: weights do not fall
            band = m.shortfall_band[(*cell, b)]
            band.set_value(left if band.ub is None else min(left, band.ub), skip_validation=True)
            left -= band.value


def _change(m: Any) -> None:
    for c, t in m.increase:
        first = t == m.data.first_year
        before = m.data.courses[c].last_amount if first else m.places[c, t - 1].value
        grown = m.places[c, t].value - before
        m.increase[c, t].set_value(max(0.0, grown))
        m.decrease[c, t].set_value(max(0.0, -grown))


def _below(m: Any) -> None:
    for key, below in m.below_floor.items():
        lacking = pyo.value(m.floor_required[key]) - pyo.value(m.floor_service[key])
        below.set_value(max(0.0, float(lacking)))


def _missed(m: Any) -> None:
    for name, t in m.promises:
        promise = m.data.commitments[name]
        number = sum(float(pyo.value(m.amount[line, t])) for line in promise.lines)
        least = number if promise.least is None else promise.least
        most = number if promise.most is None else promise.most
        m.missing[name, t].set_value(max(0.0, least - number))
        m.beyond[name, t].set_value(max(0.0, number - most))


def _beyond(m: Any) -> None:
    for key, beyond in m.beyond_target.items():
        beyond.set_value(0.0)
        for rows in (m.target_shortfall, m.target_share_met, m.target_places):
            if key in rows:
                body = float(pyo.value(rows[key].body))
                over = body - (math.inf if rows[key].ub is None else rows[key].ub)
                under = (-math.inf if rows[key].lb is None else rows[key].lb) - body
                beyond.set_value(max(0.0, over, under))
