"""A linear program to within a proved distance, by a first-order method.

The primal–dual hybrid gradient method with reflection and Halpern's anchor, restarts and a primal
weight that follows the two distances travelled; the rows are scaled first (Ruiz, then Pock and
Chambolle). See Applegate et al., "Practical large-scale linear programming using primal-dual hybrid
gradient" (2021), and Lu and Yang, "Restarted Halpern PDHG for linear programming" (2024). Two
things are of our own: columns that are in one row only are minimised away, so that the variables
are few and all multipliers of such rows bounded; and it ends when the bound that its multipliers
prove is near the value of its point, whatever else they are.
"""

from __future__ import annotations

import time

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram, lagrangian_bound
from commission_opt.solvers.scaling import multiplied, scales
from commission_opt.solvers.staircase import Staircase, filled, staircase
from commission_opt.solvers.status import Result, Status, Watch
from commission_opt.solvers.work import of_first_order
from commission_opt.text.counts import plural

_CHECK = 40  # iterations between two looks at the bound
_LOOK = 20  # iterations between two looks at the residual
_ENOUGH, _NEEDED, _SHARE = 0.2, 0.8, 0.36  # when to restart: Applegate et al., section 3.3
_SMOOTH = 0.5  # how far the primal weight follows the distances, in logarithms


def solve_first_order(
    program: LinearProgram, watch: Watch, *, gap: float, seconds: float, iterations: int = 20_000
) -> Result:
    """Solve a linear program approximately.

    Parameters
    ----------
    program : LinearProgram
        With a finite box.
    watch : Watch
        Stops the run early when asked to.
    gap : float
        Relative distance of value, with broken rows at their prices, and bound at which to end.
    seconds : float
        Time.
    iterations : int
        Most iterations.

    Returns
    -------
    Result
        ``APPROXIMATE`` if the distance was reached, ``LIMIT`` or ``STOPPED`` if not, ``ERROR`` if
        the iterations were spent before; the multipliers are those with the best bound, the point
        is the last one. ``INFEASIBLE``, without either, if the bound is above all that the box can
        cost.
    """
    begun, clock = watch.now(), time.perf_counter()
    run = _Iterates(program)
    best, multipliers, point = -np.inf, np.zeros(len(program.row_lower)), run.point()
    most, status = _dearest(program), None
    for count in range(1, iterations + 1):
        run.step()
        if count % _LOOK == 0:
            run.look(count)
        if count % _CHECK:
            continue
        watch.meter.add(of_first_order(program.matrix.nnz, _CHECK))
        y, point = run.multipliers(), run.point()
        bound = lagrangian_bound(program, y)
        if bound > best:
            best, multipliers = bound, y
            watch.proved(bound)
        if best > most:
            status = Status.INFEASIBLE
        elif _distance(program, point, multipliers, best) <= gap:
            status = Status.APPROXIMATE
        elif watch.stopped:
            status = Status.STOPPED
        elif watch.late(begun + seconds):
            status = Status.LIMIT
        if status is not None:
            break
    size = (*program.matrix.shape, program.matrix.nnz)
    spent = time.perf_counter() - clock
    watch.tally.add("first order", {"gap": gap}, size, {"first order": count}, 0, spent)
    message = plural(count, "iteration")
    if status == Status.INFEASIBLE:
        return Result(status, message=message)
    return Result(status or Status.ERROR, point, multipliers, message=message)


def _distance(program: LinearProgram, point: Floats, multipliers: Floats, bound: float) -> float:
    """Return how far the value of a point, with broken rows at their prices, is above a bound.

    Relative to the value, not to the bound, which grows for ever where a program is impossible.
    """
    value = program.value(point)
    above = value + _priced_violation(program, point, multipliers) - bound
    return above / max(1.0, abs(value))


def _priced_violation(program: LinearProgram, point: Floats, multipliers: Floats) -> float:
    """Return what the broken rows of a point cost at their multipliers."""
    activity = program.matrix @ point
    short = np.maximum(program.row_lower - activity, 0.0)
    beyond = np.maximum(activity - program.row_upper, 0.0)
    return _product(np.abs(multipliers), short + beyond)


def _dearest(program: LinearProgram) -> float:
    """Return more than any point of the box costs."""
    ends = program.cost * program.lower, program.cost * program.upper
    return float(np.sum(np.maximum(*ends)) + program.offset + 1e-6 * np.sum(np.abs(ends)) + 1e-6)


class _Iterates:
    """The state of the iteration, over the scaled columns that are in more than one row.

    A point and its multipliers, both scaled, are one vector.
    """

    def __init__(self, program: LinearProgram) -> None:
        self.program = program
        self.stairs, self.kept = staircase(program)
        matrix = sparse.csr_array(program.matrix[:, self.kept])
        self.row_scale, self.column_scale = scales(matrix)
        self.matrix = multiplied(matrix, self.row_scale, self.column_scale)
        self.transposed = sparse.csr_array(self.matrix.T)
        self.scaled = self.stairs.scaled(self.row_scale)
        self.cost = program.cost[self.kept] * self.column_scale
        self.lower = program.lower[self.kept] / self.column_scale
        self.upper = program.upper[self.kept] / self.column_scale
        self.step_size = 0.998 / max(_norm(self.matrix, self.transposed), 1e-12)
        self.weight = _first_weight(self.scaled, self.upper - self.lower)

        nearest = np.clip(np.zeros(len(self.kept)), self.lower, self.upper)  # to 0 in the box
        self.last = np.concatenate([nearest, np.zeros(len(self.row_scale))])
        self._restart()

    def _split(self, pair: Floats) -> tuple[Floats, Floats]:
        return pair[: len(self.kept)], pair[len(self.kept) :]

    def _restart(self) -> None:
        self.anchor = self.now = self.last
        self.since = 0
        self.first_residual = self.last_residual = np.inf

    def step(self) -> None:
        """Do one reflected step towards the map of the method, pulled to the anchor."""
        x, y = self._split(self.now)
        to = np.clip(
            x - self.step_size / self.weight * (self.cost - self.transposed @ y),
            self.lower,
            self.upper,
        )
        ahead = self.matrix @ (2.0 * to - x)
        multipliers = self.scaled.proximal(y, ahead, self.step_size * self.weight)
        self.last = np.concatenate([to, multipliers])
        self.moved = self.last - self.now
        share = (self.since + 1.0) / (self.since + 2.0)
        self.now = share * (self.now + 2.0 * self.moved) + (1.0 - share) * self.anchor
        self.since += 1

    def look(self, count: int) -> None:
        """Restart from the last point if it is much better than at the last restart."""
        residual = self._residual()
        if not np.isfinite(self.first_residual):
            self.first_residual = residual
        restart = (
            residual <= _ENOUGH * self.first_residual
            or (residual <= _NEEDED * self.first_residual and residual > self.last_residual)
            or (self.since >= _SHARE * count and self.since > 3 * _LOOK)
        )
        self.last_residual = residual
        if restart and self.since > _LOOK:
            self._weigh()
            self._restart()

    def _residual(self) -> float:
        """Return how far the map moves the point, in the norm in which it never expands."""
        x, y = self._split(self.moved)
        cross = 2.0 * self.step_size * _product(y, self.matrix @ x)
        own = self.weight * _product(x, x) + _product(y, y) / self.weight
        return float(np.sqrt(max(0.0, own + cross)))

    def _weigh(self) -> None:
        """Let the primal weight follow the distances travelled since the last restart."""
        x, y = map(_size, self._split(self.last - self.anchor))
        if x > 1e-12 and y > 1e-12:
            self.weight *= (y / (self.weight * x)) ** _SMOOTH

    def multipliers(self) -> Floats:
        """Return the multipliers of the program."""
        return self._split(self.last)[1] * self.row_scale

    def point(self) -> Floats:
        """Return the point of the program, with the cheapest columns beside it."""
        x = np.zeros(len(self.program.cost))
        x[self.kept] = np.clip(
            self._split(self.last)[0] * self.column_scale,
            self.program.lower[self.kept],
            self.program.upper[self.kept],
        )
        return filled(self.program, self.stairs, x)


def _product(a: Floats, b: Floats) -> float:
    """Return a · b without BLAS, whose threads cost more than they bring at this length."""
    return float(np.sum(a * b))


def _size(a: Floats) -> float:
    return float(np.sqrt(_product(a, a)))


def _norm(matrix: sparse.csr_array, transposed: sparse.csr_array) -> float:
    """Return the largest singular value, by the power method."""
    v = np.random.default_rng(0).normal(size=matrix.shape[1])
    size = 0.0
    for _ in range(30):
        w = transposed @ (matrix @ v)
        size = _size(w)
        if size == 0.0:
            return 0.0
        v = w / size
    return float(np.sqrt(size))


def _first_weight(stairs: Staircase, box: Floats) -> float:
    """Return the size of the multipliers over that of the columns, as far as they are known."""
    kinks = np.where(np.isfinite(stairs.kinks), np.abs(stairs.kinks), 0.0)
    y, x = _size(kinks.max(axis=0, initial=0.0)), _size(box[np.isfinite(box)])
    return y / x if x > 0.0 and y > 0.0 else 1.0
