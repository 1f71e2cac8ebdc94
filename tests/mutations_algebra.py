"""Errors planted in the readable model."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyomo.environ as pyo

from commission_opt.algebra import objectives
from commission_opt.algebra.data import Data
from mutations import Mutation, Patch, wrap

M = Mutation


def data(**changes: Callable[[Data], Any]) -> Callable[[Patch], None]:
    """Change sets and parameters; each change is worked out from the true ones."""

    def around(old: Any) -> Any:
        def new(*given: Any) -> Data:
            true: Data = old(*given)
            return replace(true, **{name: change(true) for name, change in changes.items()})

        return new

    return wrap("algebra.model:read_data", around)


def nobody_gone(m: Any) -> None:
    """Let those whom courses took be paid again when they have completed."""
    for (p, q, y), new in m.new_paid.items():
        for t in range(m.data.first_year, y + 1):
            for c, it in m.data.courses.items():
                if (it.taken_from, it.region) == (p, q) and t + it.duration <= y:
                    stayed = (1 - m.data.leaver_rate[p, q]) ** (y - t)
                    gone = it.fte_from * it.completion * stayed * m.starters[c, t]
                    new.set_value(new.expr + gone)


def courses(change: Callable[[Any], dict[str, Any]]) -> Callable[[Patch], None]:
    """Change every course."""
    return data(courses=lambda d: {c: replace(it, **change(it)) for c, it in d.courses.items()})


def measures(change: Callable[[Any], dict[str, Any]]) -> Callable[[Patch], None]:
    """Change every measure."""
    return data(measures=lambda d: {m: replace(it, **change(it)) for m, it in d.measures.items()})


def afterwards(name: str, change: Callable[[Any], object]) -> Callable[[Patch], None]:
    """Change the model once a part of it is written down."""

    def around(old: Any) -> Any:
        def new(m: Any, *rest: Any) -> None:
            old(m, *rest)
            change(m)

        return new

    return wrap(f"algebra.{name}", around)


def priced(name: str, instead: Callable[..., Any]) -> Callable[[Patch], None]:
    """Write another expression for an objective."""
    return wrap(f"algebra.objectives:{name}", lambda _: instead)


def nudge_one(mapping: Any, factor: float = 1 + 1e-6) -> dict[Any, Any]:
    key = next(key for key, value in mapping.items() if value)
    return {**mapping, key: mapping[key] * factor}


def nudge_share(d: Data) -> Any:
    key = next(iter(d.destinations))
    return {**d.destinations, key: nudge_one(d.destinations[key])}


def nudge_weeks(d: Data) -> Any:
    key = next(iter(d.weeks))
    return {**d.weeks, key: nudge_one(d.weeks[key])}


def scale_row(rows: Any, number: float) -> None:
    row = list(rows.values())[4]
    row.set_value((None, row.body * number, row.ub))


def scale_end(rows: Any, number: float) -> None:
    row = next(iter(rows.values()))
    row.set_value((None, row.body, row.ub * number))


def fewer(d: Data) -> Any:
    """Commitments, one of them without its last line."""
    name = next(name for name, promise in d.commitments.items() if len(promise.lines) > 1)
    promise = d.commitments[name]
    return {**d.commitments, name: replace(promise, lines=promise.lines[:-1])}


def surplus_undiscounted(m: Any, *_: Any) -> Any:
    return pyo.quicksum(m.surplus.values())


below_floor = objectives.below_floor


def below_undiscounted(m: Any, *rest: Any) -> Any:
    below_floor(m, *rest)
    return pyo.quicksum(m.below_floor.values())


def nudge_floors(d: Data) -> Any:
    return {
        at: replace(it, fte=it.fte * (1 + 1e-6), demand_share=it.demand_share * (1 + 1e-6))
        for at, it in d.floors.items()
    }


def of_demand(m: Any) -> None:
    for cell, row in m.posts.items():
        row.set_value(m.shortfall[cell] >= m.data.demand[cell] - m.data.posts[cell])


def nowhere(old: Any) -> Any:
    def new(m: Any, d: Data, policy: Any) -> None:
        old(m, d, replace(policy, rules=replace(policy.rules, continuation="none")))

    return new


def growth_counts_more(old: Any) -> Any:
    def new(m: Any, *rest: Any) -> Any:
        return old(m, *rest) + 1e-6 * sum(m.increase.values())

    return new


def with_pipeline(old: Any) -> Any:
    def new(m: Any, *rest: Any) -> Any:
        return old(m, *rest) + sum(m.data.pipeline.values())

    return new


def unfair(old: Any) -> Any:
    return lambda *given: nudge_one(old(*given), 1 + 1e-6)


ALGEBRA_MUTATIONS = [
    M("one row is 1e-6 too large", "budgets", "relaxed", r"row budgets\(",
      afterwards("rules:add_budgets", lambda m: scale_row(m.budget, 1 + 1e-6))),
    M("the pipeline is forgotten", "budgets", "relaxed", r"row budgets\(",
      data(pipeline=lambda _: {})),
    M("one rate is 1e-6 too high", "placements", "relaxed", r"row placements\(",
      data(weeks=nudge_weeks)),
    M("the first lower bound is capped by the capacity", "pace_of_change", "relaxed",
      "box of places", courses(lambda it: {"largest": it.max_amount})),
    M("a closed course has only the allowance", "pace_of_change", "relaxed", r"row pace_up\(",
      courses(lambda _: {"smallest": 0})),
    M("courses may fall freely", "pace_of_change", "relaxed", "in the arrays only",
      afterwards("rules:add_pace", lambda m: m.pace_down.deactivate())),
    M("a course takes one more", "capacity", "relaxed", "box of places",
      courses(lambda it: {"max_amount": it.max_amount + 1})),
    M("cohorts start a step later", "capacity", "whole", "numbers of",
      courses(lambda it: {"smallest": it.smallest + it.step})),
    M("a measure has one unit more", "measures", "relaxed", "box of units",
      measures(lambda it: {"max_amount": it.max_amount + 1})),
    M("amounts start a step later", "measures", "whole", "numbers of",
      measures(lambda it: {"smallest": it.smallest + it.step})),
    M("units arrive a year late", "recruit", "relaxed", r"row shortage\(",
      measures(lambda it: {"lead": it.lead + 1})),
    M("one unit in a million fails", "recruit", "relaxed", r"row shortage\(",
      measures(lambda it: {"fte": it.fte * (1 - 1e-6)})),
    M("units have no leaver rate of their own", "recruit", "relaxed", r"row shortage\(",
      measures(lambda _: {"leaver_rate": math.nan})),
    M("units last a year longer", "temporary", "relaxed", r"row shortage\(",
      measures(lambda it: {"lasts": (it.lasts or 1) + 1} if it.kind == "temporary" else {})),
    M("those retained do not leave", "retain", "relaxed", r"row shortage\(",
      wrap("algebra.measures:retain", lambda _: lambda _d, it, k: it.fte if k else 0.0)),
    M("work is taken away a year late", "reshape", "relaxed", r"row shortage\(",
      measures(lambda it: {"lead": it.lead + 1} if it.kind == "reshape" else {})),
    M("anybody may be retained", "retention", "relaxed", "in the arrays only",
      afterwards("rules:add_staff_limits", lambda m: m.retention.deactivate())),
    M("one row is 1e-6 too large", "retention", "relaxed", r"row retention\(",
      afterwards("rules:add_staff_limits", lambda m: scale_row(m.retention, 1 + 1e-6))),
    M("any demand may be taken away", "reshaping", "relaxed", "in the arrays only",
      afterwards("rules:add_staff_limits", lambda m: m.reshaping.deactivate())),
    M("staff may run out", "staff_taken", "relaxed", "in the arrays only",
      afterwards("rules:add_staff_limits", lambda m: m.staff_taken.deactivate())),
    M("anybody may be drawn", "pathways", "relaxed", "in the arrays only",
      afterwards("rules:add_pathways", lambda m: m.pathways.deactivate())),
    M("one row is 1e-6 too large", "pathways", "relaxed", r"row pathways\(",
      afterwards("rules:add_pathways", lambda m: scale_row(m.pathways, 1 + 1e-6))),
    M("those of the pipeline who qualified are lost", "pathways", "relaxed", r"row pathways\(",
      data(started=lambda d: d.pipeline)),
    M("nobody need be offered a place", "offers", "relaxed", "in the arrays only",
      afterwards("rules:add_pathways", lambda m: m.offers.deactivate())),
    M("those who drop out stay away", "supply", "relaxed", r"row shortage\(",
      wrap("algebra.model:taken_by", lambda old: lambda d, it, t, y: old(
          d, replace(it, release=1.0), t, y))),
    M("anybody may be deployed", "substitution", "relaxed", "in the arrays only",
      afterwards("model:add_deployment", lambda m: m.substitution.deactivate())),
    M("one row is 1e-6 too large", "substitution", "relaxed", r"row substitution\(",
      afterwards("model:add_deployment", lambda m: scale_row(m.substitution, 1 + 1e-6))),
    M("a ratio is 1e-6 too high", "substitution", "relaxed", r"row shortage\(",
      data(substitutes=lambda d: {
          pair: (ratio * (1 + 1e-6), share) for pair, (ratio, share) in d.substitutes.items()})),
    M("nobody is below nothing", "substitution", "relaxed", "box of deployed",
      wrap("algebra.model:_base", lambda _: lambda *_given: 0.0)),
    M("years may differ", "level_intake", "level", "box of places",
      afterwards("rules:add_level_intake", lambda m: m.level_intake.deactivate())),
    M("one course does not count", "commitments", "relaxed", r"row commitments\(",
      data(commitments=fewer)),
    M("one share is 1e-6 too high", "fair_share", "relaxed", r"row fair_share_",
      wrap("algebra.fairness:fair_shares", unfair)),
    M("a region may have too little", "fair_share", "relaxed", "in the arrays only",
      afterwards("rules:add_fair_share", lambda m: m.fair_share_low.deactivate())),
    M("nothing goes on", "continuation", "relaxed", r"row shortage\(",
      wrap("algebra.model:add_amounts", nowhere)),
    M("one leaver rate is 1e-6 too high", "supply", "relaxed", r"row shortage\(",
      data(leaver_rate=lambda d: nudge_one(d.leaver_rate))),
    M("one share of joiners is 1e-6 too high", "supply", "relaxed", r"row shortage\(",
      data(destinations=nudge_share)),
    M("early years are one too many", "supply", "relaxed", r"row shortage\(",
      data(early_years=lambda d: {pair: n + 1 for pair, n in d.early_years.items()})),
    M("discounting starts a year early", "shortfall", "relaxed", r"objective, shortage\(",
      data(discount=lambda d: {y: each / 1.035 for y, each in d.discount.items()})),
    M("one weight of a region is 1e-6 too high", "shortfall", "relaxed", r"objective, shortage\(",
      data(region_weight=lambda d: nudge_one(d.region_weight))),
    M("one region does not count", "worst_region", "relaxed", "in the arrays only",
      afterwards("model:add_objectives", lambda m: next(iter(m.worst.values())).deactivate())),
    M("the pipeline is charged", "cost", "relaxed", "objective, constant",
      wrap("algebra.objectives:cost", with_pipeline)),
    M("one rate of pay is 1e-6 too high", "cost", "relaxed", r"objective, |row budgets\(",
      data(pay=lambda d: {fund: nudge_one(rates) for fund, rates in d.pay.items()})),
    M("nobody is gone for good", "cost", "relaxed", r"objective, places\(",
      afterwards("model:add_paid", nobody_gone)),
    M("growth counts more", "change", "relaxed", r"objective, increase\(",
      wrap("algebra.objectives:change", growth_counts_more)),
    M("nothing is discounted", "surplus", "relaxed", r"objective, surplus\(",
      priced("surplus", surplus_undiscounted)),
    M("one floor asks for 1e-6 more", "below_floor", "relaxed", r"row below_floor\(",
      data(floors=nudge_floors)),
    M("a mix asks for nothing", "below_floor", "relaxed", r"row below_floor\(",
      data(floors=lambda d: {at: replace(it, of=()) for at, it in d.floors.items()})),
    M("nothing is discounted", "below_floor", "relaxed", r"objective, below_floor\(",
      priced("below_floor", below_undiscounted)),
    M("one number of posts is 1e-6 too high", "unemployed", "relaxed", "unemployed",
      data(posts=lambda d: {cell: posts * (1 + 1e-6) for cell, posts in d.posts.items()})),
    M("posts are for demand before reshaping", "shortfall", "relaxed", r"row posts\(",
      afterwards("model:add_shortfall", of_demand)),
    M("a share of demand is 1e-6 too high", "targets", "targets", r"row target_share_met\(",
      afterwards("rules:add_targets", lambda m: scale_end(m.target_share_met, 1 + 1e-6))),
    M("what is beyond a target costs half", "targets", "soft aims", r"objective, beyond_target_",
      afterwards("rules:add_targets", lambda m: m.target_price.update({1: 1.5}))),
]  # fmt: skip
