"""Which limits hold a plan back, at what price, and where its courses stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commission_opt.arrays import Floats, Ints
from commission_opt.core.linear_program import LinearProgram
from commission_opt.formulation.limits import Limit
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.problem import Planning
from commission_opt.policy import Policy
from commission_opt.views import words

_PRICED = 1e-9  # relative to the largest price of the rows of a kind
_MET = 1e-6  # places
_COURSES = ("course", "courses")
_PAIRS = ("pair of a course and a year", "pairs of a course and a year")


@dataclass(frozen=True, eq=False)
class Binding:
    """The limits of a kind that have a price.

    Parameters
    ----------
    count : int
        Limits of the kind, whether they bind or not.
    rows : array of int
        Those with a price, as positions in their table, the dearest first.
    worth : array, like ``rows``
        The most that a step more of each saves, in units of the program's objective. Where limits
        bind together, more of one alone may save less, or nothing.
    """

    count: int
    rows: Ints
    worth: Floats


def binding(kind: Limit, program: LinearProgram, multipliers: Floats) -> Binding | None:
    """Return which limits of a kind have a price; None if the model keeps none.

    Parameters
    ----------
    kind : Limit
    program : LinearProgram
    multipliers : array, shape (m,)
        Prices of its rows.
    """
    if kind.table not in program.rows:
        return None
    price = np.abs(multipliers[program.rows[kind.table]])
    rows = np.flatnonzero(price > _PRICED * max(1.0, float(price.max(initial=0.0))))
    rows = rows[np.argsort(-price[rows], kind="stable")]
    return Binding(len(price), rows, price[rows] * kind.price_step / kind.origin.scale)


@dataclass(frozen=True)
class Standing:
    """Where the decisions of a plan stand between their limits.

    Parameters
    ----------
    count : int
    what : tuple of str
        What is counted: one of it, and many.
    full, grow, shrink, none : int
        At capacity; at the most and at the least that the pace of change allows; without places.
    """

    count: int
    what: tuple[str, str]
    full: int
    grow: int
    shrink: int
    none: int

    @property
    def words(self) -> str:
        """What stands where, in a clause."""
        agreed = words.agreed
        none = f"{self.none:,}" if self.none else "none"
        return (
            f"of {words.plural(self.count, *self.what)}, {self.full:,} "
            f"{agreed(self.full, 'is', 'are')} full, {self.grow:,} "
            f"{agreed(self.grow, 'grows', 'grow')} and {self.shrink:,} "
            f"{agreed(self.shrink, 'shrinks', 'shrink')} as fast as the pace of change allows, and "
            f"{none} {agreed(max(1, self.none), 'is', 'are')} without places"
        )


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
    capacity = problem.cohorts.capacity[layout.course]
    return Standing(
        count=len(x),
        what=_COURSES if layout.size == layout.n_courses else _PAIRS,
        full=int(np.sum((x >= capacity - _MET) & (capacity > 0))),
        grow=int(np.sum((x >= high - _MET) & (high < capacity - _MET))),
        shrink=int(np.sum((x <= low + _MET) & (low > 0))),
        none=int(np.sum(x <= _MET)),
    )


def of_first(policy: Policy) -> str | None:
    """Say that limits are those of the first objective; None where there is no other."""
    if len(policy.objectives) == 1:
        return None
    title = first_objective(policy).title
    return (
        f"These limits are those of the first objective, the {title}. Where a plan gives some of "
        "it up for later objectives, it may leave room in them."
    )
