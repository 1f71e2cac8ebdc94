"""Which limits hold a plan back, at what price, and where its courses stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from commission_opt.errors import NoPlanError
from commission_opt.explain.margins.plain import plain_of
from commission_opt.explain.margins.prices import Priced, next_to_plan
from commission_opt.explain.margins.questions import Question, raising
from commission_opt.explain.margins.spending import in_words, taken_columns
from commission_opt.explain.margins.taken import takes
from commission_opt.explain.margins.worth import Valuer, Worth
from commission_opt.explain.units import Unit, unit_of
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import budgets, placements
from commission_opt.linear_program import Floats, Ints, LinearProgram
from commission_opt.solvers.linear import is_large
from commission_opt.solvers.status import Limits, Watch

_PRICED = 1e-9  # relative to the largest price of the rows of a kind
_MET = 1e-6  # places
_DEAREST = 4  # limits of a kind that are asked for
_TRIED = 3  # times as many are solved again, those of the highest prices
_NOTHING = 1e-6  # worth that counts as none


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
    amount : float
        The step in £ or weeks.
    """

    block: str
    name: str
    code: str
    step: str
    size: float
    amount: float


KINDS = (
    Kind("budgets", "budget", "fund", "£1m", 1e6 / budgets.UNIT, 1e6),
    Kind("placements", "placement pool", "pool", "100 weeks", 100.0 / placements.UNIT, 100.0),
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


@dataclass(frozen=True, eq=False)
class More:
    """What a step more of one limit would save, and what it would really take.

    Parameters
    ----------
    row : int
        Position in its table.
    label : str
        The limit in the words of the instance, with its row.
    saved : float
        Of the first objective, in its unit: of the whole step. Where the program is too large to
        be solved again, the price times the step, which is the most that it could save.
    worth : Worth or None
        With its certified limits and what more is taken; None where it was not solved again.
    says : str
        What it saves, what it spends in all, in which years, and what each £1m of that saves.
    """

    row: int
    label: str
    saved: float
    worth: Worth | None
    says: str


@dataclass(frozen=True, eq=False)
class Scarce:
    """The limits of a kind of which a step more would save something.

    Parameters
    ----------
    kind : Kind
    count : int
        Limits of the kind, whether they hold the plan back or not.
    binding : int
        Those of which a step more saves something, by their price where it was not solved again.
    more : tuple of More
        Of the dearest, the most valuable first.
    """

    kind: Kind
    count: int
    binding: int
    more: tuple[More, ...]


def scarce(
    problem: Planning,
    formulation: Formulation,
    multipliers: Floats,
    places: Floats,
    limits: Limits | None = None,
    watch: Watch | None = None,
    dearest: int = _DEAREST,
) -> list[Scarce]:
    """Say what a step more of the dearest limits that hold a plan back would save and spend.

    Values are next to the plan, as ``explain PLAN`` gives them: the program is solved again with
    the whole step made wherever the price does not hold over all of it. They are those of the
    places found: others that are as good may spend otherwise.

    Parameters
    ----------
    problem : Planning
    formulation : Formulation
        Of the first stage.
    multipliers : array, shape (m,)
        Prices of its rows.
    places : array, shape (C, K)
        The plan.
    limits : Limits, optional
    watch : Watch, optional
    dearest : int
        Limits of a kind that are asked for. Of those with the highest prices a few more are
        solved again; the price times the step is the most that a step can save.

    Returns
    -------
    list of Scarce
        One for each kind of limit that the model keeps.
    """
    unit = unit_of(problem)
    if not is_large(formulation.program):
        try:
            near = next_to_plan(problem, places, limits or Limits(), watch or Watch())
            return list(_solved(near, dearest, unit, watch or Watch()))
        except NoPlanError:
            pass  # what the prices say is left
    return list(_priced(formulation, multipliers, unit))


def _solved(near: Priced, dearest: int, unit: Unit, watch: Watch) -> Iterator[Scarce]:
    steady = near.formulation.problem
    plain, taking = plain_of(steady), takes(steady)
    valuer = Valuer(near, near, None, plain, taking, watch)
    for kind in KINDS:
        held = binding(kind, near.program, near.optimum.multipliers)
        if held is None:
            continue
        start = near.program.rows[kind.block].start
        found: list[More] = []
        left = list(zip(held.rows, held.worth * near.scale, strict=True))
        few = len(left) <= dearest * _TRIED  # so that it is known of each whether it saves anything
        for row, most in left[: dearest * _TRIED]:
            if not few and sum(more.saved >= most for more in found) >= dearest:
                break
            del left[0]
            at = np.array([start + row])
            question = Question(
                "limit", {"year": 0}, kind.amount, (), raising(at, kind.size), plain, taking, at
            )
            ((worth,),) = valuer.values([[question]], 0.0, lambda _: None, 1)
            if worth.worth > _NOTHING:
                label, says = near.formulation.row_label(int(at[0])), _says(kind, worth, unit)
                found.append(More(int(row), label, worth.worth, worth, says))
        found.sort(key=lambda more: -more.saved)
        others = sum(most > valuer.small * near.scale for _, most in left)
        yield Scarce(kind, held.count, len(found) + others, tuple(found))


def _says(kind: Kind, worth: Worth, unit: Unit) -> str:
    said = f"{kind.step} more would save {unit.amount(worth.worth)}"
    if worth.taken is None:
        return said
    return f"{said} and spend {in_words(taken_columns(worth), '')}"


def _priced(formulation: Formulation, multipliers: Floats, unit: Unit) -> Iterator[Scarce]:
    for kind in KINDS:
        held = binding(kind, formulation.program, multipliers)
        if held is None:
            continue
        start, scale = formulation.program.rows[kind.block].start, formulation.aim.scale
        yield Scarce(
            kind, held.count, len(held.rows),
            tuple(
                More(
                    int(r), formulation.row_label(start + int(r)), float(w) * scale, None,
                    f"{kind.step} more would save at most {unit.amount(float(w) * scale)}; what "
                    "it would spend in all, “commission-opt explain” says",
                )
                for r, w in zip(held.rows, held.worth, strict=True)
            ),
        )  # fmt: skip
