"""The independent model in several futures: one program over all of them, its extensive form.

The program of each future is written by the independent model; decisions come first in each. Those
of the years decided now are the same in all, later ones and who is deployed are each future's own.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from unittest.mock import patch

import independent
from mixed_integer import Program


class Written(Exception):
    """The program of a case, before it is solved."""

    def __init__(self, program: "Kept") -> None:
        super().__init__()
        self.program = program


class Kept(Program):
    """A program that is handed over instead of solved."""

    def minimise(self, *_: object) -> tuple[list[float], float]:
        raise Written(self)


class Own(NamedTuple):
    """The program of one future, and of each decision column the commissioning year, from 0."""

    program: Program
    year: list[int]


def program_of(
    case: independent.Case, policy: independent.Policy, now: int, *, later_relaxed: bool
) -> Own:
    """The program of one future; what is decided later may be fractions if it is relaxed."""
    years, met, year = policy["commissioning_years"], 0, list[int]()

    def add(program: Program, line: Any, policy: independent.Policy) -> int:
        nonlocal met
        at, before = met % years, len(program.columns)
        loose = later_relaxed and at >= now
        x = independent.add_decision(
            program, line, policy | {"integer": False} if loose else policy
        )
        year.extend([at] * (len(program.columns) - before))
        met += 1
        return x

    with (
        patch.object(independent.program, "Program", Kept),
        patch.object(independent.program, "add_decision", add),
    ):
        try:
            independent.solve(case, policy)
        except Written as written:
            return Own(written.program, year)
    raise AssertionError("the independent model solves one program")


def alone(cases: Sequence[independent.Case], policy: independent.Policy) -> list[float]:
    """The least of the first objective in each future alone, in fractions of places."""
    relaxed, years = policy | {"integer": False}, policy["commissioning_years"]
    own = [program_of(case, relaxed, years, later_relaxed=False).program for case in cases]
    found = [Program(program.columns, program.rows).minimise(1e-9, None) for program in own]
    return [least for _, least in found]


def solve(
    cases: Sequence[independent.Case],
    probabilities: Sequence[float],
    policy: independent.Policy,
    risk: str = "expected",
    alpha: float = 0.9,
    weight: float = 0.5,
    gap: float = 1e-7,
    now: int | None = None,
    *,
    later_relaxed: bool = True,
    more: Callable[[Program, dict[int, int]], None] | None = None,
) -> tuple[float, float]:
    """The least risk of the first objective, and a bound below it.

    Of ``now`` commissioning years, or of all, everything is the same in all futures. Regret is
    measured from what fractions of places could have in each future alone. ``more`` adds to the
    program, of which it is told the columns of what is the same.
    """
    now = policy["commissioning_years"] if now is None else now
    own = [program_of(case, policy, now, later_relaxed=later_relaxed) for case in cases]
    whole, n = Program(), len(own[0].year)
    shared = {k: -1 for k, year in enumerate(own[0].year) if year < now}
    for k in shared:
        _, least, most, integer = zip(*(each.program.columns[k] for each in own), strict=True)
        shared[k] = whole.column(0.0, max(least), min(most), int(max(integer)))
    if more is not None:
        more(whole, shared)
    shares = [p * (1 - weight if risk == "cvar" else 1) for p in probabilities]
    quantile = whole.column(weight, -math.inf, math.inf) if risk == "cvar" else -1
    of_each = alone(cases, policy) if risk == "regret" else [0.0] * len(cases)
    of_one = risk in ("worst", "regret")
    largest = whole.column(1.0, -math.inf, math.inf) if of_one else -1
    for (program, year), share, p, b in zip(own, shares, probabilities, of_each, strict=True):
        assert year == own[0].year
        assert all(cost == 0.0 for cost, *_ in program.columns[:n])
        price = 0.0 if of_one else share
        at = [
            shared[k] if k in shared else whole.column(price * cost, least_of, most_of, integer_of)
            for k, (cost, least_of, most_of, integer_of) in enumerate(program.columns)
        ]
        for terms, low, high in program.rows:
            whole.rows.append(({at[k]: value for k, value in terms.items()}, low, high))
        value = {at[k]: column[0] for k, column in enumerate(program.columns) if column[0]}
        if risk == "cvar":
            above = whole.column(weight * p / (1 - alpha), 0.0, math.inf)
            whole.row({**value, quantile: -1.0, above: -1.0}, -math.inf, 0.0)
        elif of_one:
            whole.row({**value, largest: -1.0}, -math.inf, b)
    answer, bound = whole.minimise(gap, None)
    found = sum(cost * x for (cost, *_), x in zip(whole.columns, answer, strict=True))
    return found, bound
