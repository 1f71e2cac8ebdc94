"""Whole places now and the best later in each future: rounded, then improved by cuts.

What is decided now is rounded to the nearest numbers that keep the rows it is alone in; a small
integer program does it, which also keeps what proofs ask of futures that were left without a plan.
What is best later follows future by future. Cuts of its values then point to better numbers nearby,
until the gap asked for or the end of the time.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from commission_opt.allocation.methods import branch_and_bound
from commission_opt.allocation.recourse import Cut, Recourse, SecondStage, later_of, put_together
from commission_opt.allocation.settled import settled
from commission_opt.allocation.task import Task
from commission_opt.allocation.whole import whole_program
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import keeps_rules
from commission_opt.core.linear_program import LinearProgram
from commission_opt.formulation.goals import goals, risk_of, weighs, worst_weights
from commission_opt.solvers.highs import solve_integer
from commission_opt.solvers.status import Result, Status, Watch

_BRANCHED = 2000  # decision columns up to which branch and bound is worth the time that is left
_TRIES = 30  # numbers that are looked at
_REACH = 2.0  # steps by which they may differ from the best
_SHARE, _GAP = 0.1, 1e-3  # of the time, and the gap of a small integer program


def in_two_stages(task: Task) -> tuple[Result, Floats | None]:
    """Find whole places now, and fractions later in each future.

    Of a stage that holds earlier ones, in which futures hang together, small programs are solved as
    a whole and of large ones the start is kept.
    """
    end, formulation = task.watch.now() + task.seconds, task.formulation
    layout, columns = formulation.problem.layout, None
    if not formulation.held:
        columns = _Search(task, end).run()
    if layout.size > _BRANCHED and (columns is not None or task.start is not None):
        return Result(Status.LIMIT), columns
    if columns is not None and _done(task.watch):
        return Result(Status.LIMIT), columns
    start = task.start if columns is None else layout.to_amounts(columns)
    left = max(0.0, end - task.watch.now())
    result, found = branch_and_bound(replace(task, start=start, seconds=left))
    if found is None or not _keeps_rules(task, found):
        return result, columns
    return result, found


def _keeps_rules(task: Task, columns: Floats) -> bool:
    """Say whether decision columns keep every rule in every future, as nothing else checks it."""
    problem = task.formulation.problem
    amounts = problem.layout.to_amounts(columns)
    return keeps_rules(problem, problem.outcome(amounts, settled(task.formulation, amounts)))


def _done(watch: Watch) -> bool:
    return watch.best <= watch.target or watch.stopped


@dataclass(eq=False)
class _Search:
    """The search for numbers decided now."""

    task: Task
    end: float
    futures: list[SecondStage] = field(init=False)
    cuts: list[list[Cut]] = field(init=False)
    kept: list[Cut] = field(default_factory=list)
    best: list[Recourse] = field(default_factory=list)
    least: float = np.inf

    def __post_init__(self) -> None:
        """Write the program of every future."""
        self.futures = list(later_of(self.task.formulation.problem))
        self.cuts = [[] for _ in self.futures]
        self.now = np.flatnonzero(self.task.formulation.whole)
        self.rows = _rows_of(self.task.formulation.program, self.now)

    @property
    def left(self) -> float:
        """Work."""
        return max(0.0, self.end - self.task.watch.now())

    def run(self) -> Floats | None:
        """Return the best decision columns found."""
        problem, watch = self.task.formulation.problem, self.task.watch
        x, seen, whole = self._rounded(), set[bytes](), None
        while x is not None and x.tobytes() not in seen and len(seen) < _TRIES and self.left:
            seen.add(x.tobytes())
            found = self._later(x)
            if found is None:
                break
            self._learn(found)
            columns = [each.columns for each in found if each.columns is not None]
            value = self._risk(np.array([each.cut.value for each in found]))
            if len(columns) == len(found) and value < self.least:
                self.least, self.best = value, found
                whole = put_together(problem, columns)
                watch.found(value / self.task.formulation.aim.scale)
                if _done(watch):
                    break
            x = self._nearby(self.best) if self.best else self._rounded()
        return whole

    def _later(self, x: Floats) -> list[Recourse] | None:
        """Return the best in every future; None if one was not found."""
        found = []
        for future in self.futures:
            one = future.best(x, self.task.limits, self.task.watch.inner(), self.left)
            if one is None or self.task.watch.stopped:
                return None
            found.append(one)
        return found

    def _learn(self, found: list[Recourse]) -> None:
        for cuts, each in zip(self.cuts, found, strict=True):
            (self.kept if each.columns is None else cuts).append(each.cut)

    def _risk(self, values: Floats) -> float:
        problem = self.task.formulation.problem
        if not weighs(problem):
            return float(values[0])
        return risk_of(problem, goals(problem)[0].risk, values)

    def _weights(self, values: Floats) -> Floats:
        """Return what each future counts."""
        problem = self.task.formulation.problem
        if not weighs(problem):
            return np.ones(1)
        return worst_weights(problem, goals(problem)[0].risk, values)

    def _rounded(self) -> Floats | None:
        """Return the numbers nearest to the relaxation that keep the rows; None if none do."""
        to = self.task.relaxation.columns[self.now]
        n, step = len(self.now), self.task.formulation.step[self.now]
        size, none = sparse.eye_array(n, format="csr"), np.full(n, np.inf)
        lower, upper = self._box()
        return self._solved(
            [size, size], [-size, size], (np.append(-none, to), np.append(to, none)),
            np.concatenate([np.zeros(n), 1.0 / step]), (lower, upper),
            (np.zeros(n), np.maximum(np.abs(upper - to), np.abs(to - lower))),
        )  # fmt: skip

    def _nearby(self, found: list[Recourse]) -> Floats | None:
        """Return the numbers within reach of some that the cuts make best."""
        middle, reach = found[0].cut.at, _REACH
        step, (lower, upper) = self.task.formulation.step[self.now], self._box()
        values = np.array([each.cut.value for each in found])
        count, every = len(values), [cut for cuts in self.cuts for cut in cuts]
        assert all(self.cuts), "every future has a cut at the best numbers"
        which = np.repeat(np.arange(count), [len(cuts) for cuts in self.cuts])
        pick = sparse.csr_array(
            (np.ones(len(every)), (np.arange(len(every)), which)), shape=(len(every), count)
        )
        slopes = sparse.csr_array(np.array([-cut.slope for cut in every]))
        least = np.array([cut.value - cut.slope @ cut.at for cut in every])
        floor = np.array([_lowest(cuts, lower, upper) for cuts in self.cuts])
        high = np.maximum(values, floor) + np.abs(values) + 1.0
        return self._solved(
            [slopes], [pick], (least, np.full(len(every), np.inf)),
            np.concatenate([np.zeros(len(step)), self._weights(values)]),
            (np.maximum(lower, middle - reach * step), np.minimum(upper, middle + reach * step)),
            (floor, high),
        )  # fmt: skip

    def _box(self) -> tuple[Floats, Floats]:
        program = self.task.formulation.program
        return program.lower[self.now], program.upper[self.now]

    def _solved(
        self,
        own: list[sparse.csr_array],
        beside: list[sparse.csr_array],
        ends: tuple[Floats, Floats],
        cost: Floats,
        box: tuple[Floats, Floats],
        box_beside: tuple[Floats, Floats],
    ) -> Floats | None:
        """Solve a small integer program over what is decided now and columns beside it."""
        matrix, low, high = self.rows
        asked = [sparse.csr_array(cut.slope[None]) for cut in self.kept]
        proved = np.array([cut.slope @ cut.at - cut.value for cut in self.kept])
        columns = len(box_beside[0])
        none = [sparse.csr_array((part.shape[0], columns)) for part in (matrix, *asked)]
        program = LinearProgram(
            sparse.csc_array(sparse.vstack([
                sparse.hstack(pair) for pair in zip(
                    [matrix, *asked, *own], [*none, *beside], strict=True
                )
            ])),
            cost, np.append(box[0], box_beside[0]), np.append(box[1], box_beside[1]),
            np.concatenate([low, np.full(len(asked), -np.inf), ends[0]]),
            np.concatenate([high, proved, ends[1]]), 0.0, {}, {},
        )  # fmt: skip
        formulation, limits = self.task.formulation, replace(self.task.limits, gap=_GAP)
        whole = whole_program(program, formulation.step[self.now], formulation.smallest[self.now])
        result = solve_integer(
            whole.program, whole.integer, limits, self.task.watch.inner(),
            seconds=max(1.0, _SHARE * self.left),
        )  # fmt: skip
        return None if result.x is None else whole.to_columns(result.x)


def _lowest(cuts: list[Cut], lower: Floats, upper: Floats) -> float:
    """Return what the best of some cuts is nowhere below."""
    ends = [
        cut.value
        + float(np.minimum(cut.slope * (lower - cut.at), cut.slope * (upper - cut.at)).sum())
        for cut in cuts
    ]
    return max(ends)


def _rows_of(program: LinearProgram, now: np.ndarray) -> tuple[sparse.csr_array, Floats, Floats]:
    """Return the rows that hold of decisions taken now alone."""
    every = sparse.csr_array(program.matrix)
    others = np.ones(every.shape[1])
    others[now] = 0.0
    alone = np.flatnonzero(abs(every) @ others == 0.0)
    return (
        sparse.csr_array(every[alone][:, now]),
        program.row_lower[alone],
        program.row_upper[alone],
    )
