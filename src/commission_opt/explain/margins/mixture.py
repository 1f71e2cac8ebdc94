"""Programs in which one profession has the figures of another instance, put together from two."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial

import numpy as np
from scipy import sparse

from commission_opt.accounts.pay import charged_to, paid
from commission_opt.accounts.pools import eligible, fed, figures, links_of
from commission_opt.allocation.settled import pointed
from commission_opt.arrays import Floats
from commission_opt.core.account import Affine
from commission_opt.core.linear_program import LinearProgram
from commission_opt.explain.margins.consequences import Consequences, Leading
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.limits import Limit
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import LIMITS
from commission_opt.formulation.shortage import SHORTAGE, settled_shortfall, shortage
from commission_opt.instance.use import committed_by_line


def alike(one: Formulation, other: Formulation) -> bool:
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
        then, now = (settled_shortfall(of).sum(axis=(1, 2)) for of in (other.problem, problem))
        self._offset = then - now
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
    return sparse.csr_array(total + _in_pools(one, _fed(other.problem) - _fed(one.problem)))


def _in_pools(stage: Formulation, fed: sparse.csr_array) -> sparse.csr_array:
    """Return what more people fed to pools, by profession, add to upper ends, shape (m, P)."""
    instance, m = stage.problem.instance, len(stage.program.row_lower)
    pools = instance.pools.size
    nobody = Affine(np.zeros(pools), sparse.csr_array(fed.shape))
    more = sparse.coo_array(eligible(instance, Affine(np.zeros(pools), fed), nobody).matrix)
    at = {"pathways": np.ones(pools), "offers": -figures(instance, "offer_rate").ravel()}
    total = sparse.csr_array((m, fed.shape[1]))
    for block in stage.rows:
        if block.name in at and block.items is not None:
            row = np.full(pools, -1)
            row[block.items] = stage.program.rows[block.name].start + np.arange(len(block.items))
            here = row[more.coords[0]] >= 0
            cell, profession = (coords[here] for coords in more.coords)
            data = at[block.name][cell] * more.data[here]
            total = total + sparse.csr_array((data, (row[cell], profession)), total.shape)
    return total


def _fed(problem: Planning) -> sparse.csr_array:
    """Return whom the pipeline and fixed places feed, by pool and year, and by profession."""
    instance = problem.instance
    links = links_of(instance, "feeds")
    people = fed(instance, by_link=True).over(problem.layout.started).constant
    year = np.tile(np.arange(instance.horizon), len(links))
    place, profession = (
        np.repeat(of, instance.horizon)
        for of in (
            links["place"].to_numpy(int),
            instance.courses["p"].to_numpy(int)[links["course"].to_numpy(int)],
        )
    )
    where = (instance.pools.at(place, year), profession)
    return sparse.csr_array((people, where), (instance.pools.size, instance.shape[0]))


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
