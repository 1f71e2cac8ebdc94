"""Better rates of one profession after the other, out of one instance where all are better."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np
import pandas as pd
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.core.linear_program import LinearProgram
from commission_opt.explain.margins.plain import Plain, plain_of
from commission_opt.explain.margins.questions import EVERY, POINT, Question
from commission_opt.explain.margins.settings import rate_step, setting
from commission_opt.explain.margins.taken import Taken, Takes, takes
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.limits import Limit
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import LIMITS
from commission_opt.formulation.shortage import SHORTAGE, shortage, tiered, weights
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import committed_by_course
from commission_opt.scenario.setting import Setting

COMPLETION, JOIN, LEAVERS = "completion", "join", "leavers"
Changed = Callable[[tuple[Setting, ...]], Formulation]


class Better:
    """Settings that make a rate one point better, within 0 and 1.

    Completion and joining rise, leaving falls.

    Parameters
    ----------
    instance : Instance
    """

    def __init__(self, instance: Instance) -> None:
        self._codes = instance.professions["profession"].tolist()
        courses, staff = instance.courses, instance.tables["workforce"]
        self._tables = {
            COMPLETION: _by_profession(courses, "course", ("completion_rate",)),
            JOIN: _by_profession(courses, "course", ("join_rate",)),
            LEAVERS: _by_profession(staff, "region", ("leaver_rate", "early_leaver_rate")),
        }

    def of(self, rate: str, profession: str | None) -> tuple[Setting, ...]:
        """Return the settings for a rate of a profession or, if None, of all.

        Returns
        -------
        tuple of Setting
            None where no course trains the profession, or all its rates are at the end.
        """
        table = self._tables[rate]
        some = self._codes if profession is None else [profession]
        values = [v for code in some for _, _, v in table.get(code, ())]
        if not values:
            return ()
        filters = {} if profession is None else {"profession": [profession]}
        step = -POINT if rate == LEAVERS else POINT
        moved = np.concatenate(values) + step
        if moved.min() >= 0.0 and moved.max() <= 1.0:
            name = rate if rate == LEAVERS else f"{rate}_rate"
            return (setting(name, "+=", step, filters),)
        if profession is None:
            return tuple(one for code in some for one in self.of(rate, code))
        key = "region" if rate == LEAVERS else "course"
        return tuple(
            one
            for column, codes, value in table[profession]
            for one in rate_step(column, filters, key, codes, value, step)
        )


_Rates = dict[str, list[tuple[str, list[str], Floats]]]


def _by_profession(table: pd.DataFrame, key: str, columns: tuple[str, ...]) -> _Rates:
    """Return, for each profession, the columns with the codes and figures that they have."""
    found: _Rates = {}
    for code, rows in table.groupby("profession", sort=False):
        for column in columns:
            there = rows[column].notna().to_numpy()
            if there.any():
                codes, values = rows[key].to_numpy(object)[there], rows[column].to_numpy(float)
                part = (column, codes.tolist(), values[there])
                found.setdefault(str(code), []).append(part)
    return found


def rate_questions(
    problem: Planning, formulation: Formulation, change: Changed
) -> Iterator[Question]:
    """Ask for one point better completion, joining and leaving, of all professions and of each.

    Parameters
    ----------
    problem : Planning
    formulation : Formulation
    change : callable
        From settings to the stage of the instance that they make.
    """
    instance = problem.instance
    mixes = first_objective(problem.policy).weighted
    codes = instance.professions["profession"].tolist()
    better = Better(instance)
    for rate in (COMPLETION, JOIN, LEAVERS):
        settings = better.of(rate, None)
        if not settings:
            continue
        whole = change(settings)
        yield _asked(rate, EVERY, settings, _whole(change, settings, whole))
        mix = None
        if mixes and SHORTAGE in formulation.program.rows and _alike(formulation, whole):
            mix = Mixture.of(formulation, whole)
        for p, code in enumerate(codes):
            if own := better.of(rate, code):
                source = _whole(change, own) if mix is None else _Part(mix, p)
                yield _asked(rate, code, own, source)


@dataclass(frozen=True, eq=False)
class _Part:
    """One profession of a mixture."""

    mix: Mixture
    p: int

    def program(self) -> LinearProgram:
        return self.mix.program(self.p)

    def point(self, columns: Floats) -> Floats:
        return self.mix.point(self.p, columns)

    def plain(self, columns: Floats) -> Floats:
        return self.mix.plain(self.p, columns)

    def taking(self, columns: Floats) -> Taken:
        return self.mix.taking(self.p, columns)


@dataclass(eq=False)
class _Whole:
    """A changed instance, worked out when it is asked for."""

    change: Callable[[], Formulation]

    @cached_property
    def stage(self) -> Formulation:
        return self.change()

    def program(self) -> LinearProgram:
        return self.stage.program

    def point(self, columns: Floats) -> Floats:
        return self.stage.point(self.stage.problem.layout.to_places(columns))

    def plain(self, columns: Floats) -> Floats:
        return self._plain(columns)

    def taking(self, columns: Floats) -> Taken:
        return self._takes(columns)

    @cached_property
    def _plain(self) -> Plain:
        return plain_of(self.stage.problem)

    @cached_property
    def _takes(self) -> Takes:
        return takes(self.stage.problem)


def _whole(
    change: Changed, settings: tuple[Setting, ...], known: Formulation | None = None
) -> _Whole:
    return _Whole(lambda: change(settings) if known is None else known)


def _asked(rate: str, code: str, settings: tuple[Setting, ...], source: _Part | _Whole) -> Question:
    about = {"rate": rate, "profession": code}
    return Question(
        "rates",
        about,
        POINT,
        settings,
        lambda _: source.program(),
        source.plain,
        source.taking,
        point=source.point,
    )


def _alike(one: Formulation, other: Formulation) -> bool:
    """Say whether the columns and rows of two stages stand for the same."""
    a, b = one.program.matrix, other.program.matrix
    return (
        a.shape == b.shape
        and np.array_equal(a.indptr, b.indptr)
        and np.array_equal(a.indices, b.indices)
        and np.array_equal(shortage(one.problem).live, shortage(other.problem).live)
    )


@dataclass(frozen=True, eq=False)
class Mixture:
    """Programs of the shortfall in which one profession has the figures of another instance.

    A course supplies and costs by the rates of its own profession, and what is missing of a
    profession depends on no other, so that a program is put together from two.

    Parameters
    ----------
    one, other : Formulation
        Of one layout; their instances differ in rates only.
    column, row : array of int, shape (n,), (m,)
        Profession of each column and row, −1 where none.
    ends : scipy.sparse.csr_array, shape (m, P)
        What a profession's figures add to the upper end of each row that several share.
    offset : array, shape (P,)
        What they add to the constant.
    plains : pair of Plain
    takes : pair of Takes
    points : dict
        Points that were asked for before.
    """

    one: Formulation
    other: Formulation
    column: Ints
    row: Ints
    ends: sparse.csr_array
    offset: Floats
    plains: tuple[Plain, Plain]
    takes: tuple[Takes, Takes]
    points: dict[bytes, tuple[Floats, Floats]] = field(default_factory=dict)

    @staticmethod
    def of(one: Formulation, other: Formulation) -> Mixture:
        """Compare two stages."""
        problem, program = one.problem, one.program
        profession = partial(problem.instance.cells.of, "profession")
        courses = problem.instance.courses["p"].to_numpy(int)
        columns, rows = shortage(problem), program.rows[SHORTAGE]
        column = np.full(len(program.cost), -1)
        column[program.columns[PLACES]] = courses[problem.layout.course]
        column[program.columns[SHORTAGE]] = profession(columns.cell)
        row = np.full(len(program.row_lower), -1)
        row[rows] = profession(columns.live)
        ends = _ends(one, other, courses, problem.instance.shape[0])
        return Mixture(
            one, other, column, row, ends,
            _settled(other.problem) - _settled(problem),
            (plain_of(problem), plain_of(other.problem)),
            (takes(problem), takes(other.problem)),
        )  # fmt: skip

    def program(self, p: int) -> LinearProgram:
        """Return the program in which profession ``p`` has the other figures."""
        one, other = self.one.program, self.other.program
        columns, rows = self.column == p, self.row == p
        entries = np.repeat(columns, np.diff(one.matrix.indptr))
        data = np.where(entries, other.matrix.data, one.matrix.data)
        upper = np.where(rows, other.row_upper, one.row_upper)
        return replace(
            one,
            matrix=sparse.csc_array(
                (data, one.matrix.indices, one.matrix.indptr), one.matrix.shape
            ),
            upper=np.where(columns, other.upper, one.upper),
            row_lower=np.where(rows, other.row_lower, one.row_lower),
            row_upper=upper + self.ends[:, [p]].toarray().ravel(),
            offset=one.offset + float(self.offset[p]),
        )

    def point(self, p: int, columns: Floats) -> Floats:
        """Return the best point with given decision columns."""
        key = columns.tobytes()
        if key not in self.points:
            places = self.one.problem.layout.to_places(columns)
            self.points[key] = (self.one.point(places), self.other.point(places))
        one, other = self.points[key]
        return np.where(self.column == p, other, one)

    def plain(self, p: int, columns: Floats) -> Floats:
        """Return the plain shortfall where profession ``p`` has the other figures."""
        one, other = (plain(columns) for plain in self.plains)
        each = len(one) // len(self.offset)
        one[p * each : (p + 1) * each] = other[p * each : (p + 1) * each]
        return one

    def taking(self, p: int, columns: Floats) -> Taken:
        """Return what is taken where the courses of profession ``p`` have the other figures."""
        instance = self.one.problem.instance
        own = np.repeat(instance.courses["p"].to_numpy(int) == p, instance.horizon)
        started = self.takes[0].started(columns)
        return (
            self.takes[0]
            .of(np.where(own, 0.0, started))
            .with_(self.takes[1].of(np.where(own, started, 0.0)))
        )


def _ends(
    one: Formulation, other: Formulation, courses: Ints, n_professions: int
) -> sparse.csr_array:
    """Return what each profession's figures add to the upper ends of budgets and placements."""
    m = len(one.program.row_lower)
    total = sparse.csr_array((m, n_professions))
    own = sparse.csr_array(
        (np.ones(len(courses)), (np.arange(len(courses)), courses)),
        shape=(len(courses), n_professions),
    )
    for limit in LIMITS.values():
        if limit.table not in one.program.rows:
            continue
        used = [used_by_course(f.problem, limit) for f in (one, other)]
        place = one.program.rows[limit.table]
        shift = sparse.csr_array((used[0] - used[1]) @ own / limit.origin.scale).tocoo()
        at = (shift.coords[0] + place.start, shift.coords[1])
        total = total + sparse.csr_array((shift.data, at), shape=total.shape)
    return sparse.csr_array(total)


def used_by_course(problem: Planning, limit: Limit) -> sparse.csr_array:
    """Return what the pipeline and fixed places of each course use of each limit."""
    instance, layout = problem.instance, problem.layout
    rates = getattr(instance, limit.rates)
    by_course = sparse.kron(
        sparse.eye_array(layout.n_courses), np.ones((layout.horizon, 1)), format="csr"
    )
    fixed = limit.of(problem.effects).per_place @ sparse.diags_array(layout.fixed) @ by_course
    return sparse.csr_array(committed_by_course(instance, rates, limit.rows_of(instance)) + fixed)


def _settled(problem: Planning) -> Floats:
    """Return the part of the shortfall that no decision changes, by profession."""
    found = shortage(problem)
    missing = tiered(found.settled, problem.instance.demand, found.tiers)
    return np.asarray((weights(problem) * missing).sum(axis=(1, 2)))
