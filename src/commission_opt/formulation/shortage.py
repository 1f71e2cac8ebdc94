"""Shortage columns: ``u ≥ demand − service`` in bands, shared by every objective that counts it.

Where there are posts, staff beyond them do no work, so that ``u ≥ demand − posts`` too.

No shortfall can exceed the one at the least service, and the most demand, that the box of the
columns allows. That bounds every band, which keeps Lagrangian bounds finite, and leaves out rows
where nothing can change.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.formulation.cells import named_cell
from commission_opt.formulation.origin import Origin, Said
from commission_opt.formulation.parts import Columns, Hinges, Part, Rows, stacked
from commission_opt.formulation.posts import PostsMissing, posts_missing
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.service import service
from commission_opt.formulation.targeted import targeted_cells
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy, Tier

SHORTAGE = "shortage"
_DEMAND = "demand for {!r} in {!r} in {}"


def _needed(problem: Planning, cell: int) -> Said:
    named = named_cell(problem.instance, cell)
    return Said(_DEMAND.format(*named), float(problem.instance.demand.flat[cell]), named[2])


def _lines(problem: Planning) -> Ints:
    """Return the line of the file of each cell; there is one for each."""
    instance = problem.instance
    table = instance.tables["demand"]
    inside = table[table["year"].isin(instance.years)]
    codes = (instance.professions["profession"], instance.regions["region"])
    p, q = (
        pd.Index(code).get_indexer(inside[name])
        for name, code in zip(("profession", "region"), codes, strict=True)
    )
    cell = instance.cells.at(p, q, inside["year"].to_numpy(int) - instance.first_year)
    lines = np.zeros(instance.cells.size, dtype=np.int64)
    lines[cell] = inside.index.to_numpy(int)
    return lines


DEMAND = Origin("demand", "demand.csv", "fte", _needed, _lines, unit="FTE", asks_for_more=True)
"""The FTE needed in each cell of ``Instance.cells``; no plan fails because of it."""

ONE_TIER = (Tier(np.inf, 1.0),)


@dataclass(frozen=True)
class Shortage:
    """The shortage columns of a problem.

    Parameters
    ----------
    part : Part
        The columns, one for each band of each live row, and the rows.
    tiers : tuple of Tier
        Tiers that the bands follow.
    cell, tier : array of int, shape (columns,)
        Position in (P, Q, Y) and tier of each column.
    settled : array, shape (P, Q, Y)
        FTE missing where no decision changes it, 0 elsewhere.
    live : array of int, shape (rows,)
        Position in (P, Q, Y) of each row.
    gap : array, shape (rows,)
        FTE missing in each row with nothing bought.
    reach : scipy.sparse.csr_array, shape (rows, n)
        FTE that a place adds in each row, or a unit takes off demand; over the columns of
        ``service``.
    posts : PostsMissing
        What is missing of posts.
    """

    part: Part
    tiers: tuple[Tier, ...]
    cell: Ints
    tier: Ints
    settled: Floats
    live: Ints
    gap: Floats
    reach: sparse.csr_array
    posts: PostsMissing

    def hinges(self, demand: Floats, weights: Floats, n: int, offset: float) -> Hinges:
        """Return the shortage counted by tier, at a weight for each cell.

        Never less than it comes to. It is more only in rows in which staff or posts can be what is
        missing, where measures take so much demand away that less is left beyond posts than a tier
        begins with.

        Parameters
        ----------
        demand, weights : array, shape (P, Q, Y)
            FTE needed, and what a FTE missing counts at a tier weight of 1.
        n : int
            Number of decision columns.
        offset : float
            What is missing where no decision changes it.
        """
        posts, live = self.posts, self.live
        turned = (posts.turned & posts.can)[live]
        of_posts = turned & posts.must[live]
        beyond, past = posts.beyond.constant[live], posts.beyond.matrix[live]
        gap, reach = np.where(of_posts, beyond, self.gap), self.reach
        if of_posts.any():
            reach = sparse.diags_array(1.0 - of_posts).tocsr() @ reach
            reach = reach - sparse.diags_array(1.0 * of_posts).tocsr() @ past
        floor, needed, each = posts.least[live], demand.ravel()[live], weights.ravel()[live]
        edges = np.array([0.0, *(tier.up_to for tier in self.tiers[:-1])])
        edge = np.maximum(edges[:, None] * needed, floor)
        slopes = np.diff([0.0, *(tier.weight for tier in self.tiers)])[:, None] * each
        # max(s, p) − e = p − e + max(s − p, 0) for posts missing, p, beyond the edge
        shared = turned & ~of_posts & (edge < beyond)
        own = np.where(shared, 0.0, slopes)
        offset += float(each @ tiered(floor, needed, self.tiers))
        found = Hinges(sparse.csr_array(reach), gap - edge, own, np.zeros(n), offset)
        if len(some := np.flatnonzero(shared.any(axis=0))):
            both = np.where(shared, slopes, 0.0)[:, some]
            late = beyond[some] - edge[:, some]
            more = np.broadcast_to(gap[some] - beyond[some], late.shape)
            for way, knots in ((-past[some], late), (reach[some] + past[some], more)):
                part = Hinges(sparse.csr_array(way), knots, both, np.zeros(n), 0.0, exact=False)
                found = stacked(found, part)
        return found


def year_weights(instance: Instance, policy: Policy) -> Floats:
    """Return ``δ^(y − first_year)`` for each year, with δ = 1 / (1 + discount rate)."""
    weights: Floats = (1.0 + policy.discount_rate) ** -np.arange(float(instance.horizon))
    return weights


def tiers_of(policy: Policy) -> tuple[Tier, ...]:
    """Return the tiers of the objective of a model that has any, else one tier."""
    return next((o.tiers for o in policy.objectives if o.tiers != ONE_TIER), ONE_TIER)


def in_tiers(shortfall: Floats, demand: Floats, tiers: tuple[Tier, ...]) -> list[Floats]:
    """Split a shortfall into the FTE that falls into each tier, from the shallowest."""
    edges = [0.0, *(tier.up_to for tier in tiers)]
    return [
        np.clip(shortfall, low * demand, high * demand if np.isfinite(high) else np.inf)
        - low * demand
        for low, high in pairwise(edges)
    ]


def weights(problem: Planning) -> Floats:
    """Return ``w_p · w_r · δ^(y − first_year)``, shape (P, Q, Y)."""
    profession = problem.instance.professions["weight"].to_numpy(float)
    region = problem.instance.regions["weight"].to_numpy(float)
    each = year_weights(problem.instance, problem.policy)
    return np.asarray(profession[:, None, None] * region[None, :, None] * each)


def tiered(shortfall: Floats, demand: Floats, tiers: tuple[Tier, ...]) -> Floats:
    """Return the shortfall with each tier counted at its weight, FTE."""
    total: Floats = np.zeros_like(shortfall)
    for tier, band in zip(tiers, in_tiers(shortfall, demand, tiers), strict=True):
        total = total + tier.weight * band
    return total


def shortage(problem: Planning) -> Shortage:
    """Lay out the shortage columns and rows of a problem."""
    instance = problem.instance
    tiers = tiers_of(problem.policy)
    whole = service(problem)
    net, posts = whole.net, posts_missing(problem, whole)
    least, _ = whole.range(net)
    missing = np.maximum(-least, posts.most)
    gap = np.where(least < net.constant, -net.constant, np.maximum(-net.constant, 0.0))
    counts = _counted(problem)[..., None] | targeted_cells(problem)
    some = (missing > posts.least) | problem.steady
    live = np.flatnonzero((np.diff(net.matrix.indptr) > 0) & some & counts.ravel())
    settled = missing.copy()
    settled[live] = 0.0

    demand, gap, reach = instance.demand.ravel()[live], gap[live], net.matrix[live]
    widths = np.stack(in_tiers(missing[live], demand, tiers))
    tier, row = np.nonzero((widths > 0) | problem.steady)

    def fill(x: Floats) -> Floats:
        left = np.maximum(np.maximum(gap - reach @ x, posts.beyond.at(x)[live]), 0.0)
        filled: Floats = np.stack(in_tiers(left, demand, tiers))[tier, row]
        return filled

    def label(i: int) -> str:
        return _DEMAND.format(*named_cell(instance, live[i]))

    def key(i: int) -> str:
        return "{},{},{}".format(*named_cell(instance, live[i]))

    def column_key(i: int) -> str:
        return f"{key(int(row[i]))},tier{tier[i] + 1}"

    fills = sparse.csr_array(
        (np.ones(len(row)), (row, np.arange(len(row)))), shape=(len(live), len(row))
    )
    rows = Rows(
        SHORTAGE, {**whole.coefficients(reach), SHORTAGE: fills}, gap,
        np.full(len(live), np.inf), label, key, origin=(DEMAND, DEMAND), items=live,
    )  # fmt: skip
    columns = Columns(SHORTAGE, np.zeros(len(row)), widths[tier, row], fill, column_key)
    part = Part((columns,), (rows, *posts.rows(problem, whole, live, {SHORTAGE: fills})))
    settled = settled.reshape(instance.shape)
    return Shortage(part, tiers, live[row], tier, settled, live, gap, reach, posts)


def _counted(problem: Planning) -> np.ndarray:
    """Return the professions and regions to which any objective gives a weight."""
    profession = problem.instance.professions["weight"].to_numpy(float) > 0
    region = problem.instance.regions["weight"].to_numpy(float) > 0
    from commission_opt.formulation.objectives import OBJECTIVES  # which import this module

    if any(OBJECTIVES[o.minimise].every_region for o in problem.policy.objectives):
        region = np.ones_like(region)
    return np.outer(profession, region)


def settled_shortfall(problem: Planning) -> Floats:
    """Return what counts of the shortfall that no decision changes, shape (P, Q, Y)."""
    found = shortage(problem)
    missing = tiered(found.settled, problem.instance.demand, found.tiers)
    return np.asarray(weights(problem) * missing)
