"""Cuts: rows that all whole numbers of a block keep, each proved by the split of a decision.

A decision takes at most a number, or the next one at least. On each side multipliers of the rows
prove what a sum of columns is not below, as they prove a bound; the lesser of both holds for all
whole numbers. What rounding may have added is taken off there too. So a cut holds whatever sums,
splits and multipliers a solver led to; with those of a row of the simplex tableau it is Gomory's
mixed-integer cut ("An algorithm for the mixed integer problem", RAND RM-2597 (1960)), but that
other whole decisions count as any columns. How such cuts go wrong in floating point is shown by
Cook, Dash, Fukasawa and Goycoolea, "Numerically safe Gomory mixed-integer cuts", INFORMS Journal on
Computing 21 (2009).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.core.linear_program import LinearProgram, lagrangian_bound


@dataclass(frozen=True, eq=False)
class Cuts:
    """Cuts of a block, in the order in which they are proved.

    Parameters
    ----------
    forms : scipy.sparse.csr_array, shape (cuts, columns)
        The sum of the block's columns that each bounds from below.
    split : array of int, shape (cuts,)
        The decision that is split for each, by its position among the block's columns.
    at : array, shape (cuts,)
        Places: below, the decision takes at most so many, above, more.
    below, above : scipy.sparse.csr_array, shape (cuts, rows + cuts)
        Multipliers on either side, of the block's rows and of the cuts; those of cuts that are not
        proved before count as 0.

    Raises
    ------
    ValueError
        If the parts do not fit each other.
    """

    forms: sparse.csr_array
    split: Ints
    at: Floats
    below: sparse.csr_array
    above: sparse.csr_array

    def __post_init__(self) -> None:
        count, rows = len(self.split), self.below.shape[1]
        fit = self.forms.shape[0] == self.below.shape[0] == len(self.at) == count
        if not fit or self.above.shape != self.below.shape or rows < count:
            raise ValueError("cuts have parts of different lengths")
        if not np.isfinite(self.at).all() or (self.split < 0).any():
            raise ValueError("a cut splits no decision, or nowhere")

    def __len__(self) -> int:
        return len(self.split)

    def scaled(self, columns: Floats, rows: Floats) -> Cuts:
        """Return the cuts of the same block in other units.

        Parameters
        ----------
        columns : array, shape (columns,)
            What 1 in each column stands for in the other units.
        rows : array, shape (rows,)
            Factors by which the multipliers of rows grow.
        """
        factors = np.concatenate([rows, np.ones(len(self))])
        return replace(
            self,
            forms=sparse.csr_array(self.forms * (1.0 / columns)),
            below=sparse.csr_array(self.below * factors),
            above=sparse.csr_array(self.above * factors),
        )

    def proofs(self) -> Iterator[tuple[Floats, int, float, list[Floats]]]:
        """Yield form, split and multipliers on either side of each cut."""
        for i, (decision, at) in enumerate(zip(self.split.tolist(), self.at.tolist(), strict=True)):
            form, *sides = (
                part[[i]].toarray().ravel() for part in (self.forms, self.below, self.above)
            )
            yield form, decision, at, sides


def without_cuts(columns: int, rows: int) -> Cuts:
    """Return no cuts of a block of so many columns and rows."""
    nothing = np.zeros(0)
    return Cuts(_empty(columns), nothing.astype(np.int64), nothing, _empty(rows), _empty(rows))


def _empty(width: int) -> sparse.csr_array:
    return sparse.csr_array((0, width))


def with_cuts(part: LinearProgram, cuts: Cuts, following: Floats) -> LinearProgram:
    """Return the program of a block with its cuts as further rows, each as far as it is proved.

    Parameters
    ----------
    part : LinearProgram
    cuts : Cuts
    following : array, shape (cuts,)
        The next number of each decision above where it is split.
    """
    if not len(cuts):
        return part
    unproved = np.full(len(cuts), -np.inf)
    program = replace(
        part,
        matrix=sparse.csc_array(sparse.vstack([part.matrix, cuts.forms])),
        row_lower=np.concatenate([part.row_lower, unproved]),
        row_upper=np.concatenate([part.row_upper, -unproved]),
    )
    first = len(part.row_lower)
    for i, (form, decision, at, sides) in enumerate(cuts.proofs()):
        numbers = at, float(following[i])
        program.row_lower[first + i] = proved_end(program, form, decision, numbers, sides)
    return program


def proved_end(
    program: LinearProgram,
    form: Floats,
    decision: int,
    numbers: tuple[float, float],
    sides: list[Floats],
) -> float:
    """Return what a sum of columns is proved not to be below; −inf if nothing is.

    Parameters
    ----------
    program : LinearProgram
    form : array, shape (n,)
    decision : int
        Its column is at most the first number, or at least the second.
    numbers : (float, float)
    sides : list of array, shape (m,)
        Multipliers of the rows on either side.
    """
    below, above = program.upper.copy(), program.lower.copy()
    below[decision] = min(below[decision], numbers[0])
    above[decision] = max(above[decision], numbers[1])
    summed = replace(program, cost=form, offset=0.0)
    ends = [
        lagrangian_bound(replace(summed, lower=lower, upper=upper), multipliers)
        for lower, upper, multipliers in zip(
            (program.lower, above), (below, program.upper), sides, strict=True
        )
        if lower[decision] <= upper[decision]
    ]
    return min(ends, default=-np.inf)
