"""Which limits a step more of would save something, and what that would really take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import numpy as np

from commission_opt.arrays import Floats, Ints
from commission_opt.core.linear_program import LinearProgram
from commission_opt.errors import NoPlanError
from commission_opt.explain.margins.carried import carried
from commission_opt.explain.margins.prices import PricedProgram, first_stage, next_to_plan
from commission_opt.explain.margins.questions import EVERY, more_of
from commission_opt.explain.margins.spending import in_words, taken_columns
from commission_opt.explain.margins.worth import ESTIMATE, Valuer, Worth
from commission_opt.explain.units import unit_of
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.limits import Limit
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import LIMITS
from commission_opt.instance.typed import ANY
from commission_opt.solvers.linear import is_large
from commission_opt.solvers.persistent import PersistentProgram
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
        In the words of the instance, with its row.
    saved : float
        Of the first objective, in its unit: of the whole step. Where the program is too large to
        be solved again, the price times the step, which is the most that it could save.
    says : str
        What it saves, what it spends in all, in which years, and what each £1m of that saves.
    worth : Worth or None
        With its certified limits and what more is taken; None where it was not solved again.
    """

    row: int
    label: str
    saved: float
    says: str
    worth: Worth | None = None


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
) -> list[Scarce]:
    """Say what a step more of each limit that holds a plan back would save and spend.

    Values are next to the plan, as ``explain PLAN`` gives them: the program is solved again with
    the whole step made wherever the price does not hold over all of it. They are those of the
    places found: others that are as good may spend otherwise.

    Parameters
    ----------
    formulation : Formulation
        Of the first stage.
    multipliers : array, shape (m,)
        Prices of its rows.
    places : array, shape (L, K)
        The plan.
    most : int
        Limits of a kind that are valued, the most valuable; the others are only counted.

    Returns
    -------
    list of Scarce
        One for each kind of limit that the model keeps.
    """
    if not is_large(formulation.program):
        with suppress(NoPlanError):  # what the prices say is left
            stage, limits = first_stage(problem), limits or Limits()
            hot = PersistentProgram(limits)
            hot.start_at(carried(multipliers, formulation, stage))
            return list(_solved(next_to_plan(stage, places, limits, Watch(), hot), most, limits))
    unit, found = unit_of(problem), []
    for kind, rows, worths in _binding_of_each(formulation.program, multipliers):
        where = formulation.program.rows[kind.table]
        more = tuple(
            More(
                row, formulation.row_label(where.start + row), worth,
                f"{kind.said(kind.price_step)} more would save at most {unit.amount(worth)}; what "
                "it would spend in all, “commission-opt explain” says",
            )
            for row, worth in zip(
                rows.tolist(), (worths * formulation.aim.scale).tolist(), strict=True
            )
        )  # fmt: skip
        found.append(Scarce(kind, where.stop - where.start, len(more), bool(more), more))
    return found


def _solved(near: PricedProgram, most: int, limits: Limits) -> Iterator[Scarce]:
    """Value the limits of a plan by solving again no more than is told."""
    formulation, problem = near.formulation, near.formulation.problem
    unit = unit_of(problem)
    valuer = Valuer(near, near, None, Watch())

    def values(kind: Limit, rows: Sequence[Ints], seconds: float, counted: int) -> list[Worth]:
        """Value a step more in each row, or in several rows together."""
        step = kind.price_step
        asked = [
            more_of(kind, formulation, own, step, {"year": 0 if len(own) == 1 else EVERY})
            for own in rows
        ]
        (worths,) = valuer.values([asked], seconds, lambda _: None, counted)
        return worths

    def dearest(kind: Limit, found: Mapping[int, Worth], *, every: bool) -> Iterator[More]:
        where, step = near.program.rows[kind.table], kind.said(kind.price_step)
        for row, worth in sorted(found.items(), key=lambda one: -one[1].worth)[:most]:
            label = formulation.row_label(where.start + row)
            label = _in_every_year(kind, problem, row) if every else label
            amount = unit.amount(worth.worth)
            says = f"{step} more{' in each' if every else ''} would save {amount}"
            if worth.more is not None:
                says += f" and spend {in_words(taken_columns(worth), '')}"
            yield More(row, label, worth.worth, says, worth)

    for kind, held, _ in _binding_of_each(near.program, near.optimum.multipliers):
        rows, where = held[:_MOST], near.program.rows[kind.table]
        worths = _singles(partial(values, kind), [np.array([row]) for row in rows], most)
        alone = {row: w for row, w in zip(rows.tolist(), worths, strict=True) if w.worth > _NOTHING}
        # A step more in every year for each code and region that no single year helps.
        table = kind.rows_of(problem.instance)
        group = table.groupby([kind.code, "region"], sort=False).ngroup().to_numpy()
        others = dict.fromkeys(group[rows][~np.isin(group[rows], group[[*alone]])].tolist())
        years = [own for g in others if len(own := np.flatnonzero(group == g)) > 1]
        worths = values(kind, years, limits.seconds, 0)
        every = {int(o[0]): w for o, w in zip(years, worths, strict=True) if w.low > _NOTHING}
        yield Scarce(
            kind, where.stop - where.start, len(alone), len(rows) > 0,
            tuple(dearest(kind, alone, every=False)), tuple(dearest(kind, every, every=True)),
        )  # fmt: skip


def _in_every_year(kind: Limit, problem: Planning, row: int) -> str:
    code, region = kind.rows_of(problem.instance)[[kind.code, "region"]].iloc[row]
    where = "" if region == ANY else f" in {region!r}"
    return f"{kind.name} {code!r}{where} in every year"


def _singles(
    values: Callable[[Sequence[Ints], float, int], list[Worth]], rows: Sequence[Ints], most: int
) -> list[Worth]:
    """Value single rows: those that may be among the most valuable, or may save nothing."""
    worths = values(rows, 0.0, 0)
    while True:
        first = sorted(range(len(rows)), key=lambda i: -worths[i].high)[:most]
        left = [
            i
            for i, worth in enumerate(worths)
            if worth.how == ESTIMATE and (i in first or worth.low <= _NOTHING)
        ]
        again = values([rows[i] for i in left], 0.0, len(left))
        if all(worth.how == ESTIMATE for worth in again):
            return worths
        for i, worth in zip(left, again, strict=True):
            worths[i] = worth


def _binding_of_each(
    program: LinearProgram, multipliers: Floats
) -> Iterator[tuple[Limit, Ints, Floats]]:
    for kind in LIMITS.values():
        if (held := binding(kind, program, multipliers)) is not None:
            yield kind, *held


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
