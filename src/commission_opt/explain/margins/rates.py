"""Better rates of one profession after the other, out of one instance where all are better."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial

import numpy as np
import pandas as pd
from scipy import sparse

from commission_opt.accounts.pay import charged_to, paid
from commission_opt.allocation.settled import pointed
from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram
from commission_opt.explain.margins.consequences import Consequences, Leading
from commission_opt.explain.margins.questions import EVERY, POINT, Filters, Question, setting
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.limits import Limit
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import LIMITS
from commission_opt.formulation.shortage import SHORTAGE, shortage, tiered, weights
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import committed_by_line
from commission_opt.scenario.scenario import Setting
from commission_opt.supply.taken import takers

_SAME = 1e-12
COMPLETION, JOIN, LEAVERS = "completion", "join", "leavers"
_FIELDS = {
    COMPLETION: ("course", ["completion_rate"]),
    JOIN: ("course", ["join_rate"]),
    LEAVERS: ("region", ["leaver_rate", "early_leaver_rate"]),
}
Changed = Callable[[tuple[Setting, ...]], Formulation]


def better(instance: Instance, rate: str, profession: str | None) -> tuple[Setting, ...]:
    """Return settings that make a rate of a profession or, if None, of all one point better.

    Completion and joining rise, leaving falls, within 0 and 1; nobody joins who goes on to another
    course. There are none where no course trains the profession, or all its rates are at the end.
    """
    key, fields = _FIELDS[rate]
    table = instance.tables["workforce"] if rate == LEAVERS else instance.courses
    most = np.ones(len(table)) if rate != JOIN else 1.0 - _going_on(instance)
    own = np.array([profession in (None, code) for code in table["profession"]], dtype=bool)
    rows, most = table[own], most[own]
    filters = {} if profession is None else {"profession": [profession]}
    step = -POINT if rate == LEAVERS else POINT
    moved = rows[fields].to_numpy(float) + step
    given = ~np.isnan(moved)
    if not given.any():
        return ()
    if ((moved >= 0.0) & (moved <= most[:, None]))[given].all():
        return (setting(rate if rate == LEAVERS else f"{rate}_rate", "+=", step, filters),)
    if profession is None:
        codes = instance.professions["profession"]
        return tuple(one for code in codes for one in better(instance, rate, code))
    return tuple(
        one
        for field in fields
        if (known := rows[field].notna().to_numpy()).any()
        for one in rate_step(filters, key, rows[known].set_index(key)[field], step, most[known])
    )


def _going_on(instance: Instance) -> Floats:
    """Return the share of those qualified on each course who go on to another, shape (C,)."""
    feeds = instance.pathways[instance.pathways["role"] == "feeds"]
    share = np.zeros(len(instance.courses))
    np.add.at(share, feeds["course"].to_numpy(int), feeds["share"].to_numpy(float))
    return share


def rate_step(
    filters: Filters, key: str, rates: pd.Series, step: float, most: Floats | float = 1.0
) -> tuple[Setting, ...]:
    """Return what moves rates by a step, but not below 0 or above the most that they can be.

    Rates are by code, named after their field; codes are those of ``key``, by which they are told
    apart where some reach an end.
    """
    field, values = str(rates.name), rates.to_numpy(float)
    new = np.clip(values + step, 0.0, most)
    full = np.abs(new - values - step) <= _SAME
    if full.all():
        return (setting(field, "+=", step, filters),)
    stopped = ~full & (np.abs(new - values) > _SAME)
    ends = [(stopped & (new == end), "=", end) for end in sorted({*new[stopped].tolist()})]
    return tuple(
        setting(field, operator, value, {**filters, key: sorted(set(rates.index[which]))})
        for which, operator, value in ((full, "+=", step), *ends)
        if which.any()
    )


def rate_questions(formulation: Formulation, change: Changed) -> Iterator[Question]:
    """Ask for one point better completion, joining and leaving, of all professions and of each.

    ``change`` leads from settings to the stage of the instance that they make.
    """
    problem = formulation.problem
    mixes = first_objective(problem.policy).weighted and SHORTAGE in formulation.program.rows
    mixes &= not len(problem.instance.eligible)  # whose people follow from several professions
    together = _taking(problem.instance)
    for rate in _FIELDS:
        settings = better(problem.instance, rate, None)
        if not settings:
            continue
        every = cache(partial(change, settings))
        yield _anew(rate, EVERY, settings, every)
        mix = Mixture(formulation, every()) if mixes and _alike(formulation, every()) else None
        for p, code in enumerate(problem.instance.professions["profession"].tolist()):
            own = better(problem.instance, rate, code)
            if own and (mix is None or (rate != JOIN and p in together)):
                yield _anew(rate, code, own, cache(partial(change, own)))
            elif own and mix is not None:
                yield Question(
                    "rates", {"rate": rate, "profession": code}, POINT, own,
                    partial(mix.program, p), point=partial(mix.point, p),
                    leading=partial(mix.leading, p),
                )  # fmt: skip


def _anew(
    rate: str, code: str, settings: tuple[Setting, ...], stage: Callable[[], Formulation]
) -> Question:
    """Ask about an instance that is put together when it is needed."""
    return Question(
        "rates", {"rate": rate, "profession": code}, POINT, settings,
        lambda: stage().program,
        point=lambda columns: pointed(stage(), stage().problem.layout.to_amounts(columns)),
        leading=lambda columns: Leading(stage().problem)(columns),
    )  # fmt: skip


def _taking(instance: Instance) -> set[int]:
    """Return the professions whose rates tell on another, as courses take staff between them."""
    own = instance.courses.iloc[takers(instance)]
    return {*own["p"].tolist(), *own["from_p"].tolist()}


def _alike(one: Formulation, other: Formulation) -> bool:
    """Say whether the columns and rows of two stages stand for the same."""
    a, b = one.program.matrix, other.program.matrix
    return (
        a.shape == b.shape
        and np.array_equal(a.indptr, b.indptr)
        and np.array_equal(a.indices, b.indices)
        and np.array_equal(shortage(one.problem).live, shortage(other.problem).live)
    )


class Mixture:
    """Programs of the shortfall in which one profession has the figures of another instance.

    A course supplies and costs by the rates of its own profession, and what is missing of a
    profession depends on no other, but where courses take staff from one to the other. So a program
    is put together from two, of one layout, whose instances differ in rates only.
    """

    def __init__(self, one: Formulation, other: Formulation) -> None:
        self._one, self._other = one, other
        problem, program, instance = one.problem, one.program, one.problem.instance
        profession = partial(instance.cells.of, "profession")
        lines, columns = instance.lines["p"].to_numpy(int), shortage(problem)
        self._column = np.full(len(program.cost), -1)
        self._column[program.columns[PLACES]] = lines[problem.layout.line]
        self._column[program.columns[SHORTAGE]] = profession(columns.cell)
        self._row = np.full(len(program.row_lower), -1)
        self._row[program.rows[SHORTAGE]] = profession(columns.live)
        for block in columns.part.rows[1:]:  # of posts
            self._row[program.rows[block.name]] = profession(block.items)
        for block in one.rows:  # limits on staff hang on the rates of their own profession
            if block.origin is not None and block.origin[1].file == "workforce.csv":
                self._row[program.rows[block.name]] = profession(block.items)
        self._cell = profession()
        self._start = lines[instance.starts.of("line")]
        self._ends = _ends(one, other)
        self._offset = _settled(other.problem) - _settled(problem)
        self._leading = Leading(problem), Leading(other.problem)
        self._points = cache(self._both_points)

    def program(self, p: int) -> LinearProgram:
        """Return the program in which profession ``p`` has the other figures."""
        one, other = self._one.program, self._other.program
        columns, rows = self._column == p, self._row == p
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
            row_upper=upper + self._ends[:, [p]].toarray().ravel(),
            offset=one.offset + float(self._offset[p]),
        )

    def point(self, p: int, columns: Floats) -> Floats:
        """Return the best point with given decision columns."""
        one, other = self._points(columns.tobytes())
        return np.where(self._column == p, other, one)

    def _both_points(self, columns: bytes) -> tuple[Floats, Floats]:
        places = self._one.problem.layout.to_amounts(np.frombuffer(columns))
        return pointed(self._one, places), pointed(self._other, places)

    def leading(self, p: int, columns: Floats) -> Consequences:
        """Return what columns lead to where profession ``p`` has the other figures."""
        own = self._start == p
        one, other = self._leading[0](columns, ~own), self._leading[1](columns, own)
        missing = np.where(self._cell == p, other.missing, one.missing)
        return replace(one.with_each(other, np.add), missing=missing)


def _ends(one: Formulation, other: Formulation) -> sparse.csr_array:
    """Return what each profession's figures add to the upper ends that it shares, shape (m, P)."""
    instance, m = one.problem.instance, len(one.program.row_lower)
    lines = instance.lines["p"].to_numpy(int)
    where = (np.arange(len(lines)), lines)
    own = sparse.csr_array((np.ones(len(lines)), where), (len(lines), instance.shape[0]))
    total = sparse.csr_array((m, instance.shape[0]))
    for limit in LIMITS.values():
        if limit.table in one.program.rows:
            used = [used_by_line(f.problem, limit) @ own for f in (one, other)]
            if limit.money:
                used = [u + _paid(f.problem) for u, f in zip(used, (one, other), strict=True)]
            shift = sparse.csr_array((used[0] - used[1]) / limit.origin.scale).tocoo()
            row = shift.coords[0] + one.program.rows[limit.table].start
            total = total + sparse.csr_array((shift.data, (row, shift.coords[1])), total.shape)
    return sparse.csr_array(total)


def used_by_line(problem: Planning, limit: Limit) -> sparse.csr_array:
    """Return what the pipeline and fixed places and units of each line use of each limit."""
    instance, layout = problem.instance, problem.layout
    rates = getattr(instance, limit.rates)
    by_line = sparse.kron(
        sparse.eye_array(layout.n_lines), np.ones((layout.horizon, 1)), format="csr"
    )
    fixed = sparse.diags_array(layout.started.constant) @ by_line
    used = limit.of(problem.effects).matrix @ fixed
    return sparse.csr_array(committed_by_line(instance, rates, limit.rows_of(instance)) + used)


def _paid(problem: Planning) -> sparse.csr_array:
    """Return the pay of staff with nothing bought under each budget, by profession."""
    instance, cells = problem.instance, problem.instance.cells
    staff = paid(instance, problem.effects.supply).constant
    where = (np.arange(cells.size), cells.of("profession"))
    by_profession = sparse.csr_array((staff, where), (cells.size, instance.shape[0]))
    return sparse.csr_array(charged_to(instance, instance.budgets) @ by_profession)


def _settled(problem: Planning) -> Floats:
    """Return the part of the shortfall that no decision changes, by profession."""
    found = shortage(problem)
    missing = tiered(found.settled, problem.instance.demand, found.tiers)
    return np.asarray((weights(problem) * missing).sum(axis=(1, 2)))
