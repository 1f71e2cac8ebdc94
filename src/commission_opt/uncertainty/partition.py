"""The expected shortfall over many futures, under-estimated by few hinges.

What is missing in a cell and future is a positive part of what is affine in the places. Positive
parts of any group of cells and futures may be replaced by that of their sum: by Jensen's inequality
it is nowhere above theirs, and it is exact wherever all or none of the group are short. So they are
put together by where they cease to be short on a way through the box of the decisions, from its
lower end over some point to its upper end (a partition as of Song and Luedtke, "An adaptive
partition-based approach for solving two-stage stochastic programs with fixed recourse", SIAM
Journal on Optimization 25 (2015)). One pass over the futures, or over means of many of them
(``uncertainty.strata``), adds up all groups, some at a time; programs have the size of those for
one future.

What one stream reaches alone is a function of its supply: all years, tiers and futures of its pair
share groups of equal width, each a level of one row. Elsewhere every year has a row of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.core.linear_program import activity_range
from commission_opt.formulation.parts import Hinges, stacked
from commission_opt.formulation.shortage import tiers_of, weights
from commission_opt.futures.reach import Missing, Reach
from commission_opt.policy import Tier
from commission_opt.uncertainty.strata import in_strata

_PIECES = 32  # of each half of the way
_ALWAYS = 2 * _PIECES  # the group of what never ceases to be
# First pieces of groups of what several streams reach; those about the middle.
_APART = (0, 16, 24, 28, 30, 31, 32, 33, 34, 36, 40, 48, _ALWAYS)
_NEAR = slice(3, 9)
_GROUP = np.searchsorted(_APART, np.arange(_ALWAYS + 1), side="right") - 1
_TINY = 1e-100  # what is no distance
_ROWS = 64  # pairs whose years and futures stay in the cache of a core
SPAN = 32  # futures that are looked at together


@dataclass(frozen=True, eq=False)
class Below:
    """An under-estimate.

    Parameters
    ----------
    hinges : Hinges
    cell : array of int, shape (rows of hinges,)
        Position in ``Instance.cells`` of what each counts: of the first year where years are
        counted together.
    by_year : array of bool, shape (rows of hinges,)
        Whether it is one year, not all of a pair.
    """

    hinges: Hinges
    cell: Ints
    by_year: Bools


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
        sums, (reach, p) = _Sums(self), in_strata(self.reach, self.p)
        for start in range(0, len(p), SPAN):
            which = slice(start, min(start + SPAN, len(p)))
            sums.add(reach.missing(which), p[which])
        return sums.below()


class _Sums:
    """What groups add up to, some futures after the others.

    Attributes
    ----------
    own, other : array of int
        Pairs that one stream alone reaches, whose years share their groups; and all others.
    streams : array of int
        The streams of ``own``.
    first, count : array of int, shape (len(other),)
        The first stream of each other pair, and how many it has.
    shared : array, shape (2, len(own), groups)
        FTE missing in each group with every decision column at 0, and what 1 of the stream takes
        off that; times what they count.
    gaps : array, shape (len(other), Y, groups)
        The first of these of the others.
    stays : array, shape (streams of a pair, len(other), Y, groups)
        The second, stream by stream.
    """

    def __init__(self, of: Partition) -> None:
        self.of, reach = of, of.reach
        count = np.bincount(reach.pair, minlength=reach.pairs)
        one = reach.alone & (count == 1)
        self.own, self.other = np.flatnonzero(one), np.flatnonzero(~one)
        self.streams = np.searchsorted(reach.pair, self.own)
        self.first, self.count = np.searchsorted(reach.pair, self.other), count[self.other]
        self.shared = np.zeros((2, len(self.own), _ALWAYS + 2))
        shape = len(self.other), reach.horizon, len(_APART)
        self.gaps = np.zeros(shape)
        self.stays = np.zeros((int(self.count.max(initial=0)), *shape))
        self.supplies = [reach.supplies @ x for x in (of.lower, of.middle, of.upper)]
        self.ends = activity_range(reach.supplies, of.lower, of.upper)
        problem = reach.problem
        tiers = of.tiers or tiers_of(problem.policy)
        each = weights(problem).reshape(reach.pairs, -1) if of.each is None else of.each
        self.floors = [0.0, *(tier.up_to for tier in tiers[:-1])]
        rises = np.diff([0.0, *(tier.weight for tier in tiers)])
        self.counts = rises[:, None, None] * each

    def add(self, missing: Missing, p: Floats) -> None:
        """Add some futures, of which each counts p, shape (w,)."""
        for start in range(0, len(self.own), _ROWS):
            self._share(missing, p, slice(start, start + _ROWS))
        if len(self.other):
            self._of_others(missing, p)

    def _share(self, missing: Missing, p: Floats, rows: slice) -> None:
        """Add what is missing where one stream alone reaches: by the supply that ends it.

        What is missing no longer at the lower end, or not at all, counts nowhere.
        """
        own, streams = self.own[rows], self.streams[rows]
        gap, needed, stays = missing.gap[own], missing.needed[own], missing.stays[streams]
        lower, upper = (self.supplies[i][streams, None, None] for i in (0, -1))
        # Pieces from the lower end that supply leads through; what no supply ends is far beyond.
        scale = _ALWAYS / np.maximum(upper - lower, _TINY)
        pieces = scale / np.maximum(stays, _TINY)
        first = 1.0 - lower * scale
        groups = self.shared.shape[-1]
        offset = groups * np.arange(len(own), dtype=float)[:, None, None]
        p = p[:1] if (p == p[0]).all() else p
        size = self.shared[0, rows].size
        for floor, counts in zip(self.floors, self.counts, strict=True):
            left = gap - floor * needed if floor else gap
            at = left * pieces
            at += first
            np.clip(at, 0.0, groups - 1.0, out=at)
            np.floor(at, out=at)
            at += offset
            group = at.astype(np.intp).ravel()
            worth = counts[own, :, None] * p
            for into, each in ((self.shared[0], left), (self.shared[1], stays)):
                amount = np.broadcast_to(worth * each, at.shape)
                found = np.bincount(group, amount.ravel(), size)
                into[rows] += found.reshape(-1, groups)

    def _of_others(self, missing: Missing, p: Floats) -> None:
        """Add what is missing where several streams reach: by where it ends on the way."""
        stays = [self._stay(missing, k) for k in range(len(self.stays))]
        lower, middle, upper = (self._used(stays, supplies) for supplies in self.supplies)
        lower, upper = (way(middle, way(lower, upper)) for way in (np.minimum, np.maximum))
        gap, needed = missing.gap[self.other], missing.needed[self.other]
        lower, middle, upper, *stays = (
            np.broadcast_to(each, gap.shape) for each in (lower, middle, upper, *stays)
        )
        for floor, counts in zip(self.floors, self.counts, strict=True):
            over = gap - floor * needed
            live = np.flatnonzero((over > lower) & (counts[self.other] > 0)[:, :, None])
            cell, w = np.divmod(live, len(p))
            left = over.ravel()[live]
            ends = (each.ravel()[live] for each in (lower, middle, upper))
            at = cell * len(_APART) + _GROUP[_position(left, *ends)]
            worth = counts[self.other].ravel()[cell] * p[w]
            for into, each in ((self.gaps, left), *zip(self.stays, stays, strict=True)):
                taken = each if each is left else each.ravel()[live]
                into += np.bincount(at, worth * taken, into.size).reshape(into.shape)

    def _stay(self, missing: Missing, k: int) -> Floats:
        """Return what the k-th stream of each other pair takes off; nothing if it has none."""
        has = self.count > k
        found = np.zeros((len(has), *missing.stays.shape[1:]))
        found[has] = missing.stays[self.first[has] + k]
        return found

    def _used(self, stays: Sequence[Floats], supplies: Floats) -> Floats:
        """Return what supplies of streams, shape (S,), take off what is missing."""
        used = np.zeros(())
        for k, each in enumerate(stays):
            some = np.where(self.count > k, self.first + k, 0)
            used = used + each * supplies[some][:, None, None]
        return used

    def below(self) -> Below:
        """Return the hinges of all groups."""
        reach = self.of.reach
        gaps, slopes = self.shared[:, :, 1:].transpose(0, 2, 1)
        knots = np.divide(gaps, slopes, out=np.zeros_like(gaps), where=slopes > 0)
        shared = Hinges(
            sparse.csr_array(reach.supplies[self.streams]),
            knots, np.maximum(slopes, 0.0),
            np.zeros(reach.supplies.shape[1]),
            float(gaps[slopes <= 0].sum()),
        )  # fmt: skip
        other, year, rows = self._apart()
        cell = np.concatenate([self.own * reach.horizon, other * reach.horizon + year])
        hinges = stacked(shared, rows) if len(other) else shared
        return Below(hinges, cell, np.arange(len(cell)) >= len(self.own))

    def _apart(self) -> tuple[Ints, Ints, Hinges]:
        """Return pair, year and hinges of what several streams reach: a row for each year."""
        reach = self.of.reach
        pair, year = np.nonzero((self.gaps != 0).any(axis=2))
        row = np.repeat(np.arange(len(pair)), self.count[pair])
        k = np.arange(len(row)) - np.searchsorted(row, row)
        stream = self.first[pair][row] + k
        each, gap = self.stays[k, pair[row], year[row]], self.gaps[pair, year]
        shape = len(pair), len(row)
        add = sparse.csr_array((np.ones(len(row)), (row, np.arange(len(row)))), shape=shape)
        low, high = (end[stream, None] for end in self.ends)
        # What is not along the row counts at its least on the way to the middle, or its most there.
        way = each[:, _NEAR].sum(axis=1, keepdims=True)
        far = (add @ np.abs(way) == 0)[row]
        way = np.where(far, each.sum(axis=1, keepdims=True), way)
        whole, part = add @ (way * (high - low)), add @ (each * (high - low))
        slopes = np.divide(part, whole, out=np.zeros_like(gap), where=whole > 0)
        slopes = np.maximum(slopes, 0.0)
        besides = each - slopes[row] * way
        least = add @ np.minimum(besides * low, besides * high)
        most = add @ np.maximum(besides * low, besides * high)
        short = np.arange(len(_APART)) >= _APART.index(_PIECES)
        left = gap - np.where(short, least, most)
        knots = np.divide(left, slopes, out=np.zeros_like(gap), where=slopes > 0)
        linear = np.zeros(len(reach.pair))
        np.subtract.at(linear, stream, besides[:, short].sum(axis=1))
        offset = float(least[:, short].sum() + np.maximum(left, 0.0)[slopes <= 0].sum())
        rows = sparse.csr_array((way[:, 0], (row, stream)), shape=(len(pair), len(reach.pair)))
        own = sparse.csr_array(rows @ reach.supplies)
        hinges = Hinges(own, knots.T, slopes.T, reach.supplies.T @ linear, offset)
        return self.other[pair], year, hinges


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
    return np.where(left >= upper, _ALWAYS, piece)
