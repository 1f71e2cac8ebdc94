"""The shortfall objective: FTE missing, in tiers, weighted and discounted."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy import sparse

from commission_opt.effects import Effects
from commission_opt.formulation.decisions import Decisions
from commission_opt.formulation.parts import PLACES, Columns, Part, Rows
from commission_opt.instance.instance import Floats, Instance
from commission_opt.policy import Tier


def year_weights(instance: Instance, discount_rate: float) -> Floats:
    """Return ``δ^(y − first_year)`` for each year, with δ = 1 / (1 + discount rate)."""
    weights: Floats = (1.0 + discount_rate) ** -np.arange(float(instance.horizon))
    return weights


def shortfall_weights(instance: Instance, discount_rate: float) -> Floats:
    """Return ``w_p · w_r · δ^(y − first_year)``, shape (P, Q, Y)."""
    profession = instance.professions["weight"].to_numpy(float)
    region = instance.regions["weight"].to_numpy(float)
    weights: Floats = (
        profession[:, None, None]
        * region[None, :, None]
        * year_weights(instance, discount_rate)[None, None, :]
    )
    return weights


def in_tiers(shortfall: Floats, demand: Floats, tiers: tuple[Tier, ...]) -> list[Floats]:
    """Split a shortfall into the FTE that falls into each tier, from the shallowest."""
    edges = [0.0, *(tier.up_to for tier in tiers)]
    return [
        np.clip(shortfall, low * demand, high * demand if np.isfinite(high) else np.inf)
        - low * demand
        for low, high in pairwise(edges)
    ]


def tiered(shortfall: Floats, demand: Floats, tiers: tuple[Tier, ...]) -> Floats:
    """Return the shortfall with each tier counted at its weight, FTE."""
    bands = in_tiers(shortfall, demand, tiers)
    total: Floats = sum(
        (tier.weight * band for tier, band in zip(tiers, bands, strict=True)),
        start=np.zeros_like(shortfall),
    )
    return total


def weighted_shortfall(
    instance: Instance, discount_rate: float, tiers: tuple[Tier, ...], shortfall: Floats
) -> float:
    """Return the objective, weighted FTE-years, of a shortfall of shape (P, Q, Y)."""
    weights = shortfall_weights(instance, discount_rate)
    return float(np.sum(weights * tiered(shortfall, instance.demand, tiers)))


def shortfall_part(
    instance: Instance,
    discount_rate: float,
    tiers: tuple[Tier, ...],
    effects: Effects,
    layout: Decisions,
) -> Part:
    """Add ``u ≥ demand − supply`` in bands, and their cost.

    New places only add to supply, so no shortfall can exceed the one without them. That
    bounds every band, which keeps the Lagrangian bound finite, and leaves out the rows in
    which nothing can change.
    """
    extra = (effects.response @ layout.fixed).reshape(instance.shape)
    missing = np.maximum(instance.demand - effects.base - extra, 0.0)
    weights = shortfall_weights(instance, discount_rate)
    answer = sparse.csr_array(effects.response @ layout.places)
    moves = np.diff(answer.indptr) > 0
    live = np.flatnonzero(moves & (missing.ravel() > 0) & (weights.ravel() > 0))
    settled = np.ones(missing.size, dtype=bool)
    settled[live] = False
    full = tiered(missing, instance.demand, tiers)
    offset = float(np.sum((weights * full).ravel()[settled]))

    widths = np.stack([band.ravel()[live] for band in in_tiers(missing, instance.demand, tiers)])
    band, row = np.nonzero(widths > 0)
    cost = np.array([tier.weight for tier in tiers])[band] * weights.ravel()[live][row]
    fills = sparse.csr_array(
        (np.ones(len(row)), (row, np.arange(len(row)))), shape=(len(live), len(row))
    )

    def label(i: int) -> str:
        p, q, y = np.unravel_index(live[i], instance.shape)
        profession = instance.professions["profession"].iloc[p]
        region = instance.regions["region"].iloc[q]
        return f"demand for {profession!r} in {region!r} in {instance.first_year + y}"

    rows = Rows(
        "shortfall",
        {PLACES: answer[live], "shortfall": fills},
        missing.ravel()[live],
        np.full(len(live), np.inf),
        label,
    )
    columns = Columns("shortfall", np.zeros(len(row)), widths[band, row])
    return Part((columns,), (rows,), {"shortfall": cost}, offset)
