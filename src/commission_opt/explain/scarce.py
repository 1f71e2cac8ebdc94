"""Which limits a step more of would save something, and what that would really take."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from commission_opt.arrays import Floats, Ints
from commission_opt.core.linear_program import LinearProgram
from commission_opt.errors import NoPlanError
from commission_opt.explain.margins.prices import first_stage, next_to_plan
from commission_opt.explain.margins.questions import EVERY, Question, more_of
from commission_opt.explain.margins.spending import in_words, taken_columns
from commission_opt.explain.margins.worth import ESTIMATE, Valuer, Worth
from commission_opt.explain.units import Unit, unit_of
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.limits import Limit
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import LIMITS
from commission_opt.instance.typed import ANY
from commission_opt.solvers.linear import is_large
from commission_opt.solvers.status import Limits, Watch
from commission_opt.views import words

_MOST = 50  # limits of a kind that are looked at, the dearest
_NOTHING = 1e-6  # worth that counts as none
_PRICED = 1e-9  # relative to the largest price of the rows of a kind


@dataclass(frozen=True, eq=False)
class More:
    """What a step more of one limit would save, and what it would really take.

    Parameters
    ----------
    row : int
        Position in its table; the first one where a step more is given in every year.
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
    holding : int
        Those of which a step more, of nothing else, would save something.
    priced : bool
        Whether any has a price; if none has, more of all of them would save nothing.
    more : tuple of More
        The most valuable first.
    every_year : tuple of More
        A step more in every year where a step in no single one would save anything: the years hold
        the plan back together, since what is commissioned is paid for in all of them.
    """

    kind: Limit
    count: int
    holding: int
    priced: bool
    more: tuple[More, ...]
    every_year: tuple[More, ...] = ()

    @property
    def words(self) -> str:
        """How many hold the plan back, in a clause."""
        name = self.kind.name
        if not self.count:
            return f"there is no {name}"
        if self.every_year and not self.holding:
            return f"no {name} of one year alone holds the plan back, but those of all years do"
        verb = words.agreed(self.holding, "holds", "hold")
        alone = " alone, though several together may" * (self.priced and not self.holding)
        return f"{self.holding:,} of {self.kind.counted(self.count)} {verb} the plan back{alone}"


def scarce(
    problem: Planning,
    formulation: Formulation,
    multipliers: Floats,
    places: Floats,
    most: int,
    limits: Limits | None = None,
    watch: Watch | None = None,
) -> list[Scarce]:
    """Say what a step more of each limit that holds a plan back would save and spend.

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
    most : int
        Limits of a kind that are valued, the most valuable; the others are only counted.
    limits : Limits, optional
    watch : Watch, optional

    Returns
    -------
    list of Scarce
        One for each kind of limit that the model keeps.
    """
    unit = unit_of(problem)
    if not is_large(formulation.program):
        try:
            return _Solved(problem, places, most, limits or Limits(), watch or Watch()).found()
        except NoPlanError:
            pass  # what the prices say is left
    return [
        _priced(formulation, kind, held, unit)
        for kind in LIMITS.values()
        if (held := binding(kind, formulation.program, multipliers)) is not None
    ]


class _Solved:
    """The limits of a plan, valued by solving again no more than is told."""

    def __init__(
        self, problem: Planning, places: Floats, most: int, limits: Limits, watch: Watch
    ) -> None:
        self._formulation = first_stage(problem)
        self._near = next_to_plan(self._formulation, places, limits, watch)
        self._valuer = Valuer(self._near, self._near, None, watch)
        self._most, self._seconds, self._unit = most, limits.seconds, unit_of(problem)

    def found(self) -> list[Scarce]:
        near = self._near
        return [
            self._of_kind(kind, held[0][:_MOST].tolist())
            for kind in LIMITS.values()
            if (held := binding(kind, near.program, near.optimum.multipliers)) is not None
        ]

    def _of_kind(self, kind: Limit, rows: list[int]) -> Scarce:
        worths = self._singles([self._asked(kind, np.array([row])) for row in rows])
        holding = {row: w for row, w in zip(rows, worths, strict=True) if w.worth > _NOTHING}
        where = self._near.program.rows[kind.table]
        more = [
            self._more(kind, row, self._formulation.row_label(where.start + row), "more", worth)
            for row, worth in sorted(holding.items(), key=lambda one: -one[1].worth)[: self._most]
        ]
        every = self._every_year(kind, rows, holding)
        count = where.stop - where.start
        return Scarce(kind, count, len(holding), bool(rows), tuple(more), tuple(every))

    def _asked(self, kind: Limit, rows: Ints) -> Question:
        about = {"year": 0 if len(rows) == 1 else EVERY}
        return more_of(kind, self._formulation, rows, kind.price_step, about)

    def _singles(self, asked: Sequence[Question]) -> list[Worth]:
        """Value questions: those that may be among the most valuable, or may save nothing."""
        worths = self._values(asked, 0.0, 0)
        while True:
            first = sorted(range(len(asked)), key=lambda i: -worths[i].high)[: self._most]
            open_ = [
                i
                for i, worth in enumerate(worths)
                if worth.how == ESTIMATE and (i in first or worth.low <= _NOTHING)
            ]
            if not open_:
                return worths
            again = self._values([asked[i] for i in open_], 0.0, len(open_))
            if all(worth.how == ESTIMATE for worth in again):
                return worths
            for i, worth in zip(open_, again, strict=True):
                worths[i] = worth

    def _values(self, asked: Sequence[Question], seconds: float, counted: int) -> list[Worth]:
        (worths,) = self._valuer.values([asked], seconds, lambda _: None, counted)
        return worths

    def _every_year(self, kind: Limit, rows: list[int], alone: Collection[int]) -> list[More]:
        """Value a step more in every year for each code and region that no single year helps."""
        table = kind.rows_of(self._formulation.problem.instance)
        keys = list(zip(table[kind.code], table["region"], strict=True))
        helped = {keys[row] for row in alone}
        groups = [key for key in dict.fromkeys(keys[row] for row in rows) if key not in helped]
        members = [np.flatnonzero([other == key for other in keys]) for key in groups]
        worths = self._values([self._asked(kind, own) for own in members], self._seconds, 0)
        found = [
            self._more(kind, int(own[0]), _label(kind, *key), "more in each", worth)
            for key, own, worth in zip(groups, members, worths, strict=True)
            if len(own) > 1 and worth.low > _NOTHING
        ]
        return sorted(found, key=lambda more: -more.saved)[: self._most]

    def _more(self, kind: Limit, row: int, label: str, step: str, worth: Worth) -> More:
        said = f"{kind.said(kind.price_step)} {step} would save {self._unit.amount(worth.worth)}"
        if worth.more is not None:
            said += f" and spend {in_words(taken_columns(worth), '')}"
        return More(row, label, worth.worth, worth, said)


def _label(kind: Limit, code: str, region: str) -> str:
    where = "" if region == ANY else f" in {region!r}"
    return f"{kind.name} {code!r}{where} in every year"


def _priced(formulation: Formulation, kind: Limit, held: tuple[Ints, Floats], unit: Unit) -> Scarce:
    where, (rows, worths) = formulation.program.rows[kind.table], held
    more = tuple(
        More(
            row, formulation.row_label(where.start + row), worth, None,
            f"{kind.said(kind.price_step)} more would save at most {unit.amount(worth)}; what it "
            "would spend in all, “commission-opt explain” says",
        )
        for row, worth in zip(rows.tolist(), (worths * formulation.aim.scale).tolist(), strict=True)
    )  # fmt: skip
    return Scarce(kind, where.stop - where.start, len(more), bool(more), more)


def binding(kind: Limit, program: LinearProgram, multipliers: Floats) -> tuple[Ints, Floats] | None:
    """Return which limits of a kind have a price; None if the model keeps none.

    Returns
    -------
    rows : array of int
        Positions in their table, the dearest first.
    worth : array, like ``rows``
        The most that a step more of each saves, in units of the program's objective. Where limits
        bind together, more of one alone may save less, or nothing.
    """
    if kind.table not in program.rows:
        return None
    price = np.abs(multipliers[program.rows[kind.table]])
    rows = np.flatnonzero(price > _PRICED * max(1.0, float(price.max(initial=0.0))))
    rows = rows[np.argsort(-price[rows], kind="stable")]
    return rows, price[rows] * kind.price_step / kind.origin.scale
