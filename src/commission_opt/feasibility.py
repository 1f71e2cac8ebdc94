"""Every rule that places must keep, checked in the words of the instance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from commission_opt.instance.instance import Floats, Instance
from commission_opt.outcome import Drawn, Outcome
from commission_opt.policy import Policy


@dataclass(frozen=True)
class Violation:
    """The worst break of one rule.

    Parameters
    ----------
    size : float
        Relative to max(1, |limit|); 0 where the rule is kept.
    where : str
        What is broken, for a reader.
    """

    size: float
    where: str


def violations(instance: Instance, policy: Policy, result: Outcome) -> list[Violation]:
    """Return the worst violation of each rule by an allocation."""
    return list(_violations(instance, policy, result))


def _violations(instance: Instance, policy: Policy, result: Outcome) -> Iterator[Violation]:
    places, rules = result.places, policy.rules
    courses = instance.courses
    code = courses["course"].to_numpy()

    def course(what: str) -> Callable[[tuple[int, ...]], str]:
        return lambda at: f"{what} of course {code[at[0]]!r} in {instance.first_year + at[1]}"

    if not np.isfinite(places).all():
        yield Violation(np.inf, "places that are no finite number")
        return
    capacity = courses["max_intake"].to_numpy(float)[:, None]
    yield _worst(places - capacity, capacity, course("max_intake"))
    yield _worst(-places, 0.0, course("places"))
    if policy.integer:
        yield _worst(np.abs(places - np.round(places)), 0.0, course("whole places"))
        distance = _off_admissible(instance, policy, places)
        yield _worst(distance, 0.0, course("admissible number"))
    if rules.level_intake:
        yield _worst(np.abs(places - places[:, :1]), places[:, :1], course("level intake"))
    if rules.pace_of_change is not None:
        low, high = _pace(instance, policy, places)
        yield _worst(low - places, low, course("pace of change downwards"))
        yield _worst(places - high, high, course("pace of change upwards"))
    yield from _commitments(instance, places)
    if rules.budgets:
        yield _overdrawn(result.spend, lambda i: f"budgets.csv row {instance.budgets.index[i]}")
    if rules.placements:
        pools = instance.placements
        yield _overdrawn(
            result.weeks,
            lambda i: "pool {!r} in {!r} in {}".format(*pools.iloc[i][["pool", "region", "year"]]),
        )


def _worst(
    excess: Floats, limit: Floats | float, where: Callable[[tuple[int, ...]], str]
) -> Violation:
    """Find the largest excess over a limit, relative to max(1, |limit|)."""
    relative = excess / np.maximum(1.0, np.abs(limit))
    if not relative.size:
        return Violation(0.0, "")
    worst = np.unravel_index(int(np.argmax(relative)), relative.shape)
    size = float(relative[worst])
    return Violation(size, where(tuple(map(int, worst)))) if size > 0 else Violation(0.0, "")


def _off_admissible(instance: Instance, policy: Policy, places: Floats) -> Floats:
    """Return the distance of places to 0 or the nearest multiple of the step in range."""
    courses = instance.courses
    step = courses["cohort_step"].to_numpy(float)[:, None]
    least = courses["min_cohort"].to_numpy(float)[:, None]
    if not policy.rules.minimum_cohorts:
        least = np.zeros_like(least)
    nearest = np.round(places / step) * step
    off = np.abs(places - nearest)
    too_small = (nearest > 0) & (nearest < least)
    distance: Floats = np.where(too_small, np.maximum(off, least - nearest), off)
    return distance


def _pace(instance: Instance, policy: Policy, places: Floats) -> tuple[Floats, Floats]:
    pace = policy.rules.pace_of_change
    assert pace is not None
    courses = instance.courses
    step = courses["cohort_step"].to_numpy(float)
    capacity = courses["max_intake"].to_numpy(float)
    least = courses["min_cohort"].to_numpy(float) * policy.rules.minimum_cohorts
    smallest = np.maximum(np.ceil(least / step), 1) * step
    largest = np.floor(capacity / step) * step
    opens = smallest <= largest
    smallest, largest = np.where(opens, smallest, 0.0), np.where(opens, largest, 0.0)
    before = np.column_stack([courses["last_intake"].to_numpy(float), places[:, :-1]])
    low = before * (1 - pace.max_decrease) - pace.allowance
    low[:, 0] = np.minimum(low[:, 0], largest)
    high = before * (1 + pace.max_increase) + np.maximum(pace.allowance, smallest)[:, None]
    return low, high


def _commitments(instance: Instance, places: Floats) -> Iterator[Violation]:
    totals = instance.commitment_courses.astype(float) @ places
    for i, row in enumerate(instance.commitments.to_dict("records")):
        for k in range(places.shape[1]):
            year = instance.first_year + k
            if not row["first_year"] <= year <= row["last_year"]:
                continue
            short = np.nan_to_num(row["min_places"] - totals[i, k])
            over = np.nan_to_num(totals[i, k] - row["max_places"])
            limit = np.nan_to_num(row["min_places"] if short > over else row["max_places"])
            size = max(short, over) / max(1.0, abs(limit))
            if size > 0:
                yield Violation(float(size), f"commitment {row['commitment']!r} in {year}")


def _overdrawn(use: Drawn, where: Callable[[int], str]) -> Violation:
    return _worst(-use.headroom, use.limit, lambda at: where(at[0]))
