"""Raw arrays into HiGHS: the floor, since every other peer ends up with these arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from highspy import HighsModelStatus, HighsVarType, MatrixFormat, ObjSense
from highspy.highs import Highs
from peers.peer import Answer
from peers.statement import Statement
from scipy import sparse

from commission_opt.arrays import Floats, Ints

_INT = np.int32


@dataclass
class Model:
    """The arrays of a program by rows, and HiGHS once it holds them.

    Parameters
    ----------
    statement : Statement
    start, index, value : array
        The matrix: where each row starts, columns and coefficients.
    row_lower, row_upper, cost, lower, upper : array
    kinds : array of int
        Which columns are whole.
    highs : Highs or None
    """

    statement: Statement
    start: Ints
    index: Ints
    value: Floats
    row_lower: Floats
    row_upper: Floats
    cost: Floats
    lower: Floats
    upper: Floats
    kinds: Any
    highs: Any = None


@dataclass(frozen=True)
class RawHighspy:
    """The columns are the steps, what is missing by cell and tier, and the binaries."""

    seed: int = 0

    def build(self, statement: Statement, *, whole: bool) -> Model:
        """Stack the arrays of all rows."""
        s = statement
        n, short, guarded = len(s.step), s.width.size, len(s.guarded) * whole
        rows = [
            _shortage(s),
            _limits(s.budget, _none(s.budget_left), s.budget_left),
            _limits(s.placement, _none(s.placement_left), s.placement_left),
            _limits(s.promise, s.promised_least, s.promised_most),
            _pairs(s.now, s.before, np.full(len(s.now), s.fastest), _none(s.rise), s.rise),
            _pairs(s.now, s.before, np.full(len(s.now), s.slowest), -s.fall, -_none(s.fall)),
        ]
        if whole:
            runs, zero = n + short + np.arange(guarded), np.zeros(guarded)
            rows.append(_pairs(s.guarded, runs, s.least, zero, -_none(zero)))
            rows.append(_pairs(s.guarded, runs, s.upper[s.guarded], _none(zero), zero))
        kinds = np.full(n + short + guarded, int(HighsVarType.kContinuous), dtype=_INT)
        if whole:
            kinds[:n] = kinds[n + short :] = int(HighsVarType.kInteger)
        closed, runs_upper = np.zeros(guarded), np.ones(guarded)
        return Model(
            s,
            start=np.concatenate([[0], np.cumsum(np.concatenate([r.length for r in rows]))]),
            index=np.concatenate([r.index for r in rows]),
            value=np.concatenate([r.value for r in rows]),
            row_lower=np.concatenate([r.lower for r in rows]),
            row_upper=np.concatenate([r.upper for r in rows]),
            cost=np.concatenate([np.zeros(n), s.price.ravel(), closed]),
            lower=np.concatenate([s.lower, np.zeros(short), closed]),
            upper=np.concatenate([s.upper, s.width.ravel(), runs_upper]),
            kinds=kinds,
        )

    def hand_over(self, model: Model) -> None:
        """Pass the arrays in one call."""
        model.highs = highs = Highs()
        for name, value in {
            "output_flag": False, "threads": 1, "parallel": "off", "random_seed": self.seed,
        }.items():  # fmt: skip
            highs.setOptionValue(name, value)
        highs.passModel(
            len(model.cost), len(model.row_lower), len(model.value), int(MatrixFormat.kRowwise),
            int(ObjSense.kMinimize), model.statement.offset, model.cost, model.lower, model.upper,
            model.row_lower, model.row_upper, model.start.astype(_INT), model.index.astype(_INT),
            model.value, model.kinds,
        )  # fmt: skip

    def solve_relaxation(self, model: Model) -> Answer:
        """Run HiGHS as it comes."""
        return self._solve(model)

    def solve_integer(self, model: Model, gap: float, seconds: float) -> Answer:
        """Run branch and bound."""
        if model.highs is None:
            self.hand_over(model)
        model.highs.setOptionValue("mip_rel_gap", gap)
        model.highs.setOptionValue("time_limit", seconds)
        return self._solve(model)

    def resolve_budgets(self, model: Model, factors: Sequence[float]) -> list[float]:
        """Change the upper ends of the budget rows; HiGHS goes on from its basis."""
        if model.highs is None:
            self.hand_over(model)
        s, highs, found = model.statement, model.highs, []
        rows = (len(s.gap) + np.arange(len(s.budget_left))).astype(_INT)
        for factor in factors:
            highs.changeRowsBounds(len(rows), rows, _none(s.budget_left), s.budgets(factor))
            highs.run()
            found.append(float(highs.getInfo().objective_function_value))
        return found

    def _solve(self, model: Model) -> Answer:
        if model.highs is None:
            self.hand_over(model)
        highs = model.highs
        highs.run()
        return answer(highs, len(model.statement.step), whole=bool(model.kinds.any()))


def answer(highs: Any, n: int, *, whole: bool) -> Answer:
    """Read the answer of HiGHS; the first n columns are the steps."""
    status, info, solution = highs.getModelStatus(), highs.getInfo(), highs.getSolution()
    message = highs.modelStatusToString(status)
    if status == HighsModelStatus.kInfeasible:
        return Answer("infeasible", None, None, None, message)
    if status not in (HighsModelStatus.kOptimal, HighsModelStatus.kTimeLimit):
        return Answer("failed", None, None, None, message)
    found = info.primal_solution_status == 2  # feasible
    value = float(info.objective_function_value) if found else None
    return Answer(
        "optimal" if status == HighsModelStatus.kOptimal else "limit",
        value,
        float(info.mip_dual_bound) if whole else value,
        np.array(solution.col_value[:n]) if found else None,
        message,
    )


@dataclass(frozen=True)
class _Rows:
    """Some rows: how many coefficients each has, where, which, and between which limits."""

    length: npt.NDArray[np.integer]
    index: npt.NDArray[np.integer]
    value: Floats
    lower: Floats
    upper: Floats


def _shortage(s: Statement) -> _Rows:
    """Supply and what is missing, tier by tier, make up the gap."""
    n, (cells, tiers) = len(s.step), s.width.shape
    length = np.diff(s.supply.indptr) + tiers
    # The last places of each row are those of the tiers, the others are taken by supply.
    slots = np.cumsum(length)[:, None] - tiers + np.arange(tiers)
    index = np.empty(s.supply.nnz + s.width.size, dtype=np.int64)
    value, supply = np.ones(len(index)), np.ones(len(index), dtype=bool)
    supply[slots] = False
    index[slots] = n + np.arange(cells * tiers).reshape(slots.shape)
    index[supply], value[supply] = s.supply.indices, s.supply.data
    return _Rows(length, index, value, s.gap, -_none(s.gap))


def _limits(matrix: sparse.csr_array, lower: Floats, upper: Floats) -> _Rows:
    return _Rows(np.diff(matrix.indptr), matrix.indices, matrix.data, lower, upper)


def _pairs(first: Ints, second: Ints, factor: Floats, lower: Floats, upper: Floats) -> _Rows:
    """One column less a factor times another."""
    index, value = np.column_stack([first, second]), np.column_stack([np.ones(len(first)), -factor])
    return _Rows(np.full(len(first), 2), index.ravel(), value.ravel(), lower, upper)


def _none(like: Floats) -> Floats:
    """Return as many missing lower limits."""
    return np.full(len(like), -np.inf)
