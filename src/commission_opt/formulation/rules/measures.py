"""Measures: whole, admissible numbers of units, 0 ≤ x ≤ max_amount."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats, Ints
from commission_opt.formulation.origin import Elastic, Origin, Price, Said, at_line
from commission_opt.formulation.parts import Part
from commission_opt.formulation.place_prices import place_costs
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.violations import Violation, of_line, worst
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy

TITLE = "units of a measure"


def words(policy: Policy) -> str:
    """Say which numbers of units may be bought."""
    if not policy.integer:
        return "up to max_amount, in fractions"
    return "whole, none or at least min_amount, up to max_amount, in steps of step"


def rows(problem: Planning) -> Part:
    """Bound the units of each measure by the most that there are."""
    layout, places = problem.layout, problem.layout.courses.index.size
    if layout.size == places:
        return Part()
    upper = np.full(layout.size, np.inf)
    upper[places:] = problem.cohorts.capacity[layout.line[places:]]
    return Part(
        box=(np.zeros_like(upper), upper), box_origin=(_MOST, _MOST), numbers_origin=(_STEP, _LEAST)
    )


def violations(problem: Planning, result: Outcome) -> Iterator[Violation]:
    """Check bounds and, for whole numbers, integrality, steps and least amounts."""
    units, table, first = result.units, problem.instance.measures, len(result.places)
    if not units.size:
        return
    if not np.isfinite(units).all():
        yield Violation(np.inf, "units that are no finite number")
        return

    def where(what: str) -> Callable[[tuple[int, ...]], str]:
        named = of_line(problem.instance, what)
        return lambda at: named((first + at[0], at[1]))

    most = table["max_amount"].to_numpy(float)[:, None]
    yield worst(units - most, most, where("max_amount"))
    yield worst(-units, 0.0, where("units"))
    if problem.policy.integer:
        yield worst(np.abs(units - np.round(units)), 0.0, where("whole units"))
        step, least = (table[name].to_numpy(float)[:, None] for name in ("step", "min_amount"))
        nearest = np.round(units / step) * step
        off = np.abs(units - nearest)
        too_few = (nearest > 0) & (nearest < least)
        off = np.where(too_few, np.maximum(off, least - nearest), off)
        yield worst(off, 0.0, where("admissible number"))


def _figure(column: str) -> Callable[[Planning, int], Said]:
    def said(problem: Planning, i: int) -> Said:
        table = problem.instance.measures
        row = table.iloc[i - len(problem.instance.courses)]
        return Said(f"{column} of measure {row['measure']!r}", float(row[column]))

    return said


def _lines(problem: Planning) -> Ints:
    """Return the line of the file of each measure; courses before them have none here."""
    nowhere = np.zeros(len(problem.instance.courses), dtype=np.int64)
    return np.append(nowhere, problem.instance.measures.index.to_numpy(int))


def _prices(instance: Instance) -> Price:
    """Price a unit as one of the measure."""
    cost: Floats = place_costs(instance)[len(instance.courses) :]
    return lambda line: float(cost[at_line(instance.measures, line)])


def _other(column: str, name: str) -> Callable[[Instance, int], Said]:
    """Return the figure of a measure beside which another one contradicts it."""

    def figure(instance: Instance, line: int) -> Said:
        row = instance.measures.iloc[at_line(instance.measures, line)]
        return Said(f"{name} of measure {row['measure']!r}", float(row[column]))

    return figure


def _origin(title: str, relax: Elastic, words: str = "", *, more: bool = False) -> Origin:
    return Origin(
        title, "measures.csv", title, _figure(title), _lines, unit="units",
        of_course=True, asks_for_more=more, words=words, relax=relax,
    )  # fmt: skip


_MOST = _origin(
    "max_amount",
    Elastic("measures", _prices, "+{amount} on {name}", least=_other("min_amount", "max_amount")),
)
_LEAST = _origin(
    "min_amount",
    Elastic("measures", _prices, least=_other("max_amount", "min_amount")),
    "{amount} or none",
    more=True,
)
_STEP = _origin("step", Elastic("measures", _prices, whole=True), "multiples of {number}")
ORIGINS = (_MOST, _LEAST, _STEP)
