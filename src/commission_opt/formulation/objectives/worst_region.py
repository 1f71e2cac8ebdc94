"""Worst region: the largest share of its demand that any region is short of.

``max_q Σ_{p,y} w_p δ^(y − first_year) u / Σ_{p,y} w_p δ^(y − first_year) demand``, without tiers
and without region weights. A region without any demand is left out.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from commission_opt.accounts.many import Many
from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.formulation.origin import MODEL_FILE, Origin, Said
from commission_opt.formulation.parts import Aim, Columns, Part, Rows, Spread
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.shortage import ONE_TIER, SHORTAGE, Shortage, shortage, year_weights
from commission_opt.formulation.wording import Number

TITLE = "shortfall of the worst region"
UNIT = "share of weighted demand"
NUMBER = Number.SHARE
SENTENCE = "the shortfall of the worst region, {} of its demand,"
BESIDE = 1
EVERY_REGION = True
WORST = "worst_region"


def _said(problem: Planning, q: int) -> Said:
    region = problem.instance.regions["region"].iloc[q]
    return Said(f"share of demand that region {region!r} is short of")


_SHARES = Origin("worst region", MODEL_FILE, "minimise", _said, unit="share")


def _weights(problem: Planning) -> Floats:
    profession = problem.instance.professions["weight"].to_numpy(float)
    each = profession[:, None, None] * year_weights(problem.instance, problem.policy)
    return np.asarray(each * np.ones(problem.instance.shape))


def shares(problem: Planning, shortfall: Floats) -> Floats:
    """Return the share of weighted demand that each region is short of, shape (Q,)."""
    each = _weights(problem)
    demand = np.sum(each * problem.instance.demand, axis=(0, 2))
    missing = np.sum(each * shortfall, axis=(0, 2))
    short: Floats = np.divide(missing, demand, out=np.zeros_like(demand), where=demand > 0)
    return short


def aim(problem: Planning) -> Aim:
    """Add a column that is at least the share of every region."""
    columns = shortage(problem)
    instance = problem.instance
    each = _weights(problem)
    demand = np.sum(each * instance.demand, axis=(0, 2))
    scale = np.divide(1.0, demand, out=np.zeros_like(demand), where=demand > 0)
    region = instance.cells.of("region", columns.cell)
    coefficients = sparse.csr_array(
        (-each.ravel()[columns.cell] * scale[region], (region, np.arange(len(region)))),
        shape=(instance.shape[1], len(region)),
    )
    settled = shares(problem, columns.settled)
    block = columns.part.columns[0]
    most = settled - coefficients @ block.upper

    def fill(x: Floats) -> Floats:
        return np.array([float(np.max(settled - coefficients @ block.fill(x), initial=0.0))])

    regions = instance.regions["region"].to_numpy()

    top = np.array([float(np.max(most, initial=0.0))])
    each_region = {WORST: sparse.csr_array(np.ones((len(settled), 1))), SHORTAGE: coefficients}
    rows = Rows(
        WORST, each_region, settled, np.full(len(settled), np.inf),
        lambda q: _said(problem, q).name, lambda q: str(regions[q]), origin=(_SHARES, _SHARES),
    )  # fmt: skip
    part = Part((Columns(WORST, np.zeros(1), top, fill, lambda _: "all"),), (rows,))
    spread = _spread(problem, columns, each * scale[:, None], settled)
    return Aim("worst_region", {WORST: np.ones(1)}, 0.0, (columns.part, part), spread=spread)


def _spread(problem: Planning, columns: Shortage, each: Floats, settled: Floats) -> Spread:
    """Write the share of each region, which a FTE missing raises by ``each``, as hinges."""
    alone, count = replace(columns, tiers=ONE_TIER), len(settled)
    hinges = []
    for q in range(count):
        own = np.zeros_like(each)
        own[:, q] = each[:, q]
        share = alone.hinges(problem.instance.demand, own, problem.layout.size, float(settled[q]))
        hinges.append(share)

    def weights(shares: Floats) -> Floats:
        return np.asarray(np.arange(count) == int(np.argmax(shares)), dtype=float)

    return Spread(WORST, np.zeros(count), tuple(hinges), weights, largest=True)


def value(problem: Planning, result: Outcome) -> float:
    """Return the largest share of weighted demand that a region is short of."""
    return float(np.max(shares(problem, result.shortfall), initial=0.0))


def values(problem: Planning, many: Many) -> Floats:
    """Return the same in many futures, shape (W,)."""
    each = _weights(problem)
    missing, needed = (
        np.einsum("pqy,pqyw->qw", each, cells, optimize=True)
        for cells in (many.balance.shortfall, many.balance.needed)
    )
    short = np.divide(missing, needed, out=np.zeros_like(needed), where=needed > 0)
    return np.asarray(np.max(short, axis=0, initial=0.0))
