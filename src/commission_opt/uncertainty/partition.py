"""The expected shortfall over many futures, under-estimated by few hinges.

What is missing in a cell and future is a positive part of what is affine in the places. Positive
parts of any group of cells and futures may be replaced by that of their sum: by Jensen's inequality
it is nowhere above theirs, and it is exact wherever all or none of the group are short. So they are
put together by where they cease to be short on a way through the box of the decisions, from its
lower end over some point to its upper end (a partition as of Song and Luedtke, "An adaptive
partition-based approach for solving two-stage stochastic programs with fixed recourse", SIAM
Journal on Optimization 25 (2015)). One pass over the futures adds up all groups, some futures at a
time; programs have the size of those for one future.

What one stream reaches alone is a function of its supply: all years, tiers and futures of its pair
share groups, each a level of one row. Elsewhere years keep groups of their own, each a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.formulation.parts import Hinges, stacked
from commission_opt.formulation.shortage import tiers_of, weights
from commission_opt.futures.reach import Missing, Reach
from commission_opt.policy import Tier

_PIECES = 32  # of each half of the way
_APART = (0, 20, 28, 31, 32, 33, 36, 44)  # first pieces of groups where years keep their own
SPAN = 64  # futures that are looked at together


@dataclass(frozen=True, eq=False)
class Below:
    """An under-estimate.

    Parameters
    ----------
    hinges : Hinges
    cell : array of int, shape (rows of hinges,)
        Position in ``Instance.cells`` of what each counts: of the first year where years are
        counted together.
    group : array of int, shape (rows of hinges,)
        The group that it is, -1 where it is all of a pair.
    """

    hinges: Hinges
    cell: Ints
    group: Ints


@dataclass(frozen=True, eq=False)
class Partition:
    """Groups of cells, tiers and futures.

    Parameters
    ----------
    reach : Reach
        W futures.
    p : array, shape (W,)
        What each counts.
    lower, middle, upper : array, shape (n,)
        Decision columns that the way leads through; the ends are those of a box no plan leaves.
    tiers : tuple of Tier, optional
        Those of the model if not given.
    each : array, shape (P * Q, Y), optional
        What a FTE missing counts at a tier weight of 1; as the model weighs it if not given.
    """

    reach: Reach
    p: Floats
    lower: Floats
    middle: Floats
    upper: Floats
    tiers: tuple[Tier, ...] = ()
    each: Floats | None = None

    @cached_property
    def below(self) -> Below:
        """The under-estimate, in units of the objective."""
        sums = _Sums(self)
        for start in range(0, len(self.p), SPAN):
            sums.add(slice(start, min(start + SPAN, len(self.p))))
        return sums.below()


class _Sums:
    """What groups add up to, some futures after the others.

    Attributes
    ----------
    first, count : array of int, shape (P * Q,)
        The first stream of each pair, and how many it has.
    alone : array of bool, shape (P * Q,)
        Whether all years of a pair share their groups.
    gaps : array, shape (P * Q, Y or 1, groups)
        FTE missing in each group with every decision column at 0, times what they count.
    stays : array, shape (S, Y, groups)
        FTE that 1 of each stream adds to it, times what they count.
    """

    def __init__(self, of: Partition) -> None:
        self.of, reach = of, of.reach
        self.first = np.searchsorted(reach.pair, np.arange(reach.pairs))
        self.count = np.bincount(reach.pair, minlength=reach.pairs)
        self.alone = reach.alone
        self.groups = 2 * _PIECES + 1
        self.gaps = np.zeros((reach.pairs, reach.horizon, self.groups))
        self.stays = np.zeros((len(reach.pair), reach.horizon, self.groups))
        ends = (of.lower, of.middle, of.upper)
        self.supplies = [reach.supplies @ x for x in ends]
        problem = reach.problem
        tiers = of.tiers or tiers_of(problem.policy)
        each = weights(problem).reshape(reach.pairs, -1) if of.each is None else of.each
        self.floors = [0.0, *(tier.up_to for tier in tiers[:-1])]
        rises = np.diff([0.0, *(tier.weight for tier in tiers)])
        self.counts = rises[:, None, None] * each

    def add(self, which: slice) -> None:
        """Add some futures."""
        missing = self.of.reach.missing(which)
        lower, middle, upper = (self._used(missing, supplies) for supplies in self.supplies)
        if not self.alone.all():  # a course may take staff away
            lower, upper = (way(middle, way(lower, upper)) for way in (np.minimum, np.maximum))
        for floor, counts in zip(self.floors, self.counts, strict=True):
            over = missing.gap - floor * missing.needed
            live = np.flatnonzero((over > lower) & (counts > 0)[:, :, None])
            cell, w = np.divmod(live, over.shape[-1])
            left = over.ravel()[live]
            group = _position(left, *(each.ravel()[live] for each in (lower, middle, upper)))
            worth = counts.ravel()[cell] * self.of.p[which][w]
            at = cell * self.groups + group
            self.gaps += np.bincount(at, worth * left, self.gaps.size).reshape(self.gaps.shape)
            self._add_stays(missing, cell, w, group, worth)

    def _add_stays(self, missing: Missing, cell: Ints, w: Ints, group: Ints, worth: Floats) -> None:
        horizon = self.of.reach.horizon
        pair, year = np.divmod(cell, horizon)
        for k in range(int(self.count.max(initial=0))):
            some = slice(None) if k == 0 and self.count.all() else self.count[pair] > k
            slot = (self.first[pair[some]] + k) * horizon + year[some]
            stay = missing.stays.reshape(-1, missing.stays.shape[-1])[slot, w[some]]
            at = slot * self.groups + group[some]
            found = np.bincount(at, worth[some] * stay, self.stays.size)
            self.stays += found.reshape(self.stays.shape)

    def _used(self, missing: Missing, supplies: Floats) -> Floats:
        """Return what supplies of streams, shape (S,), take off what is missing."""
        used = np.zeros(missing.gap.shape)
        for k in range(int(self.count.max(initial=0))):
            some = np.flatnonzero(self.count > k)
            stream = self.first[some] + k
            used[some] += missing.stays[stream] * supplies[stream][:, None, None]
        return used

    def below(self) -> Below:
        """Return the hinges of all groups."""
        reach, always = self.of.reach, self.groups - 1
        linear = -(reach.supplies.T @ self.stays[:, :, always].sum(axis=1))
        offset = float(self.gaps[:, :, always].sum())
        pair = np.flatnonzero(self.alone & (self.count == 1))
        slopes = self.stays[self.first[pair], :, :always].sum(axis=1).T
        gaps = self.gaps[pair, :, :always].sum(axis=1).T
        knots = np.divide(gaps, slopes, out=np.zeros_like(gaps), where=slopes > 0)
        own = sparse.csr_array(reach.supplies[self.first[pair]])
        shared = Hinges(own, knots, np.maximum(slopes, 0.0), linear, offset)
        other, year, group, rows = self._apart()
        hinges = stacked(shared, rows) if len(other) else shared
        cell = np.concatenate([pair * reach.horizon, other * reach.horizon + year])
        return Below(hinges, cell, np.concatenate([np.full(len(pair), -1), group]))

    def _apart(self) -> tuple[Ints, Ints, Ints, Hinges]:
        """Return pair, year, group and hinges of groups that are rows of their own."""
        reach, ends = self.of.reach, [*_APART, self.groups - 1]
        gaps, stays = (np.add.reduceat(each, ends, axis=2) for each in (self.gaps, self.stays))
        there = gaps != 0
        there[self.alone] = False
        there[:, :, len(_APART)] = False
        pair, year, group = np.nonzero(there)
        row, stream = _each(self.first[pair], self.count[pair])
        found = stays[stream, year[row], group[row]]
        size = np.bincount(row, np.abs(found), len(pair)).astype(float)
        size[size == 0] = 1.0
        shape = len(pair), len(reach.pair)
        each = sparse.csr_array((found / size[row], (row, stream)), shape=shape)
        knots = gaps[pair, year, group] / size
        rows = sparse.csr_array(each @ reach.supplies)
        return (
            pair,
            year,
            group,
            Hinges(rows, knots[None], size[None], np.zeros(rows.shape[1]), 0.0),
        )


def _each(first: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Return every number from ``first`` on, ``count`` of them, and which it belongs to."""
    which = np.repeat(np.arange(len(first)), count)
    return which, np.arange(len(which)) - np.repeat(np.cumsum(count) - count - first, count)


def _position(left: Floats, lower: Floats, middle: Floats, upper: Floats) -> Ints:
    """Return on which piece of the way each ceases to be short; the last if it never does.

    Parameters
    ----------
    left : array
        What is missing with every decision column at 0, above ``lower``.
    lower, middle, upper : array
        The least that is supplied on the way, what is in its middle, and the most.
    """
    soon = left <= middle
    start, end = np.where(soon, lower, middle), np.where(soon, middle, upper)
    share = (left - start) / np.where(end > start, end - start, 1.0)
    piece = np.clip(_PIECES * share, 0, _PIECES - 1).astype(np.int64)
    piece[~soon] += _PIECES
    return np.where(left >= upper, 2 * _PIECES, piece)
