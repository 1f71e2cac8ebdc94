"""Which limits hold a plan back, at what price, and where its courses stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import budgets, placements
from commission_opt.linear_program import Floats, Ints, LinearProgram

_PRICED = 1e-9  # relative to the largest price of the rows of a kind
_MET = 1e-6  # places


@dataclass(frozen=True)
class Kind:
    """A kind of limit.

    Parameters
    ----------
    block : str
        Its rows in a program, and its table in an instance.
    name, code : str
        Of one limit, and the column that names it.
    step : str
        How much more a price is told for.
    size : float
        The step in units of the rows.
    """

    block: str
    name: str
    code: str
    step: str
    size: float


KINDS = (
    Kind("budgets", "budget", "fund", "£1m", 1e6 / budgets.UNIT),
    Kind("placements", "placement pool", "pool", "100 weeks", 100.0 / placements.UNIT),
)


@dataclass(frozen=True, eq=False)
class Binding:
    """The limits of a kind of which more would buy something.

    Parameters
    ----------
    count : int
        Limits of the kind, whether they bind or not.
    rows : array of int
        Those that bind, as positions in their table, the dearest first.
    worth : array, like ``rows``
        What a step more of each saves at first, in units of the program's objective.
    """

    count: int
    rows: Ints
    worth: Floats


def binding(kind: Kind, program: LinearProgram, multipliers: Floats) -> Binding | None:
    """Return which limits of a kind bind; None if the model keeps none.

    Parameters
    ----------
    kind : Kind
    program : LinearProgram
    multipliers : array, shape (m,)
        Prices of its rows.
    """
    if kind.block not in program.rows:
        return None
    price = np.abs(multipliers[program.rows[kind.block]])
    rows = np.flatnonzero(price > _PRICED * max(1.0, float(price.max(initial=0.0))))
    rows = rows[np.argsort(-price[rows], kind="stable")]
    return Binding(len(price), rows, price[rows] * kind.size)


@dataclass(frozen=True)
class Standing:
    """Where the decisions of a plan stand between their limits.

    Parameters
    ----------
    count : int
    what : str
        What is counted.
    full, back, up, none : int
        At capacity; held back and held up by the pace of change; without places.
    """

    count: int
    what: str
    full: int
    back: int
    up: int
    none: int


def standing(problem: Planning, program: LinearProgram, places: Floats) -> Standing:
    """Count where the courses of a plan stand, in each year if years are decided on their own.

    Parameters
    ----------
    problem : Planning
    program : LinearProgram
        With the bounds of the model.
    places : array, shape (C, K)
    """
    layout = problem.layout
    x = layout.to_columns(places)
    low, high = program.lower[: len(x)], program.upper[: len(x)]
    capacity = np.repeat(problem.cohorts.capacity, layout.per_course)
    return Standing(
        count=len(x),
        what="courses" if layout.per_course == 1 else "courses and years",
        full=int(np.sum((x >= capacity - _MET) & (capacity > 0))),
        back=int(np.sum((x >= high - _MET) & (high < capacity - _MET))),
        up=int(np.sum((x <= low + _MET) & (low > 0))),
        none=int(np.sum(x <= _MET)),
    )
