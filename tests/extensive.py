"""The independent model in several futures: one program over all of them, its extensive form.

The program of each future is written by the independent model; decisions come first in each and
are the same in all.
"""

import math
from collections.abc import Sequence
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


def program_of(case: independent.Case, policy: independent.Policy) -> Program:
    """The program of one future."""
    with patch.object(independent.program, "Program", Kept):
        try:
            independent.solve(case, policy)
        except Written as written:
            return written.program
    raise AssertionError("the independent model solves one program")


def decisions(case: independent.Case, policy: independent.Policy) -> int:
    """How many columns come first, for what is decided."""
    scratch = Program()
    for line in case.lines.values():
        for _ in independent.commissioning_years(case, policy):
            independent.add_decision(scratch, line, policy)
    return len(scratch.columns)


def solve(
    cases: Sequence[independent.Case],
    probabilities: Sequence[float],
    policy: independent.Policy,
    risk: str = "expected",
    alpha: float = 0.9,
    weight: float = 0.5,
    gap: float = 1e-7,
) -> tuple[float, float]:
    """The least risk of the first objective, and a bound below it."""
    own, whole = [program_of(case, policy) for case in cases], Program()
    n = decisions(cases[0], policy)
    for columns in zip(*(program.columns[:n] for program in own), strict=True):
        _, least, most, integer = zip(*columns, strict=True)
        whole.column(0.0, max(least), min(most), int(max(integer)))
    shares = [p * (1 - weight if risk == "cvar" else 1) for p in probabilities]
    quantile = whole.column(weight, -math.inf, math.inf) if risk == "cvar" else -1
    largest = whole.column(1.0, -math.inf, math.inf) if risk == "worst" else -1
    for program, share, p in zip(own, shares, probabilities, strict=True):
        assert all(cost == 0.0 for cost, *_ in program.columns[:n])
        price = 0.0 if risk == "worst" else share
        at = [*range(n)]
        for cost, least_of, most_of, integer_of in program.columns[n:]:
            at.append(whole.column(price * cost, least_of, most_of, integer_of))
        for terms, low, high in program.rows:
            whole.rows.append(({at[k]: value for k, value in terms.items()}, low, high))
        value = {at[k]: column[0] for k, column in enumerate(program.columns) if column[0]}
        if risk == "cvar":
            above = whole.column(weight * p / (1 - alpha), 0.0, math.inf)
            whole.row({**value, quantile: -1.0, above: -1.0}, -math.inf, 0.0)
        elif risk == "worst":
            whole.row({**value, largest: -1.0}, -math.inf, 0.0)
    answer, bound = whole.minimise(gap, None)
    found = sum(cost * x for (cost, *_), x in zip(whole.columns, answer, strict=True))
    return found, bound
