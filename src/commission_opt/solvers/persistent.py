"""HiGHS, holding a program that changes a little from solve to solve."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from highspy import HighsBasis, HighsBasisStatus
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.core.linear_program import LinearProgram
from commission_opt.solvers.basis import BASIC, LOWER, UPPER, Basis, factorised
from commission_opt.solvers.believed import Way
from commission_opt.solvers.highs import changed_options, load, option, run, status_of, unfinished
from commission_opt.solvers.linear import is_large
from commission_opt.solvers.scaling import Units, odd_units, without_idle_ends
from commission_opt.solvers.status import Limits, Result, Status, Watch
from commission_opt.solvers.tally import Options

_NONE: Ints = np.zeros(0, dtype=np.int64)
_PRICED = 1e-9  # a price beside which rounding is nothing
_STATUS = {
    int(s): s for s in (HighsBasisStatus.kLower, HighsBasisStatus.kBasic, HighsBasisStatus.kUpper)
}
_COEFFICIENTS = 500  # changed one by one; handing over all is quicker beyond that


class PersistentProgram:
    """One program in HiGHS, and the basis of its last solve.

    Parameters
    ----------
    limits : Limits
        Seed and threads.
    watch : Watch, optional
        Followed where a solve names no other.
    kind : str
        What runs are counted as.

    Attributes
    ----------
    hot : bool
        Whether the last solve started from a basis.
    way : str
        How its program was handed over: ``hot`` if changed in place, ``rebuilt: WHY`` if as a whole
        but from the last basis, ``pointed: WHY`` from one that multipliers point to, ``cold: WHY``
        without.
    """

    def __init__(
        self, limits: Limits, watch: Watch | None = None, kind: str = "relaxation"
    ) -> None:
        self._limits, self._own, self._kind = limits, watch or Watch(), kind
        self._watch = self._own
        self._highs: Any = None
        self._program: LinearProgram | None = None  # as the solver has it
        self._given: LinearProgram | None = None
        self._units: Units | None = None
        self._start: Floats | None = None
        self.hot, self.way = False, ""
        self._options: dict[str, Options] = {}

    def start_at(self, multipliers: Floats) -> None:
        """Begin the next solve, if it has no last one, at the basis that multipliers point to.

        Parameters
        ----------
        multipliers : array, shape (m,)
            Of the rows of the program, near those of its optimum: a row or a column that has a
            price stands at an end, and the others follow from those that do.
        """
        self._start = multipliers

    def solve(self, program: LinearProgram, seconds: float, watch: Watch | None = None) -> Result:
        """Solve a program from the basis of the last one where the layout is the same.

        Nothing in the result is to be trusted, as a hot start may go wrong: see ``believed``. The
        watch counts the run, and can stop it if the program is large; to ask it at every iteration
        of a small one would take as long as the solve.
        """
        self._watch = watch or self._own
        if not self._run(program, seconds):
            return unfinished(self._watch)
        return self._result()

    def ways(
        self,
        program: LinearProgram,
        watch: Watch | None = None,
        otherwise: Iterable[Way] | None = None,
    ) -> Iterator[Way]:
        """Yield a solve from the last basis, then one anew, or what is to be tried otherwise."""

        def solve(seconds: float) -> Result:
            return self.solve(program, seconds, watch)

        yield Way("from the last basis", solve)
        if self.hot or otherwise is not None:
            self.forget()
            yield from (Way("anew", solve),) if otherwise is None else otherwise

    def _run(self, program: LinearProgram, seconds: float) -> bool:
        start = time.perf_counter()
        self._hand_over(self._in_units(program))
        if self._kind == "relaxation":  # what nodes of a tree take is time of the bound
            self._watch.tally.pass_seconds += time.perf_counter() - start
        # The interior point method with crossover leaves a basis for the solves that follow.
        solver = "ipx" if not self.hot and is_large(program) else "simplex"
        option(self._highs, "solver", solver)
        if solver not in self._options:
            self._options[solver] = changed_options(self._highs)
        kind = f"hot {self._kind}" if self.hot else self._kind
        return run(self._highs, self._watch, kind, self._options[solver], seconds)

    def forget(self) -> None:
        """Start anew at the next solve."""
        self._highs = self._program = self._given = self._units = self._start = None

    def basis(self) -> Basis | None:
        """Return the basis at which the last solve ended; None if there is none to be used."""
        assert self._given is not None, "nothing was solved"
        found = self._highs.getBasis()
        if not found.valid:
            return None
        columns, rows = (
            np.array([int(status) for status in side], dtype=np.int64)
            for side in (found.col_status, found.row_status)
        )
        return factorised(self._given, columns, rows)

    def _result(self) -> Result:
        status, units = status_of(self._highs), self._units
        if status is Status.OPTIMAL:
            found = self._highs.getSolution()
            x, y = np.array(found.col_value), np.array(found.row_dual)
            if units is not None:
                x, y = units.point(x), units.multipliers(y)
            return Result(status, x, y)
        if status is Status.INFEASIBLE:
            _, has_ray, values = self._highs.getDualRay()
            ray = np.array(values) if has_ray else None
            if ray is not None and units is not None:
                ray = units.multipliers(ray)
            return Result(status, ray=ray)
        message = self._highs.modelStatusToString(self._highs.getModelStatus())
        return Result(status, message=message)

    def _in_units(self, program: LinearProgram) -> LinearProgram:
        """Return a program as the solver is given it; units stay while the layout does."""
        program = without_idle_ends(program)
        last, self._given = self._given, program
        if last is None or last.matrix.shape != program.matrix.shape:
            self._units = odd_units(program)
        return program if self._units is None else self._units.scaled(program)

    def _hand_over(self, program: LinearProgram) -> None:
        last, self._program = self._program, program
        if last is None:
            self._whole(program, "first program")
            if self._start is not None and self._given is not None:
                self._highs.setBasis(_pointed(self._given, self._start))
                self._start, self.hot, self.way = None, True, "pointed: first program"
            return
        old, new = last.matrix, program.matrix
        if old is not new and (why := self._recast(old, new)):
            self._whole(program, why, keep_basis=old.shape == new.shape)
            return
        self.hot, self.way = True, "hot"
        which = _moved((last.cost, program.cost))
        if len(which):
            self._highs.changeColsCost(len(which), which, program.cost[which])
        if last.offset != program.offset:
            self._highs.changeObjectiveOffset(program.offset)
        for change, low, high in (
            (self._highs.changeColsBounds, "lower", "upper"),
            (self._highs.changeRowsBounds, "row_lower", "row_upper"),
        ):
            least, most = getattr(program, low), getattr(program, high)
            which = _moved((getattr(last, low), least), (getattr(last, high), most))
            if len(which):
                change(len(which), which, least[which], most[which])

    def _recast(self, old: sparse.csc_array, new: sparse.csc_array) -> str:
        """Change coefficients in place, or say why all must be handed over."""
        if old.shape != new.shape:
            return "other rows or columns"
        if not (
            np.array_equal(old.indptr, new.indptr) and np.array_equal(old.indices, new.indices)
        ):
            return "coefficients come or go"
        moved = np.flatnonzero(old.data != new.data)
        if len(moved) > _COEFFICIENTS:
            return "many coefficients"
        column = np.searchsorted(new.indptr, moved, side="right") - 1
        for at, j in zip(moved, column, strict=True):
            self._highs.changeCoeff(int(new.indices[at]), int(j), float(new.data[at]))
        return ""

    def _whole(self, program: LinearProgram, why: str, *, keep_basis: bool = False) -> None:
        basis = self._highs.getBasis() if keep_basis else None
        self._highs = load(program, None, self._limits)
        self.hot = basis is not None and basis.valid
        self.way = f"{'rebuilt' if self.hot else 'cold'}: {why}"
        if self.hot:
            self._highs.setBasis(basis)


def _pointed(program: LinearProgram, multipliers: Floats) -> HighsBasis:
    """Return the basis in which what has a price stands at an end; HiGHS completes it."""
    reduced = program.cost - program.matrix.T @ multipliers
    basis = HighsBasis()
    basis.col_status = _standing(reduced, program.lower, program.upper)
    basis.row_status = _standing(multipliers, program.row_lower, program.row_upper)
    basis.valid = basis.alien = True  # alien: there may be too many or too few that are basic
    return basis


def _standing(price: Floats, lower: Floats, upper: Floats) -> list[HighsBasisStatus]:
    low = (price > _PRICED) & np.isfinite(lower)
    high = (price < -_PRICED) & np.isfinite(upper)
    status = np.where(low, LOWER, np.where(high, UPPER, BASIC))
    return [_STATUS[each] for each in status.tolist()]


def _moved(*pairs: tuple[Floats, Floats]) -> Any:
    """Return where the arrays of any pair differ; nowhere, at once, if they are the same ones."""
    differ = [old != new for old, new in pairs if old is not new]
    return np.flatnonzero(np.logical_or.reduce(differ)).astype(np.int32) if differ else _NONE
