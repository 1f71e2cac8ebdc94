"""Shortfall: FTE missing, in tiers, weighted by profession and region, discounted.

``Σ w_p · w_r · δ^(y − first_year) · Σ_b ω_b · u_b``, and the price of soft commitments and targets
missed.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from commission_opt.accounts.many import Many, summed
from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.formulation import targeted
from commission_opt.formulation.expected import Expected
from commission_opt.formulation.parts import Aim, stacked
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import commitments, targets
from commission_opt.formulation.shortage import (
    SHORTAGE,
    shortage,
    tiered,
    tiers_of,
    weights,
)

TITLE = "weighted shortfall"
UNIT = "weighted FTE-years"
SENTENCE = "the weighted shortfall of {} FTE-years"
KEYS = ("tiers",)
CAPPED = "weighted shortfall without tiers"
WEIGHTED = True
PRICES_COMMITMENTS = True


def aim(problem: Planning) -> Aim:
    """Write the objective over the shortage columns."""
    columns, each = shortage(problem), weights(problem)
    cost = np.array([tier.weight for tier in columns.tiers])[columns.tier]
    settled = tiered(columns.settled, problem.instance.demand, columns.tiers)
    costs = {SHORTAGE: cost * each.ravel()[columns.cell]}
    offset = float(np.sum(each * settled))
    hinges = columns.hinges(problem.instance.demand, each, problem.layout.size, offset)
    return priced(problem, Aim("shortfall", costs, offset, (columns.part,), hinges=hinges))


def expected(problem: Planning, many: Expected) -> Aim:
    """Write its expectation over many futures, nowhere above it."""
    return priced(problem, many.missing("shortfall", SHORTAGE))


def priced(problem: Planning, found: Aim) -> Aim:
    """Return an aim of what is missing with the prices of what is missed beside it.

    That is of soft commitments and of soft targets.
    """
    if not problem.policy.prices_missed:
        return found
    rules = problem.policy.rules
    cost, parts, hinges = dict(found.cost), found.parts, found.hinges
    assert hinges is not None
    if rules.commitments == "soft":
        part = commitments.rows(problem)
        cost |= {b.name: np.full(len(b.lower), rules.commitment_price) for b in part.columns}
        parts, hinges = (*parts, part), stacked(hinges, commitments.missed_hinges(problem))
    if more := targeted.prices(problem):
        cost |= more
        parts, hinges = (*parts, targets.rows(problem)), targets.all_hinges(problem, hinges)
    return replace(found, cost=cost, parts=parts, hinges=hinges)


def value(problem: Planning, result: Outcome) -> float:
    """Return the weighted shortfall of an allocation, weighted FTE-years."""
    instance, rules = problem.instance, problem.policy.rules
    missing = tiered(result.shortfall, instance.demand, tiers_of(problem.policy))
    total = float(np.sum(weights(problem) * missing))
    if rules.commitments == "soft":
        missed = commitments.missed_places(instance, result.amounts)
        total += rules.commitment_price * float(missed.sum())
    return total + float(targeted.priced(problem, result.shortfall[..., None], result.places).sum())


def values(problem: Planning, many: Many) -> Floats:
    """Return the same in many futures, shape (W,).

    A tier adds what its weight is above that of the one before, from where it begins.
    """
    short, needed = many.balance.shortfall, many.balance.needed
    tiers, rules = tiers_of(problem.policy), problem.policy.rules
    each = weights(problem)
    total = tiers[0].weight * summed(each, short)
    beyond = np.empty_like(short)
    for before, tier in pairwise(tiers):
        np.multiply(needed, -before.up_to, out=beyond)
        beyond += short
        np.maximum(beyond, 0.0, out=beyond)
        total += (tier.weight - before.weight) * summed(each, beyond)
    if rules.commitments == "soft":
        missed = commitments.missed_places(problem.instance, many.given.amounts)
        total += rules.commitment_price * float(missed.sum())
    return np.asarray(total + targeted.priced(problem, short, many.given.places))


def slopes(problem: Planning, many: Many) -> Floats:
    """Return what one FTE more that is missing costs in each cell, shape (P, Q, Y, W).

    Soft commitments and targets, which have prices of their own, are left out: they never lower a
    value.
    """
    short, needed = many.balance.shortfall, many.balance.needed
    tiers = tiers_of(problem.policy)
    found = tiers[0].weight * (short > 0.0)
    for before, tier in pairwise(tiers):
        found += (tier.weight - before.weight) * (short > before.up_to * needed) * (short > 0.0)
    return np.asarray(found * weights(problem)[..., None])
