"""Where a search stands, and what each step from there would change."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace

import numpy as np
from scipy import sparse

from commission_opt.allocation.search.landscape import Landscape
from commission_opt.arrays import Bools, Floats, Ints

UP, DOWN = 0, 1
_LEVEL = 1e-8  # work: a hinge of a cell that a step touches
_STATE, _REFRESH, _TAKE = 1e-7, 1.2e-4, 6e-5  # work: a column, a block, steps to be taken


class State:
    """Places with everything that follows from them, kept up to date step by step.

    Parameters
    ----------
    land : Landscape
    x : array, shape (n,)
        Admissible numbers of places.

    Attributes
    ----------
    cells, activity : array
        What the places add to each cell and draw on each row.
    below : array, shape (cells,)
        What each cell's hinges cost.
    capped, caps : array, shape (layers, cells) and (caps,)
        What each cell counts in the caps, by layer, and what each cap comes to.
    amount, gain : array, shape (2, m)
        Places by which each run may step up or down, 0 if it may not, and what that would change
        in the objective.
    burden : array, shape (caps, 2, m)
        What it would change in each cap.
    effort : float
        Work done since it was last counted.
    """

    def __init__(self, land: Landscape, x: Floats) -> None:
        self.land = land
        self.effort = _STATE * len(x)
        self.x = x.copy()
        self.cells = np.asarray(land.hinges.reach @ x)
        self.activity = np.asarray(land.use @ x)
        self.below = np.sum(
            land.hinges.slopes * np.maximum(land.hinges.knots - self.cells, 0.0), axis=0
        )
        self._count_caps()
        runs = len(land.steps.first)
        self.amount = np.zeros((2, runs))
        self.gain = np.zeros((2, runs))
        self.burden = np.zeros((len(land.caps), 2, runs))
        single = land.hinges.linear
        ends = np.concatenate([[0.0], np.cumsum(single)])
        self.linear = ends[land.steps.last + 1] - ends[land.steps.first]
        self.priced = self.linear + land.steps.drawn.T @ land.price
        for block in range(len(land.steps.blocks)):
            self.refresh(block)

    def worked(self) -> float:
        """Return the work done since this was last asked."""
        done, self.effort = self.effort, 0.0
        return done

    def held(self, columns: Ints, numbers: Floats) -> State:
        """Return a state of its own with some columns at given numbers, where they stay.

        Parameters
        ----------
        columns : array of int
        numbers : array
            Admissible numbers of places, one for each.
        """
        other = copy(self)
        lower, upper = self.land.lower.copy(), self.land.upper.copy()
        lower[columns] = upper[columns] = numbers
        other.land = replace(self.land, lower=lower, upper=upper)
        other.x = self.x.copy()
        other.x[columns] = numbers
        moved = other.x - self.x
        hinges = self.land.hinges
        other.cells = self.cells + hinges.reach @ moved
        other.activity = self.activity + self.land.use @ moved
        other.below = np.sum(hinges.slopes * np.maximum(hinges.knots - other.cells, 0.0), axis=0)
        other._count_caps()
        other.amount, other.gain = self.amount.copy(), self.gain.copy()
        other.burden = self.burden.copy()
        steps = self.land.steps
        touched = np.isin(steps.first, columns) | np.isin(steps.last, columns)
        for block in np.unique(steps.block[touched]).tolist():
            other.refresh(block)
        return other

    @property
    def value(self) -> float:
        """The objective, in units of the program."""
        caps = self.land.caps
        if caps.aimed.any():
            return caps.least + float(np.max((self.caps - caps.most)[caps.aimed]))
        return self.weighed

    @property
    def weighed(self) -> float:
        """The sum of hinges that steps gain from, in units of the program."""
        linear = self.land.hinges.linear @ self.x
        return float(self.below.sum() + linear) + self.land.hinges.offset

    @property
    def violation(self) -> float:
        """The penalty of all rows beyond their ends."""
        every = slice(None)
        beyond = float(self.land.broken(self._excess(self.activity, every), every).sum())
        return beyond + float(self.land.caps.penalty @ self.land.caps.over(self.caps))

    def _count_caps(self) -> None:
        """Work out what each cap comes to."""
        left = np.maximum(self.land.hinges.knots - self.cells, 0.0)
        self.capped = self.land.caps.counted(left, slice(None))
        self.caps = self.land.caps.summed(self.capped, slice(None))

    def _excess(self, activity: Floats, rows: Ints | slice) -> Floats:
        over = np.maximum(activity - self.land.most[rows], 0.0)
        return np.asarray(over + np.maximum(self.land.least[rows] - activity, 0.0))

    def refresh(self, block: int) -> None:
        """Work out again what the steps of a block may do and change."""
        land, steps = self.land, self.land.steps
        where, columns = steps.blocks[block], steps.columns[block]
        touched = steps.effect.indptr[where.stop] - steps.effect.indptr[where.start]
        self.effort += _REFRESH + _LEVEL * float(touched) * len(land.hinges.knots)
        x, size, smallest = self.x[columns], land.step[columns], land.smallest[columns]
        up = np.where(x < smallest - 0.5, smallest - x, size)
        up[x + up > land.upper[columns] + 1e-9] = 0.0
        down = np.where(x - size < smallest - 0.5, -x, -size)
        down[x + down < land.lower[columns] - 1e-9] = 0.0
        first = np.searchsorted(columns, steps.first[where])
        length = steps.last[where] - steps.first[where] + 1
        for way, single in ((UP, up), (DOWN, down)):
            alike = _alike(single, land.unit[columns])[first] >= length
            self.amount[way, where] = np.where(alike, single[first], 0.0)
        self.gain[:, where] = self._gains(where)

    def _gains(self, where: slice) -> Floats:
        """Return the change of the objective by each step of a block; note that of the caps."""
        effect, hinges = self.land.steps.effect, self.land.hinges
        flat = slice(effect.indptr[where.start], effect.indptr[where.stop])
        cell, size = effect.indices[flat], effect.data[flat]
        count = where.stop - where.start
        run = np.repeat(np.arange(count), np.diff(effect.indptr[where.start : where.stop + 1]))
        room = hinges.knots[:, cell] - self.cells[cell]
        slopes, before = hinges.slopes[:, cell], self.below[cell]
        gains = self.amount[:, where] * self.linear[where]
        caps, burden = self.land.caps, np.zeros((len(self.land.caps), 2, count))
        for way in (UP, DOWN):
            left = np.maximum(room - size * self.amount[way, where][run], 0.0)
            change = np.einsum("ij,ij->j", slopes, left) - before
            gains[way] += np.bincount(run, change, minlength=count)
            for k, (slope, of) in enumerate(zip(caps.slopes, caps.of, strict=True)):
                more = np.einsum("ij,ij->j", slope[:, cell], left) - self.capped[k, cell]
                kinds = of[cell] * count + run
                summed = np.bincount(kinds, more, minlength=len(caps) * count)
                burden[:, way] += summed.reshape(len(caps), count)
        self.burden[:, :, where] = burden
        return np.asarray(gains)

    def mending(self) -> Floats:
        """Return how far each step changes the penalty of the rows and caps that are broken now."""
        land = self.land
        over = self.activity - land.most
        under = land.least - self.activity
        broken = np.flatnonzero((over > 0) | (under > 0))
        found = np.zeros_like(self.amount)
        if len(broken):
            drawn = sparse.csr_array(land.steps.drawn)[broken].tocoo()
            row, run = drawn.coords
            for way in (UP, DOWN):
                draws = drawn.data * self.amount[way, run]
                after = np.maximum(over[broken][row] + draws, 0.0)
                after += np.maximum(under[broken][row] - draws, 0.0)
                before = np.maximum(over, 0.0)[broken][row] + np.maximum(under, 0.0)[broken][row]
                rows = broken[row]
                penalty = land.broken(after, rows) - land.broken(before, rows)
                found[way] = np.bincount(run, penalty, minlength=found.shape[1])
        over_caps = land.caps.over(self.caps)
        for k in np.flatnonzero(over_caps):
            after = np.maximum(over_caps[k] + self.burden[k], 0.0)
            found += land.caps.penalty[k] * (after - over_caps[k])
        return found

    def only_breaking(self, ways: Ints, runs: Ints) -> Bools:
        """Say which single steps break a row and mend nothing, so that none would be taken."""
        land, drawn = self.land, self.land.steps.drawn
        if land.caps.over(self.caps).any():
            return np.zeros(len(runs), dtype=bool)
        which, rows, data = entries(drawn, runs)
        before = self._excess(self.activity[rows], rows)
        draws = data * self.amount[ways, runs][which]
        after = self._excess(self.activity[rows] + draws, rows)
        breaks = np.bincount(which[after > before], minlength=len(runs)) > 0
        mends = np.bincount(which[after < before], minlength=len(runs)) > 0
        return np.asarray(breaks & ~mends)

    def take(self, runs: Sequence[int], ways: Sequence[int], share: float, least: float) -> bool:
        """Take steps together if they mend broken rows, or gain at least so much and break none.

        Parameters
        ----------
        runs, ways : sequence of int
            Runs that share no column, and whether each goes up or down.
        share : float
            Share of the rows' prices that counts.
        least : float
            Least gain, in units of the program.

        Returns
        -------
        bool
            Whether the steps were taken.
        """
        self.effort += _TAKE
        land, steps = self.land, self.land.steps
        amounts = [self.amount[way, run] for run, way in zip(runs, ways, strict=True)]
        cells, adds = _summed(steps.effect, runs, amounts)
        rows, draws = _summed(steps.drawn, runs, amounts)
        before = self._excess(self.activity[rows], rows)
        after = self._excess(self.activity[rows] + draws, rows)
        worse = float(np.sum(land.broken(after, rows) - land.broken(before, rows)))
        hinges = land.hinges
        room = hinges.knots[:, cells] - (self.cells[cells] + adds)
        left = np.maximum(room, 0.0)
        below = np.sum(hinges.slopes[:, cells] * left, axis=0)
        change = float(np.sum(below - self.below[cells]))
        change += sum(
            a * self.linear[run] + share * a * (self.priced[run] - self.linear[run])
            for run, a in zip(runs, amounts, strict=True)
        )
        breaks = bool((after > before).any())
        caps = land.caps
        if len(caps):
            capped = caps.counted(left, cells)
            more = caps.summed(capped - self.capped[:, cells], cells)
            beyond = caps.over(self.caps + more) - caps.over(self.caps)
            worse += float(caps.penalty @ beyond)
            breaks |= bool((beyond > 0).any())
            change += share * float(caps.price @ more) + float(caps.pushed(self.caps, more))
        mends = worse < -1e-9
        if not mends and (breaks or change > -least):
            return False
        for run, amount in zip(runs, amounts, strict=True):
            self.x[steps.first[run] : steps.last[run] + 1] += amount
        self.cells[cells] += adds
        self.activity[rows] += draws
        self.below[cells] = below
        if len(caps):
            self.caps += more
            self.capped[:, cells] = capped
        for block in {int(steps.block[run]) for run in runs}:
            self.refresh(block)
        return True


def _alike(single: Floats, unit: Ints) -> Ints:
    """Return how many columns of a unit from each on may step by the same number, not 0."""
    at = np.arange(len(single))
    differs = (single[1:] != single[:-1]) | (unit[1:] != unit[:-1])
    ends = np.append(np.flatnonzero(differs), len(single) - 1)
    alike: Ints = np.where(single != 0, ends[np.searchsorted(ends, at)] - at + 1, 0)
    return alike


def entries(matrix: sparse.csc_array, columns: Ints) -> tuple[Ints, Ints, Floats]:
    """Return the entries of some columns: which of these each is in, its row and its size."""
    starts = matrix.indptr[columns]
    length = matrix.indptr[columns + 1] - starts
    which = np.repeat(np.arange(len(columns)), length)
    flat = np.arange(len(which)) + np.repeat(starts - np.cumsum(length) + length, length)
    return which, matrix.indices[flat], matrix.data[flat]


def _summed(
    matrix: sparse.csc_array, runs: Sequence[int], amounts: Sequence[float]
) -> tuple[Ints, Floats]:
    """Add up columns of a matrix, each times its amount; return rows touched and sums."""
    indptr, indices, data = matrix.indptr, matrix.indices, matrix.data
    if len(runs) == 1:
        flat = slice(indptr[runs[0]], indptr[runs[0] + 1])
        return indices[flat].astype(np.int64), data[flat] * amounts[0]
    parts = [slice(indptr[run], indptr[run + 1]) for run in runs]
    rows = np.concatenate([indices[part] for part in parts])
    values = np.concatenate([data[p] * a for p, a in zip(parts, amounts, strict=True)])
    touched, where = np.unique(rows.astype(np.int64), return_inverse=True)
    sums: Floats = np.bincount(where, values, minlength=len(touched)).astype(float)
    return touched, sums
