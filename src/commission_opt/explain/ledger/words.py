"""What is said about commitments and their prices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from commission_opt.allocation.settled import first_value
from commission_opt.arrays import Floats
from commission_opt.explain import figures
from commission_opt.explain.best import Best
from commission_opt.explain.ledger.prices import LEAST, Price, price
from commission_opt.explain.ledger.promises import OVERRIDE, Promise
from commission_opt.explain.ledger.shapley import Kept, ShapleyValues
from commission_opt.explain.ledger.whole import InWholePlaces
from commission_opt.explain.units import Unit, unit_of
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.problem import Planning
from commission_opt.text.counts import agreed, plural, span, spans

_SAME = 1e-6  # relative; sums of prices that differ by less are said to be equal


def nothing(problem: Planning, idle: Sequence[Promise]) -> str:
    """Say that no commitment counts."""
    when = _commissioning(problem)
    what = "places and units" if len(problem.instance.measures) else "places"
    if not idle:
        return "This plan has no commitments and no hand-made overrides."
    if len(idle) == 1:
        return f"The one commitment has no effect on the {what} of {when}."
    return f"None of {plural(len(idle), 'commitment')} has an effect on the {what} of {when}."


def sentences(
    problem: Planning,
    places: Floats,
    members: Sequence[Promise],
    solved: Mapping[Kept, Best],
    averages: ShapleyValues,
    whole: InWholePlaces | None,
) -> Iterator[str]:
    """Say what commitments cost, the most important first."""
    unit = unit_of(problem)
    every = frozenset(promise.position for promise in members)
    base = solved[frozenset()]
    joint = price(base, solved[every])
    single = {p: price(base, solved[frozenset({p.position})]) for p in members}
    yield _headline(unit, members, joint, single)
    if joint.price > 0 and len(members) > 1:
        yield _sum(unit, joint, single)
    yield _how(problem, unit, [joint, *single.values()])
    if len(members) > 1:
        yield _orders(averages, len(members))
    if whole is not None:
        yield from _in_whole(problem, places, unit, whole, every)
    if (rate := problem.policy.rules.price_of_missing) is not None:
        yield _soft(rate, members)


def _headline(
    unit: Unit, members: Sequence[Promise], joint: Price, single: Mapping[Promise, Price]
) -> str:
    overrides = sum(p.kind == OVERRIDE for p in members)
    both = ((len(members) - overrides, "commitment"), (overrides, "hand-made override"))
    said = " and ".join(f"{number} {word}{'s' * (number > 1)}" for number, word in both if number)
    count = f"The {said}" if len(members) > 1 else said
    money = _money(unit, joint)
    if not joint.price > 0:
        many = agreed(len(members), "costs", "cost")
        return f"{count} in force {many} nothing: the best without is no better.{money}"
    dearest = max(members, key=lambda p: single[p].price)
    name, cost = f"“{dearest.name}” (owner {dearest.owner})", unit.amount(joint.price)
    if len(members) == 1:
        return f"{name} costs {cost}.{money}"
    most = unit.show(single[dearest].price)
    return f"{count} in force cost {cost} together; the dearest is {name}: {most}.{money}"


def _money(unit: Unit, joint: Price) -> str:
    if abs(joint.spend) < LEAST:
        return ""
    way = "more" if joint.spend > 0 else "less"
    text = f" With them {figures.pounds(abs(joint.spend))} {way} is spent over the horizon"
    if joint.price > 0 and joint.spend > 0:
        text += f", {unit.show(joint.per_million)} lost for each £1m of it"
    return f"{text}."


def _sum(unit: Unit, joint: Price, single: Mapping[Promise, Price]) -> str:
    total = sum(each.price for each in single.values())
    if abs(total - joint.price) <= _SAME * max(1.0, joint.price):
        return "Lifted one by one they save as much: these do not stand in each other's way."
    if total > joint.price:
        why = "they ask for the same money or capacity, and to lift one relieves the others too"
    else:
        why = "where two hold the same places, to lift one frees little while the other stays"
    return (
        f"The prices one by one add up to {unit.show(total)}, not {unit.show(joint.price)}: {why}."
    )


def _how(problem: Planning, unit: Unit, found: Sequence[Price]) -> str:
    error = max(max(p.high - p.price, p.price - p.low) for p in found)
    said = (
        "A price is what is lost: the best with all commitments less the best without this one, "
        "re-solved in fractions of places and certified within "
        f"{figures.within(error, unit.amount)}. £ are the least spend over the horizon with which "
        "the best is reached."
    )
    if len(problem.policy.objectives) > 1:
        first = first_objective(problem.policy).title
        said += f" Of the model's objectives only the first, the {first}, is priced."
    return said


def _orders(averages: ShapleyValues, count: int) -> str:
    said = (
        "The average over orders is what each adds if the commitments are made one after the "
        "other, on average over "
    )
    if averages.orders is None:
        return f"{said}all orders; these averages do add up to the price of all together."
    widest = figures.fte(float(averages.error.max()))
    return (
        f"{said}{averages.orders} orders of the {count} drawn at random (± {widest}, "
        "95 %); these averages do add up to the price of all together."
    )


def _in_whole(
    problem: Planning, places: Floats, unit: Unit, whole: InWholePlaces, every: Kept
) -> Iterator[str]:
    base = whole.solved[frozenset()]
    joint = price(base, whole.solved[every])
    yield (
        f"In whole places all together cost {unit.amount(joint.price)} by the best plans found, "
        f"and between {unit.show(joint.low)} and {unit.show(joint.high)} for certain."
    )
    better = first_value(problem, places) - base.least.value
    if better > _SAME * max(1.0, abs(base.least.value)):
        yield (
            f"The plan itself could be better by {unit.amount(better)} with all commitments kept; "
            "prices in whole places are from there."
        )
    if whole.late:
        yield (
            f"There was no time to search {whole.late:,} of {plural(len(whole.solved), 'case')} in "
            "whole places; more --time-limit narrows them."
        )


def _soft(rate: float, members: Sequence[Promise]) -> str:
    missed = sum(promise.missed for promise in members)
    by_unit = {
        unit: sum(promise.missed for promise in members if promise.unit == unit)
        for unit in sorted({promise.unit for promise in members})
    }
    counts = (f"{figures.places(count)} {unit}" for unit, count in by_unit.items() if count > 0)
    each = " or ".join(unit.removesuffix("s") for unit in by_unit)
    terms = f"Commitments may be missed at {figures.fte(rate)} weighted FTE-years a {each}"
    if not missed > 0:
        return f"{terms}; this plan misses none."
    worst = max(members, key=lambda p: p.missed)
    return (
        f"{terms}; this plan misses {' and '.join(counts)} and pays "
        f"{figures.fte(rate * missed)}, most for “{worst.name}” "
        f"({figures.places(worst.missed)} {worst.unit})."
    )


def demanded(promise: Promise) -> str:
    """Say what a commitment demands in a year, such as ``at least 270, 2026–2030``.

    Units are named; what is not is places.
    """
    low, high = promise.least, promise.most
    if not np.isfinite(high):
        limits = f"at least {figures.places(low)}"
    elif not np.isfinite(low):
        limits = f"at most {figures.places(high)}"
    elif low == high:
        limits = f"exactly {figures.places(low)}"
    else:
        limits = f"{figures.places(low)} to {figures.places(high)}"
    return f"{limits}{_units(promise)}, {spans(promise.years)}"


def given(promise: Promise) -> str:
    """Say what a plan gives, from the year with the fewest places to that with the most."""
    low, high = (figures.places(v) for v in (promise.given.min(), promise.given.max()))
    return f"{low if low == high else f'{low} to {high}'}{_units(promise)}"


def _units(promise: Promise) -> str:
    return " units" if promise.unit == "units" else ""


def why_idle(problem: Planning, promise: Promise) -> str:
    """Say why a commitment has no effect."""
    if not promise.years:
        return f"outside the commissioning years, {_commissioning(problem)}"
    return "no course matches it"


def _commissioning(problem: Planning) -> str:
    first = problem.instance.first_year
    return span(first, first + problem.policy.commissioning_years - 1)
