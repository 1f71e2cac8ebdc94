"""What the rows leave of the box when places are whole.

A row that is full but for seven places, say of a placement pool, keeps a course closed whose
smallest cohort is eight; the relaxation would run it with seven. Bounds follow from each row with
everything else at its other end, are rounded to admissible numbers, and carry over to further rows
(Savelsbergh, "Preprocessing and probing techniques for mixed integer programming problems", ORSA
Journal on Computing 6 (1994)). The certificate works them out again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.core.linear_program import (
    LinearProgram,
    box_terms,
    priced,
    rounded_down,
    row_terms,
)
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.cohorts import outermost
from commission_opt.formulation.parts import PLACES

Box = tuple[Floats, Floats]

_ROUNDS = 20
_NONE: Ints = np.zeros(0, dtype=np.int64)
_ROOM = 2e-6  # of a row's terms: twice what a plan may break rules by, and rounding beside it
_UNSURE = 1e-12  # relative; more than rounding takes from a distance


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
    numbers = implications(formulation)
    if not formulation.problem.policy.integer or not len(numbers.rows.least):
        return formulation
    found = numbers.tightened(program.lower[:n], program.upper[:n])
    if found is None:
        return formulation
    lower, upper = (
        np.concatenate([end, was[n:]])
        for end, was in zip(found, (program.lower, program.upper), strict=True)
    )
    return replace(formulation, program=replace(program, lower=lower, upper=upper))


def implications(
    formulation: Formulation, rows: Ints | None = None, columns: Ints | None = None
) -> Implications:
    """Return what rows on decisions alone imply for these.

    Parameters
    ----------
    formulation : Formulation
    rows, columns : array of int, optional
        The rows that are used, and the decisions, which are all that these touch; all if not given.
    """
    program, n = formulation.program, len(formulation.step)
    blocks = [block for block in formulation.rows if set(block.coefficients) == {PLACES}]
    at = np.concatenate(
        [
            np.zeros(0, np.int64),
            *(np.arange(program.matrix.shape[0])[program.rows[b.name]] for b in blocks),
        ]
    )
    matrix = sparse.csr_array(
        sparse.vstack([sparse.csr_array((0, n)), *(block.coefficients[PLACES] for block in blocks)])
    )
    units = np.concatenate([np.zeros(0), *(np.full(len(b.lower), 1.0 / b.unit) for b in blocks)])
    columns = np.arange(n) if columns is None else columns
    if rows is not None:
        some = np.isin(at, rows)
        matrix, at, units = sparse.csr_array(matrix[some][:, columns]), at[some], units[some]
    return Implications(
        _Rows(matrix, program.row_lower[at], program.row_upper[at], units),
        formulation.step[columns],
        formulation.smallest[columns],
        formulation.whole[columns],
    )


@dataclass(frozen=True, eq=False)
class Implications:
    """What rows leave of the box of some decisions.

    Parameters
    ----------
    rows : _Rows
    step, smallest : array, shape (n,)
    whole : array of bool, shape (n,)
        Which must be whole.
    """

    rows: _Rows
    step: Floats
    smallest: Floats
    whole: Bools

    def tightened(self, lower: Floats, upper: Floats, rounds: int = _ROUNDS) -> Box | None:
        """Return a smaller box, which still holds all whole numbers that keep the rows.

        Parameters
        ----------
        lower, upper : array, shape (n,)
        rounds : int
            How often what follows from rows is carried over to others.

        Returns
        -------
        lower, upper : array, shape (n,), or None
            None if there are no such numbers.
        """
        for _ in range(rounds):
            low, high = self.rows.implied(lower, upper)
            low, high = self._admissible(np.maximum(low, 0.0), high)
            low, high = np.maximum(low, lower), np.minimum(high, upper)
            if (low > high).any():
                return None
            if np.array_equal(low, lower) and np.array_equal(high, upper):
                break
            lower, upper = low, high
        return lower, upper

    def cheaper(self, part: LinearProgram, multipliers: Floats, value: float) -> Box | None:
        """Return a smaller box, which still holds all whole numbers of less cost than a value.

        A place more, away from the end of the box that the multipliers favour, adds at least its
        reduced cost to the bound that they prove; numbers for which that adds up to more than the
        distance between bound and value cost no less.

        Parameters
        ----------
        part : LinearProgram
            Its first n columns are the decisions.
        multipliers : array, shape (m,)
            Any multipliers of its rows.
        value : float
            Infinite if no cost is known.

        Returns
        -------
        lower, upper : array, shape (n,), or None
            None if the bound is not below the value.
        """
        n = len(self.step)
        lower, upper = part.lower[:n], part.upper[:n]
        if not np.isfinite(value):
            return lower, upper
        costs = priced(part, multipliers)
        products, errors = box_terms(part, costs)
        bound = rounded_down(
            [part.offset], np.concatenate([row_terms(part, costs), products]), errors
        )
        if bound >= value:
            return None
        sure = np.abs(costs.cost[:n]) - costs.error[:n]
        at = np.flatnonzero((sure > 0) & np.isfinite(upper)) if bound > -np.inf else _NONE
        least, most, falls = lower[at], upper[at], costs.cost[at] < 0
        with np.errstate(over="ignore"):  # by a price of nearly nothing nothing is out of reach
            reach = (value - bound) / sure[at] * (1.0 + _UNSURE) + _UNSURE * np.maximum(1.0, most)
        low, high = self._admissible(most - reach, np.minimum(least + reach, most), at)
        lower, upper = lower.copy(), upper.copy()
        lower[at] = np.where(falls, np.clip(low, least, most), least)
        upper[at] = np.where(falls, most, np.clip(high, least, most))
        return lower, upper

    def _admissible(self, low: Floats, high: Floats, at: Ints | slice = slice(None)) -> Box:
        tight, whole = outermost(low, high, self.step[at], self.smallest[at]), self.whole[at]
        return np.where(whole, tight[0], low), np.where(whole, tight[1], high)


class _Rows:
    """Rows ``least ≤ a · x ≤ most`` and what they imply for each x, entry by entry."""

    def __init__(
        self, matrix: sparse.csr_array, least: Floats, most: Floats, smallest: Floats
    ) -> None:
        entries = sparse.coo_array(matrix)
        some = entries.data != 0
        row, column = (axis[some] for axis in entries.coords)
        order = np.lexsort((row, column))  # so that entries of a column stand together
        self.row, self.column, self.size = row[order], column[order], entries.data[some][order]
        self.rising = self.size > 0
        self.first = np.flatnonzero(np.diff(self.column, prepend=-1))
        self.least, self.most, self.smallest = least, most, smallest
        self.ends = [np.where(np.isfinite(end), np.abs(end), smallest) for end in (least, most)]
        self.ends = [np.maximum(end, smallest) for end in self.ends]

    def implied(self, lower: Floats, upper: Floats) -> Box:
        """Return bounds that no point of a box leaves which keeps the rows; beyond it where none.

        A row is taken to be wider by what a plan may break it by.
        """
        row, size, rising = self.row, self.size, self.rising
        if not len(row):
            return np.full_like(lower, -np.inf), upper
        below, above = lower[self.column], upper[self.column]
        low = np.where(rising, below, above) * size
        high = np.where(rising, above, below) * size
        terms, lows, highs = (
            np.bincount(row, each, minlength=len(self.least))
            for each in (np.maximum(np.abs(low), np.abs(high)), low, high)
        )
        endless = ~np.isfinite(terms)  # nothing follows from a row where something has no end
        lows[endless], highs[endless] = np.nan, np.nan
        down = self.least - _ROOM * np.maximum(self.ends[0], terms)
        up = self.most + _ROOM * np.maximum(self.ends[1], terms)
        most, least = ((up - lows)[row] + low) / size, ((down - highs)[row] + high) / size
        least, most = np.where(rising, least, most), np.where(rising, most, least)
        own, low, high = self.column[self.first], np.full_like(lower, -np.inf), upper.copy()
        low[own] = np.fmax(np.fmax.reduceat(least, self.first), -np.inf)
        high[own] = np.fmin(np.fmin.reduceat(most, self.first), upper[own])
        return low, high
