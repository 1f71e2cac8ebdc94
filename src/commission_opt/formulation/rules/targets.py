"""Targets: a most or least of the shortfall, of the demand met or of places, in each year.

``Σ u[p,q,y] ≤ most`` over the professions and leaf regions of the target, and ``Σ x[c,t] ≤ most``
or ``≥ least`` over its courses; a least share of demand met is a most of what is missing. One with
a price may be missed: what is beyond is a column of its own that the shortfall objective pays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from scipy import sparse

from commission_opt.accounts.many import Excess, Many
from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.formulation.parts import PLACES, Columns, Hinges, Part, Rows, stacked
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.shortage import ONE_TIER, SHORTAGE, Shortage, shortage
from commission_opt.formulation.target_origins import ENDS, ORIGIN_OF, line_of
from commission_opt.formulation.targeted import (
    BEYOND,
    STAFF,
    TargetYear,
    asked,
    courses_of,
    misfits_of,
    missed,
)
from commission_opt.formulation.violations import Violation, worst
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy, Target, TargetKind, Tier

TITLE = "targets"
ORIGINS = ENDS
_FROM_END = (Tier(1.0, 0.0), Tier(np.inf, 1.0))


def words(policy: Policy) -> str:
    """Say what is asked for."""
    return "; ".join(map(_words, policy.targets)) or "none"


def _words(target: Target) -> str:
    end = f"{100 * target.end:g} %" if target.of == "share_met" else f"{target.end:,g}"
    unit = {"shortfall": " FTE", "share_met": "", "places": " places"}[target.of]
    first, last = target.first_year, target.last_year
    when = f" in {first}" if first is not None and first == last else ""
    if not when:
        when = "" if first is None else f" from {first}"
        when += "" if last is None else f" to {last}"
    soft = "" if target.price is None else f", or {target.price:g} weighted FTE-years for each"
    kind = "at most" if target.at_least is None else "at least"
    return f"{target.title} {kind} {end}{unit}{when}{soft}"


def fits(instance: Instance, policy: Policy) -> Iterator[tuple[int | None, str, str]]:
    """Yield the line, key and message of what targets ask for that an instance does not have."""
    for number, target in enumerate(policy.targets):
        for key, message in misfits_of(instance, policy, target):
            yield line_of(policy, number, key), f"target {number + 1}, {key}", message


def rows(problem: Planning) -> Part:
    """Keep what is missing and places at or within their ends, or count what is beyond them."""
    parts = []
    if any(target.staff for target in problem.policy.targets):
        found = shortage(problem)
        parts.append(found.part)
        parts += [_of_staff(problem, found, kind) for kind in STAFF]
    if goals := asked(problem, "places"):
        parts.append(_of_places(problem, goals))
    return Part(
        tuple(block for part in parts for block in part.columns),
        tuple(block for part in parts for block in part.rows),
    )


def _of_staff(problem: Planning, found: Shortage, kind: TargetKind) -> Part:
    (columns,), goals = found.part.columns, asked(problem, kind)
    if not goals:
        return Part()
    counts, settled = _counted(problem, found, goals)
    most = np.array([each.end for each in goals]) - settled
    reach = np.maximum(counts @ columns.upper - most, 0.0)

    def beyond(x: Floats) -> Floats:
        return np.asarray(counts @ columns.fill(x) - most)

    own = Rows(
        f"target_{kind}", {SHORTAGE: counts}, np.full(len(goals), -np.inf), most,
        *_named(problem, goals), origin=ORIGIN_OF[kind],
        hinges=tuple(_plain(problem, found, each) if each.hard else None for each in goals),
    )  # fmt: skip
    return _softened(own, goals, reach, beyond)


def _counted(
    problem: Planning, found: Shortage, goals: Sequence[TargetYear]
) -> tuple[sparse.csr_array, Floats]:
    """Return which shortage columns each counts, and what is missing whatever is decided."""
    masks = [each.cells(problem.instance) for each in goals]
    counts = sparse.csr_array(np.stack([mask.ravel()[found.cell] for mask in masks]).astype(float))
    return counts, np.array([found.settled[mask].sum() for mask in masks])


def _plain(problem: Planning, found: Shortage, each: TargetYear) -> Hinges:
    """Return what is missing of a target where decisions change it."""
    mask = each.cells(problem.instance).astype(float)
    plain = replace(found, tiers=ONE_TIER)
    return plain.hinges(problem.instance.demand, mask, problem.layout.size, 0.0)


def _of_places(problem: Planning, goals: Sequence[TargetYear]) -> Part:
    matches = _matches(problem, goals)
    end = np.array([each.end for each in goals])
    most = np.array([each.most for each in goals])
    capacity = matches @ problem.cohorts.capacity[problem.layout.line]
    size = problem.layout.size

    def beyond(x: Floats) -> Floats:
        total = matches @ x[:size]
        return np.asarray(np.where(most, total - end, end - total))

    own = Rows(
        "target_places", {PLACES: matches},
        np.where(most, -np.inf, end), np.where(most, end, np.inf),
        *_named(problem, goals), origin=ORIGIN_OF["places"],
    )  # fmt: skip
    return _softened(own, goals, np.maximum(np.where(most, capacity - end, end), 0.0), beyond)


def _matches(problem: Planning, goals: Sequence[TargetYear]) -> sparse.csr_array:
    layout = problem.layout
    masks = np.stack([courses_of(problem.instance, each.target) for each in goals])
    row, course = np.nonzero(masks)
    column = layout.column(course, np.array([each.year for each in goals])[row])
    return sparse.csr_array((np.ones(len(row)), (row, column)), shape=(len(goals), layout.size))


def _softened(
    own: Rows, goals: Sequence[TargetYear], most: Floats, beyond: Callable[[Floats], Floats]
) -> Part:
    """Add columns for what is beyond the ends of targets that have a price."""
    soft = np.flatnonzero([not each.hard for each in goals])
    if not len(soft):
        return Part(rows=(own,))
    name = BEYOND + own.name
    sign = np.array([-1.0 if each.most else 1.0 for each in goals])[soft]
    slack = sparse.csr_array((sign, (soft, np.arange(len(soft)))), shape=(len(goals), len(soft)))
    columns = Columns(
        name, np.zeros(len(soft)), most[soft], lambda x: np.maximum(beyond(x)[soft], 0.0),
        lambda i: own.key(int(soft[i])),
    )  # fmt: skip
    softened = replace(own, coefficients={**own.coefficients, name: slack})
    return Part((columns,), (softened,))


def _named(
    problem: Planning, goals: Sequence[TargetYear]
) -> tuple[Callable[[int], str], Callable[[int], str]]:
    """Return the labels and keys of rows."""
    first = problem.instance.first_year
    return (
        lambda i: goals[i].named(problem.instance),
        lambda i: f"{goals[i].number + 1},{first + goals[i].year}",
    )


def beyond_hinges(problem: Planning) -> Iterator[Hinges]:
    """Yield the prices of what soft targets miss as sums of hinges, never less than they come to.

    What several cells may miss together is shared out among them by what is missing with nothing
    bought.
    """
    n, demand = problem.layout.size, problem.instance.demand
    if goals := [each for each in asked(problem, "places") if not each.hard]:
        sign = np.array([-1.0 if each.most else 1.0 for each in goals])
        price = np.array([each.target.price or 0.0 for each in goals])
        reach = sparse.csr_array(sparse.diags_array(sign) @ _matches(problem, goals))
        knots = sign * np.array([each.end for each in goals])
        yield Hinges(reach, knots[None], price[None], np.zeros(n), 0.0)
    if goals := [each for each in asked(problem, *STAFF) if not each.hard]:
        found = shortage(problem)
        gap = np.zeros(demand.size)
        gap[found.live] = np.maximum(found.gap, 0.0)
        for each in goals:
            cost, mask = each.target.price or 0.0, each.cells(problem.instance)
            left = each.end - float(found.settled[mask].sum())
            own: Floats = mask.astype(np.float64) * gap.reshape(mask.shape)
            allowed = own * (max(left, 0.0) / max(float(own.sum()), 1e-9))
            plain = replace(found, tiers=_FROM_END)
            hinges = plain.hinges(
                allowed, cost * mask.astype(np.float64), n, cost * max(-left, 0.0)
            )
            exact = hinges.exact and (left <= 0.0 or int(np.count_nonzero(own)) <= 1)
            yield replace(hinges, exact=exact)


def all_hinges(problem: Planning, first: Hinges) -> Hinges:
    """Add what soft targets miss, at their prices, to a sum of hinges."""
    for more in beyond_hinges(problem):
        first = stacked(first, more)
    return first


def violations(problem: Planning, result: Outcome) -> Iterator[Violation]:
    """Check every target that has to be kept, in each of its years."""
    goals = _hard(problem)
    if goals:
        over = [missed(problem, g, result.shortfall[..., None], result.places) for g in goals]
        end = np.array([each.end for each in goals])
        excess = np.array([float(np.ravel(each)[0]) for each in over])
        yield worst(excess, end, lambda at: goals[at[0]].named(problem.instance))


def excesses(problem: Planning, many: Many) -> Iterator[Excess]:
    """Check the same in many futures."""
    if goals := _hard(problem):
        shortfall, places = many.balance.shortfall, many.given.places
        over = np.stack([
            np.broadcast_to(missed(problem, each, shortfall, places), shortfall.shape[3:])
            for each in goals
        ])  # fmt: skip
        end = np.array([each.end for each in goals])[:, None]
        yield over, end, lambda row: goals[row].named(problem.instance)


def _hard(problem: Planning) -> list[TargetYear]:
    return [each for each in asked(problem) if each.hard]
