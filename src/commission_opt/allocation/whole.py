"""A program with whole columns: explicit open/closed binaries, tight bounds.

A decision column x of a course with step g that has to be whole becomes g·k with k whole. Where the
smallest cohort s is more than one step and the course may stay closed, a binary b says whether it
runs: s·b ≤ x ≤ u·b, u being the tightened upper bound of x.

Rows are scaled to a largest coefficient of 1. A solver breaks a row of whole numbers by what its
tolerance allows; scaled, that is a millionth of a place and not a pound of a small budget.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.core.linear_program import LinearProgram
from commission_opt.formulation.assemble import Formulation


@dataclass(frozen=True)
class WholeProgram:
    """A program with whole columns that stands for a formulation.

    Parameters
    ----------
    program : LinearProgram
        Columns of the formulation, decisions counted in steps, then binaries.
    integer : array of bool
        Columns that must be whole.
    step : array, shape (n,)
        Places per unit of each decision column; 1 for one that need not be whole.
    switched : array of int
        Decision columns that a binary says run or not, in the order of the binaries.
    """

    program: LinearProgram
    integer: np.ndarray
    step: Floats
    switched: Ints

    def to_columns(self, x: Floats) -> Floats:
        """Return the decision columns, in places, of a point of the program."""
        n = len(self.step)
        return np.asarray(np.where(self.integer[:n], np.round(x[:n]), x[:n]) * self.step)

    def from_point(self, point: Floats) -> Floats:
        """Return the point of the program that stands for a point of the formulation."""
        scaled = point.copy()
        scaled[: len(self.step)] /= self.step
        running = (point[self.switched] > 0).astype(float)
        return np.concatenate([scaled, running])


def whole_formulation(formulation: Formulation, *, scaled_rows: bool = True) -> WholeProgram:
    """Write the integer problem of a formulation."""
    return whole_program(
        formulation.program, formulation.step, formulation.smallest, formulation.whole,
        scaled_rows=scaled_rows,
    )  # fmt: skip


def whole_program(
    base: LinearProgram,
    step: Floats,
    smallest: Floats,
    whole: Bools | None = None,
    *,
    scaled_rows: bool = True,
) -> WholeProgram:
    """Write an integer problem with explicit binaries.

    Parameters
    ----------
    base : LinearProgram
        The relaxation; decision columns come first.
    step, smallest : array, shape (n,)
        Step and smallest positive number of each decision column.
    whole : array of bool, shape (n,), optional
        Which of these have to be whole; all if not given.
    scaled_rows : bool
        Whether rows are scaled.
    """
    n = len(step)
    whole = np.ones(n, dtype=bool) if whole is None else whole
    step = np.where(whole, step, 1.0)
    scale = np.ones(len(base.cost))
    scale[:n] = step
    matrix = sparse.csc_array(base.matrix @ sparse.diags_array(scale))
    unit = _largest_of_rows(matrix) if scaled_rows else np.ones(len(base.row_lower))
    scaled = replace(
        base,
        matrix=sparse.csc_array(sparse.diags_array(1.0 / unit) @ matrix),
        cost=base.cost * scale,
        lower=base.lower / scale,
        upper=base.upper / scale,
        row_lower=base.row_lower / unit,
        row_upper=base.row_upper / unit,
    )
    upper = base.upper[:n]
    switched = np.flatnonzero(whole & (smallest > step) & (base.lower[:n] < smallest) & (upper > 0))
    program = _with_binaries(
        scaled, switched, (smallest / step)[switched], scaled.upper[:n][switched]
    )
    integer = np.zeros(len(program.cost), dtype=bool)
    integer[:n] = whole
    integer[len(base.cost) :] = True
    return WholeProgram(program, integer, step, switched)


def _largest_of_rows(matrix: sparse.csc_array) -> Floats:
    """Return the largest coefficient of each row, 1 for an empty one."""
    largest = np.zeros(matrix.shape[0])
    np.maximum.at(largest, matrix.indices, np.abs(matrix.data))
    return np.where(largest > 0, largest, 1.0)


def _with_binaries(
    base: LinearProgram, switched: np.ndarray, smallest: Floats, upper: Floats
) -> LinearProgram:
    """Add a binary for each switched column: ``smallest·b ≤ x ≤ upper·b``."""
    count, n = len(switched), len(base.cost)
    if not count:
        return base
    row = np.arange(count)
    pick = sparse.csr_array((np.ones(count), (row, switched)), shape=(count, n))
    blocks: list[list[Any]] = [
        [base.matrix, None],
        [pick, -sparse.diags_array(smallest)],
        [pick, -sparse.diags_array(upper)],
    ]
    matrix = sparse.block_array(blocks)
    zeros, infinite = np.zeros(count), np.full(count, np.inf)
    return replace(
        base,
        matrix=sparse.csc_array(matrix),
        cost=np.concatenate([base.cost, zeros]),
        lower=np.concatenate([base.lower, zeros]),
        upper=np.concatenate([base.upper, np.ones(count)]),
        row_lower=np.concatenate([base.row_lower, zeros, -infinite]),
        row_upper=np.concatenate([base.row_upper, infinite, zeros]),
    )
