"""Can some statements hold together? Answers that prove themselves, where a proof can be had."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from commission_opt.allocation.branching import strengthened
from commission_opt.allocation.relaxation import Relaxation
from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.certificate.trees import Subproblem, branched_bound
from commission_opt.core.linear_program import LinearProgram, lagrangian_bound, proves_infeasible
from commission_opt.explain.infeasible.elastic_program import Prices, elastic_program
from commission_opt.explain.infeasible.rulebook import NOBODY, Rulebook
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.parts import Aim
from commission_opt.solvers.believed import believed, way_by
from commission_opt.solvers.highs import solve_integer
from commission_opt.solvers.linear import Algorithm
from commission_opt.solvers.persistent import PersistentProgram
from commission_opt.solvers.status import Limits, Result, Status, Watch

KEPT_WITHIN = 1e-6  # relative to max(1, |limit|), as in certificates
_EXACT = {"primal_feasibility_tolerance": 1e-9}
_CROSSED = 1e-9
_NODES = 2000  # of a tree that proves that no whole places will do
_LEANS = 1e-9  # share of the largest multiplier from which a proof leans on a row


@dataclass(frozen=True)
class Feasibility:
    """What a trial found: places, or a reason why there are none, or neither.

    Parameters
    ----------
    x : array, shape (n,), or None
        Places that keep the statements, checked without the solver.
    reason : tuple of int or None
        Statements that are impossible together, those that matter least first.
    proved : bool
        Whether impossibility is proved, and not only what the solver says.
    """

    x: Floats | None = None
    reason: tuple[int, ...] | None = None
    proved: bool = False


@dataclass(eq=False)
class Trial:
    """Tries statements of one rulebook, from where the last trial ended.

    It gives up when it is stopped, or at the ``end`` by ``time.perf_counter``.
    """

    book: Rulebook
    limits: Limits
    watch: Watch
    end: float
    _hot: PersistentProgram = field(init=False)
    _matrix: sparse.csc_array = field(init=False)

    def __post_init__(self) -> None:
        exact = replace(self.limits, options={**self.limits.options, **_EXACT})
        self._hot = PersistentProgram(exact)
        self._matrix = sparse.csc_array(self.book.matrix[self.book.free])

    @property
    def seconds(self) -> float:
        """Seconds that are left."""
        return self.end - time.perf_counter()

    def among(self, active: Bools) -> Trial:
        """Return trials over the part that some statements touch."""
        return Trial(self.book.only(active), self.limits, self.watch, self.end)

    @property
    def late(self) -> bool:
        """Whether to give up."""
        return self.watch.stopped or self.seconds <= 0

    def ask(self, active: Bools) -> Feasibility:
        """Say whether some statements can hold together, in whole places if the model says so."""
        first = self.in_fractions(active, tight=self.book.whole)
        if not self.book.whole or first.reason is not None:
            return first
        near = None if first.x is None else self._rounded(active, first.x)
        if near is not None or self.late:
            return Feasibility(near)
        status, x, _ = self.bent(active, {})
        if x is not None:
            return Feasibility(x if self.book.breach(active, x) <= KEPT_WITHIN else None)
        impossible = status is Status.INFEASIBLE
        return Feasibility(reason=tuple(np.flatnonzero(active).tolist()) if impossible else None)

    def _rounded(self, active: Bools, x: Floats) -> Floats | None:
        """Return admissible numbers next to some places if they keep all statements."""
        step, smallest = self.book.numbers(active)
        lower, _ = self.book.box(active, self.book.cap, tight=True)
        below = np.floor(x / step + KEPT_WITHIN) * step
        below = np.maximum(np.where(below < smallest, 0.0, below), lower)
        above = np.maximum(np.ceil(x / step - KEPT_WITHIN) * step, np.where(x > 0, smallest, 0.0))
        for near in (below, above):
            if self.book.breach(active, near) <= KEPT_WITHIN:
                return near
        return None

    def in_fractions(self, active: Bools, *, tight: bool) -> Feasibility:
        """Say whether some statements can hold in fractions of places.

        With ``tight``, bounds are moved to numbers that are admissible; no whole places are lost.
        """
        book = self.book
        program = self.program(active, tight=tight)
        crossed = np.flatnonzero(program.lower > program.upper + _CROSSED)
        if len(crossed):
            behind = [int(of[crossed[0]]) for of in book.behind(active, tight=tight)]
            reason = tuple(dict.fromkeys(s for s in behind if s != NOBODY))
            return Feasibility(reason=reason, proved=True)
        if (broken := self._broken_whatever(active)) is not None:
            return Feasibility(reason=(broken,), proved=True)
        if self.late:
            return Feasibility()

        def prove(result: Result, _: float) -> Feasibility | None:
            if result.x is not None:
                x = np.clip(result.x, program.lower, program.upper)
                if book.breach(active, x, whole=False) <= KEPT_WITHIN:
                    return Feasibility(x)
            if result.ray is not None and proves_infeasible(program, result.ray):
                reason = self._support(active, program, result.ray, tight=tight)
                return Feasibility(reason=reason, proved=True)
            return None

        return believed(self._hot.ways(program), prove, self.seconds).proof or Feasibility()

    def _broken_whatever(self, active: Bools) -> int | None:
        """Return a statement whose row no place touches, and is broken, if there is one."""
        book = self.book
        low, high = (end[book.free] for end in book.ends(active))
        untouched = np.bincount(self._matrix.indices, minlength=len(low)) == 0
        for broken, of in (
            (low > KEPT_WITHIN, book.lower_of),
            (high < -KEPT_WITHIN, book.upper_of),
        ):
            if len(rows := np.flatnonzero(untouched & broken)):
                return int(of[rows[0]])
        return None

    def bent(self, active: Bools, prices: Prices) -> tuple[Status, Floats | None, Floats]:
        """Find places that keep statements at the least price for those that give way.

        Returns
        -------
        status : Status
            As the solver has it; nothing in it is to be trusted.
        x : array, shape (n,), or None
        by : array
            How far each group of ``prices`` gives way, £m, weeks or places.
        """
        part, nothing = self.book.only(active), np.zeros(0)
        program, integer = elastic_program(part, active, prices)
        n, watch = len(part.columns), self.watch.inner()
        if np.any(program.lower > program.upper):
            return Status.INFEASIBLE, None, nothing
        if not len(program.cost):  # rows that no place touches
            if np.any(program.row_lower > 0) or np.any(program.row_upper < 0):
                return Status.INFEASIBLE, None, nothing
            return Status.OPTIMAL, np.zeros(len(self.book.columns)), nothing
        if integer.any():
            result = solve_integer(program, integer, self.limits, watch, seconds=self.seconds)
        else:
            ways = [way_by(Algorithm.SIMPLEX, program, self.limits, watch)]
            result = believed(ways, lambda result, _: result.x, self.seconds).result
        if result.x is None:
            return result.status, None, nothing
        x = np.zeros(len(self.book.columns))
        x[np.searchsorted(self.book.columns, part.columns)] = (
            np.round(result.x[:n]) if integer.any() else np.maximum(result.x[:n], 0.0)
        )
        return result.status, x, np.maximum(result.x[n : n + len(prices)], 0.0)

    def program(self, active: Bools, *, tight: bool) -> LinearProgram:
        """Return the program of some statements, with nothing to minimise."""
        book = self.book
        box = book.box(active, book.cap, tight=tight)
        low, high = (end[book.free] for end in book.ends(active))
        zeros = np.zeros(len(box[0]))
        return LinearProgram(self._matrix, zeros, *box, low, high, 0.0, {}, {})

    def proves(self, active: Bools) -> bool:
        """Prove that some statements cannot hold in whole places, by a tree of weak duality."""
        part = self.among(active)
        program = part.program(active, tight=True)
        if np.any(program.lower > program.upper + _CROSSED):
            return True
        step, smallest = part.book.numbers(active)
        rows, columns = program.matrix.shape
        written = Formulation(
            self.book.problem, Aim("none", {}), program, (), (), step, smallest, program.upper
        )
        block = Subproblem(np.arange(columns), np.arange(rows), columns)
        start = Relaxation(program.lower, np.zeros(rows), 0.0)
        raised = strengthened(
            written, start, self.limits, self.watch,
            nodes=_NODES, seconds=max(0.0, self.seconds), blocks=[block],
        )  # fmt: skip
        bound = branched_bound(written, raised.multipliers, raised.trees)
        return bool(bound > 1.0)  # with nothing to minimise, places would cost 0

    def _support(
        self, active: Bools, program: LinearProgram, ray: Floats, *, tight: bool
    ) -> tuple[int, ...]:
        """Return the statements that a proof leans on, if these prove it alone."""
        book = self.book
        y = ray / np.max(np.abs(ray))
        y[np.abs(y) <= _LEANS] = 0.0
        if lagrangian_bound(program, y) < lagrangian_bound(program, -y):
            y = -y
        reduced = -(program.matrix.T @ y)
        reduced[np.abs(reduced) <= _LEANS * np.max(np.abs(reduced), initial=0.0)] = 0.0
        weight = np.full(book.size + 1, -1.0)  # the last is nobody's

        def lean(of: Ints, price: Floats, end: Floats) -> None:
            on = (price != 0) & np.isfinite(end)
            np.maximum.at(weight, of[on], np.abs(price[on] * end[on]))

        ends = np.where(y > 0, program.row_lower, program.row_upper)
        lean(np.where(y > 0, book.lower_of[book.free], book.upper_of[book.free]), y, ends)
        floors, ceilings, *cohort = book.behind(active, tight=tight)
        sides = np.where(reduced > 0, program.lower, program.upper)
        reduced[(reduced > 0) & (sides <= 0)] = 0.0
        for of in (np.where(reduced > 0, floors, ceilings), *cohort):
            lean(of, reduced, sides)
        some = np.flatnonzero(weight[:-1] >= 0)
        found = tuple(some[np.argsort(weight[some], kind="stable")].tolist())
        alone = self.program(book.mask(found), tight=tight)
        crossed = np.any(alone.lower > alone.upper + _CROSSED)
        if crossed or proves_infeasible(alone, y):
            return found
        return tuple(np.flatnonzero(active).tolist())
