"""What the rows leave of the box when places are whole.

A row that is full but for seven places, say of a placement pool, keeps a course closed whose
smallest cohort is eight; the relaxation would run it with seven. Bounds follow from each row with
everything else at its other end, are rounded to admissible numbers, and carry over to further rows
(Savelsbergh, "Preprocessing and probing techniques for mixed integer programming problems", ORSA
Journal on Computing 6 (1994)). The certificate works them out again.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.cohorts import outermost
from commission_opt.formulation.parts import PLACES

_ROUNDS = 20
_ROOM = 2e-6  # of a row's terms: twice what a plan may break rules by, and rounding beside it


def propagated(formulation: Formulation) -> Formulation:
    """Return the same stage in a smaller box, which still holds every plan in whole places.

    Only rows on decisions alone are used.

    Parameters
    ----------
    formulation : Formulation

    Returns
    -------
    Formulation
        The one given where places need not be whole, or where the rows leave no whole number at
        all: what stands in the way is then for others to say.
    """
    program, n = formulation.program, len(formulation.step)
    blocks = [block for block in formulation.rows if set(block.coefficients) == {PLACES}]
    if not formulation.problem.policy.integer or not blocks:
        return formulation
    rows = _Rows(
        sparse.coo_array(sparse.vstack([block.coefficients[PLACES] for block in blocks])),
        np.concatenate([program.row_lower[program.rows[block.name]] for block in blocks]),
        np.concatenate([program.row_upper[program.rows[block.name]] for block in blocks]),
        np.concatenate([np.full(len(block.lower), 1.0 / block.unit) for block in blocks]),
    )
    lower, upper = program.lower[:n], program.upper[:n]
    for _ in range(_ROUNDS):
        low, high = rows.implied(lower, upper)
        low = np.maximum(low, 0.0)
        tight = outermost(low, high, formulation.step, formulation.smallest)
        low, high = np.where(formulation.whole, tight, (low, high))
        low, high = np.maximum(low, lower), np.minimum(high, upper)
        if (low > high).any():
            return formulation
        if np.array_equal(low, lower) and np.array_equal(high, upper):
            break
        lower, upper = low, high
    box = (np.concatenate([end, was[n:]]) for end, was in
           ((lower, program.lower), (upper, program.upper)))  # fmt: skip
    lower, upper = box
    return replace(formulation, program=replace(program, lower=lower, upper=upper))


class _Rows:
    """Rows ``least ≤ a · x ≤ most`` and what they imply for each x, entry by entry."""

    def __init__(
        self, matrix: sparse.coo_array, least: Floats, most: Floats, smallest: Floats
    ) -> None:
        some = matrix.data != 0
        self.row, self.column = (axis[some] for axis in matrix.coords)
        self.size = matrix.data[some]
        self.least, self.most, self.smallest = least, most, smallest

    def implied(self, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
        """Return bounds that no point of a box leaves which keeps the rows; beyond it where none.

        A row is taken to be wider by what a plan may break it by.
        """
        row, size, count = self.row, self.size, len(self.least)
        ends = np.stack([lower, upper])[:, self.column] * size
        low, high = ends.min(axis=0), ends.max(axis=0)
        terms = np.bincount(row, np.maximum(np.abs(low), np.abs(high)), minlength=count)
        endless = ~np.isfinite(terms)  # nothing follows from a row where something has no end

        def wider(end: Floats) -> Floats:
            reach = np.where(np.isfinite(end), np.abs(end), 0.0)
            return _ROOM * np.maximum(np.maximum(self.smallest, reach), terms)

        def room(end: Floats, others: Floats) -> Floats:
            """Return what is left of the end of each entry's row by the others in it."""
            total = np.where(endless, np.nan, np.bincount(row, others, minlength=count))
            return np.asarray(end[row] - (total[row] - others))

        up = room(self.most + wider(self.most), low) / size
        down = room(self.least - wider(self.least), high) / size
        rising = size > 0
        least, most = np.full_like(lower, -np.inf), upper.copy()
        np.fmin.at(most, self.column, np.where(rising, up, down))
        np.fmax.at(least, self.column, np.where(rising, down, up))
        return least, most
