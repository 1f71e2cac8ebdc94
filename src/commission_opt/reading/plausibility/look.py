"""All doubts about an instance, the most consequential first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from commission_opt.errors import Problem
from commission_opt.instance.instance import Instance
from commission_opt.reading.plausibility import (
    costs,
    intakes,
    limits,
    measures,
    pipeline,
    rates,
    staff,
    weights,
)

_IN_ORDER: tuple[Callable[[Instance], Iterator[Problem]], ...] = (
    staff.negative_staff,
    rates.fte_per_joiner,
    measures.fte_per_unit,
    staff.staff_and_need,
    weights.weights,
    limits.budgets,
    costs.costs_and_peers,
    pipeline.nobody_on_course,
    pipeline.missing_cohorts,
    intakes.last_year_and_last_cohort,
    intakes.capacity_below_last_year,
    measures.more_than_all_staff,
    measures.figures,
    rates.rates_of_courses,
    limits.placements,
    rates.weeks,
    rates.leaver_rates,
    staff.trained_by_nobody,
)


def doubts(instance: Instance) -> Iterator[Problem]:
    """Return what is valid in an instance and yet probably not meant."""
    for look in _IN_ORDER:
        yield from look(instance)
