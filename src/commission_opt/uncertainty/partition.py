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

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.formulation.cells import named_cell
from commission_opt.formulation.parts import PLACES, Aim, Columns, Hinges, Part, Rows
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.shortage import SHORTAGE, tiers_of, weights
from commission_opt.futures.reach import ManyReach, PairReach

_CLEAR = 1e-6  # FTE from which a future counts as short of staff
_LOST = 0.05


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


def parts(many: ManyReach, p: Floats, at: Sequence[Floats]) -> Parts:
    """Group the futures of every cell and tier by where they are short of staff.

    Parameters
    ----------
    many : ManyReach
        W futures.
    p : array, shape (W,)
        What each counts.
    at : sequence of array, shape (n,)
        Decision columns at which the groups are exact; near the last one they are told apart
        further.
    """
    found = [_of_pair(many, pair, p, at) for pair in many.pairs()]
    columns = [each[-2] for each in found]
    width = len(many.problem.layout.line)
    blocks = [
        _spread(values, own, width)
        for values, own in zip((each[-1] for each in found), columns, strict=True)
    ]
    cell, tier, group, worth, gap = (
        np.concatenate(each) for each in zip(*(f[:5] for f in found), strict=True)
    )
    return Parts(cell, tier, group, worth, gap, sparse.csr_array(sparse.vstack(blocks)))


def _spread(values: Floats, columns: Ints, width: int) -> sparse.csr_array:
    """Return dense columns as those of a wide matrix."""
    rows = np.repeat(np.arange(len(values)), len(columns))
    where = (rows, np.tile(columns, len(values)))
    found = sparse.csr_array((values.ravel(), where), shape=(len(values), width))
    found.eliminate_zeros()
    return found


def _of_pair(
    many: ManyReach, pair: PairReach, p: Floats, at: Sequence[Floats]
) -> tuple[Ints, Ints, Ints, Floats, Floats, Ints, Floats]:
    """Return the parts of one pair: cell, tier, group, worth, gap, columns and reach."""
    problem, horizon = many.problem, many.horizon
    tiers = tiers_of(problem.policy)
    each = weights(problem).reshape(-1, horizon)[pair.pair]
    floors = np.array([0.0, *(tier.up_to for tier in tiers[:-1])])
    rise = np.diff([0.0, *(tier.weight for tier in tiers)])
    gap = (pair.gap - floors[:, None, None] * pair.needed).reshape(-1, len(p))  # (tiers · Y, W)
    counts = (rise[:, None] * each).ravel()
    group = _groups(pair, gap, counts, p, at)
    some, sizes = np.flatnonzero(group.max(axis=1)), len(at) + 1
    bins = (np.arange(len(some))[:, None] * sizes + group[some]).ravel()

    def summed(mean: Floats, apart: Floats) -> Floats:
        """Return sums by row and group: the mean where all are in the first."""
        found = np.zeros((len(gap), sizes))
        found[:, 0] = mean
        share = np.broadcast_to(apart * p, (len(some), len(p))).ravel()
        found[some] = np.bincount(bins, share, minlength=len(some) * sizes).reshape(-1, sizes)
        return found.ravel()

    likely = summed(np.full(len(gap), p.sum()), np.ones(1))
    kept = np.flatnonzero(likely > 0)
    mean, year = summed(gap @ p, gap[some]), some % horizon
    reach = np.zeros((len(kept), len(pair.columns)))
    for c in range(len(pair.columns)):
        own = np.ascontiguousarray(pair.reach[:, c])
        reach[:, c] = summed(np.tile(own @ p, len(floors)), own[year])[kept]
    share = likely[kept]
    row = kept // sizes
    return (
        pair.pair * horizon + row % horizon, row // horizon, kept % sizes, share * counts[row],
        mean[kept] / share, pair.columns, reach / share[:, None],
    )  # fmt: skip


def _groups(pair: PairReach, gap: Floats, counts: Floats, p: Floats, at: Sequence[Floats]) -> Ints:
    """Return at how many of some decisions each future is short, shape (tiers · Y, W).

    Decisions at which little is lost by the mean do not count.
    """
    found = np.zeros(gap.shape, dtype=np.int64)
    many = len(gap) // len(pair.gap)
    for x in at:
        over = gap - np.tile(pair.gap - pair.at(x), (many, 1))
        lost = np.maximum(over, 0.0) @ p - np.maximum(over @ p, 0.0)
        apart = np.flatnonzero(lost * counts > _LOST)
        found[apart] += over[apart] > _CLEAR
    return found


def aim_of_parts(problem: Planning, found: Parts, lower: Floats, upper: Floats) -> Aim:
    """Write parts as an aim over the shortage columns.

    Parameters
    ----------
    problem : Planning
    found : Parts
    lower, upper : array, shape (n,)
        A box of the decision columns. What is missing everywhere in it is linear there, and what
        is missing nowhere is left out.
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
    columns = Columns(SHORTAGE, np.zeros(len(live)), most[live], fill, key)
    rows = Rows(
        SHORTAGE, {PLACES: reach, SHORTAGE: size}, gap, np.full(len(live), np.inf), label, key
    )
    hinges = Hinges(reach, gap[None], worth[None], linear, offset)
    cost = {PLACES: linear, SHORTAGE: worth}
    return Aim("shortfall", cost, offset, (Part((columns,), (rows,)),), hinges=hinges)
