"""The expected shortfall over many futures, under-estimated by few sums of positive parts.

What is missing in a cell is convex, and affine in the places before it is cut off at 0. So the
futures may be put into groups, cell by cell and tier by tier, and each group be replaced by its
mean: by Jensen's inequality the sum over groups is nowhere above the sum over futures. It is exact
wherever no group has futures in which staff are missing beside others in which they are not, so
that groups are told apart by that at the places where it matters (an adaptive partition, as of Song
and Luedtke, "An adaptive partition-based approach for solving two-stage stochastic programs with
fixed recourse", SIAM Journal on Optimization 25 (2015)).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.formulation.cells import named_cell
from commission_opt.formulation.parts import PLACES, Aim, Columns, Hinges, Part, Rows
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.shortage import SHORTAGE, tiers_of, weights
from commission_opt.futures.reach import ManyReach, PairReach
from commission_opt.instance.instance import Bools

_CLEAR = 1e-6  # FTE from which a future counts as short of staff
_MOST = 100  # groups of a cell, from which on none is taken apart


@dataclass(frozen=True, eq=False)
class Parts:
    """Positive parts ``Σ_i worth_i · max(0, gap_i − reach_i · x)``.

    Parameters
    ----------
    cell, tier, group : array of int, shape (m,)
        Position in ``Instance.cells``, tier, and number of the group within them.
    worth : array, shape (m,)
        How likely the group is, times what a FTE counts.
    gap : array, shape (m,)
        Mean FTE missing in the group with every decision column at 0.
    reach : scipy.sparse.csr_array, shape (m, n)
        Mean FTE that 1 in each column adds.
    """

    cell: Ints
    tier: Ints
    group: Ints
    worth: Floats
    gap: Floats
    reach: sparse.csr_array


@dataclass(frozen=True, eq=False)
class _Pair:
    """The groups of one profession and region, and the parts that follow from them."""

    group: npt.NDArray[np.uint8]
    found: tuple[Ints, Ints, Ints, Floats, Floats, Ints, Floats]


@dataclass(frozen=True, eq=False)
class Partition:
    """Groups of futures, for every cell and tier.

    Parameters
    ----------
    many : ManyReach
        W futures.
    p : array, shape (W,)
        What each counts.
    least : float
        What the mean of a group may lose of the objective in one cell and tier before the group is
        taken apart.
    at : tuple of array, shape (n,)
        Decision columns that groups are exact at, but for what is less than ``least``.
    pairs : mapping of int to _Pair
    """

    many: ManyReach
    p: Floats
    least: float = 0.0
    at: tuple[Floats, ...] = ()
    pairs: Mapping[int, _Pair] = field(default_factory=dict)

    def exact_at(self, x: Floats) -> Partition:
        """Return the groups with those taken apart that lose something at decision columns."""
        refined = {pair.pair: self._refined(pair, x) for pair in self.many.pairs()}
        return replace(self, at=(*self.at, x), pairs=refined)

    def _refined(self, pair: PairReach, x: Floats) -> _Pair:
        tiers = _Tiers.of(self.many, pair)
        known = self.pairs.get(pair.pair)
        gap = tiers.gap(pair)
        over = gap - np.tile(pair.gap - pair.at(x), (len(tiers.rise), 1))
        group = np.zeros(gap.shape, dtype=np.uint8) if known is None else known.group
        lost = np.maximum(over, 0.0) @ self.p - _at_means(group, over, self.p)
        apart = np.flatnonzero((lost * tiers.counts > self.least) & (group.max(axis=1) < _MOST))
        if known is not None and not len(apart):
            return known
        group = group.copy()
        group[apart] = _apart(group[apart], over[apart] > _CLEAR)
        return _Pair(group, _parts_of(tiers, pair, gap, group, self.p))

    def parts(self) -> Parts:
        """Return the positive parts of all pairs."""
        found = [pair.found for pair in self.pairs.values()]
        width = self.many.problem.layout.size
        blocks = [_spread(each[-1], each[-2], width) for each in found]
        columns = zip(*(each[:5] for each in found), strict=True)
        cell, tier, group, worth, gap = (np.concatenate(column) for column in columns)
        reach = sparse.csr_array(sparse.vstack(blocks))
        return Parts(cell, tier, group, worth, gap, reach)


@dataclass(frozen=True, eq=False)
class _Tiers:
    """Of one pair: share of demand from which each tier counts, by how much more, and weights."""

    floors: Floats
    rise: Floats
    counts: Floats

    @classmethod
    def of(cls, many: ManyReach, pair: PairReach) -> _Tiers:
        tiers = tiers_of(many.problem.policy)
        each = weights(many.problem).reshape(-1, many.horizon)[pair.pair]
        floors = np.array([0.0, *(tier.up_to for tier in tiers[:-1])])
        rise = np.diff([0.0, *(tier.weight for tier in tiers)])
        return cls(floors, rise, (rise[:, None] * each).ravel())

    def gap(self, pair: PairReach) -> Floats:
        """Return the FTE missing beyond the floor of each tier, shape (tiers · Y, W)."""
        beyond = pair.gap - self.floors[:, None, None] * pair.needed
        return np.asarray(beyond.reshape(-1, beyond.shape[-1]))


def _apart(group: npt.NDArray[np.uint8], short: Bools) -> npt.NDArray[np.uint8]:
    """Take groups, shape (rows, W), apart by where they are short; numbered from 0 in each row."""
    finer = 2 * group.astype(np.int64) + short
    sizes, row = int(finer.max(initial=0)) + 1, np.arange(len(finer))[:, None]
    there = np.zeros((len(finer), sizes), dtype=bool)
    there[row, finer] = True
    return np.asarray((np.cumsum(there, axis=1) - 1)[row, finer], dtype=np.uint8)


def _at_means(group: npt.NDArray[np.uint8], over: Floats, p: Floats) -> Floats:
    """Return the sum of positive parts of group means, one for each row, shape (rows,)."""
    found = np.maximum(over @ p, 0.0)
    some = np.flatnonzero(group.max(axis=1))
    found[some] = np.maximum(_summed(group[some], over[some], p), 0.0).sum(axis=1)
    return np.asarray(found)


def _summed(group: npt.NDArray[np.uint8], values: Floats, p: Floats) -> Floats:
    """Add values, shape (rows, W) or (W,), up by row and group."""
    rows, sizes = len(group), int(group.max(initial=0)) + 1
    bins = (np.arange(rows)[:, None] * sizes + group).ravel()
    share = np.broadcast_to(values * p, group.shape).ravel()
    sums: Floats = np.bincount(bins, share, minlength=rows * sizes).astype(float)
    return sums.reshape(rows, sizes)


def _parts_of(
    tiers: _Tiers, pair: PairReach, gap: Floats, group: npt.NDArray[np.uint8], p: Floats
) -> tuple[Ints, Ints, Ints, Floats, Floats, Ints, Floats]:
    """Return the parts of one pair: cell, tier, group, worth, gap, columns and reach."""
    horizon, sizes = len(pair.gap), int(group.max(initial=0)) + 1
    some = np.flatnonzero(group.max(axis=1))

    def summed(mean: Floats, apart: Floats) -> Floats:
        """Return sums by row and group: the mean where all are in the first."""
        found = np.zeros((len(gap), sizes))
        found[:, 0] = mean
        found[some] = _summed(group[some], apart, p) if len(some) else 0.0
        return found.ravel()

    likely = summed(np.full(len(gap), p.sum()), np.ones(len(p)))
    kept = np.flatnonzero(likely > 0)
    mean = summed(gap @ p, gap[some])
    reach = np.zeros((len(kept), len(pair.columns)))
    for c in range(len(pair.columns)):
        own = np.ascontiguousarray(pair.reach[:, c])
        reach[:, c] = summed(np.tile(own @ p, len(tiers.floors)), own[some % horizon])[kept]
    share, row = likely[kept], kept // sizes
    return (
        pair.pair * horizon + row % horizon, row // horizon, kept % sizes,
        share * tiers.counts[row], mean[kept] / share, pair.columns, reach / share[:, None],
    )  # fmt: skip


def _spread(values: Floats, columns: Ints, width: int) -> sparse.csr_array:
    """Return dense columns as those of a wide matrix."""
    rows = np.repeat(np.arange(len(values)), len(columns))
    where = (rows, np.tile(columns, len(values)))
    found = sparse.csr_array((values.ravel(), where), shape=(len(values), width))
    found.eliminate_zeros()
    return found


def aim_of_parts(
    problem: Planning, found: Parts, lower: Floats, upper: Floats, name: str = SHORTAGE
) -> Aim:
    """Write parts as an aim over shortage columns.

    Parameters
    ----------
    problem : Planning
    found : Parts
    lower, upper : array, shape (n,)
        A box of the decision columns. What is missing everywhere in it is linear there, and what
        is missing nowhere is left out.
    name : str
        Of its columns and rows.
    """
    up, down = found.reach.maximum(0), found.reach.minimum(0)
    most = found.gap - (up @ lower + down @ upper)
    least = found.gap - (up @ upper + down @ lower)
    always, live = least >= 0, np.flatnonzero((most > 0) & (least < 0) & (found.worth > 0))
    sure = np.where(always, found.worth, 0.0)
    linear = np.asarray(-(found.reach.T @ sure))
    offset = float(sure @ found.gap)
    gap, reach, worth = found.gap[live], sparse.csr_array(found.reach[live]), found.worth[live]

    def fill(x: Floats) -> Floats:
        return np.asarray(np.maximum(gap - reach @ x, 0.0))

    def key(i: int) -> str:
        at = live[i]
        named = "{},{},{}".format(*named_cell(problem.instance, int(found.cell[at])))
        return f"{named},tier{found.tier[at] + 1},group{found.group[at] + 1}"

    def label(i: int) -> str:
        named = named_cell(problem.instance, int(found.cell[live[i]]))
        return "demand for {!r} in {!r} in {}, in a group of futures".format(*named)

    size = sparse.csr_array(sparse.eye_array(len(live), format="csr"))
    columns = Columns(name, np.zeros(len(live)), most[live], fill, key)
    rows = Rows(name, {PLACES: reach, name: size}, gap, np.full(len(live), np.inf), label, key)
    hinges = Hinges(reach, gap[None], worth[None], linear, offset)
    cost = {PLACES: linear, name: worth}
    return Aim("shortfall", cost, offset, (Part((columns,), (rows,)),), hinges=hinges)
