"""Pools of people of an imaginary health service: one course leads to them, another draws."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.arrays import Ints
from commission_opt.instance.synthetic import World

_EVERY = 6  # professions from one pair to the next
_STAY = 0.3  # share of those not drawn who wait for another year
_OFFERED = 0.9  # of what a plan near the last one offers


def with_pathways(
    tables: dict[str, pd.DataFrame], world: World, rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """Let some professions train those who qualified in another.

    Pools are those of the country and of areas in turn; of regions where there are no areas.
    Entrants suffice for the safe intake of every course, with little to spare, and so much of it
    is drawn that the offers promised are kept.
    """
    ways: list[tuple[str, str, str, float, int | str]] = []
    pools: list[tuple[str, str, str, int, float, float]] = []
    courses = world.courses
    for k, first in enumerate(range(1, len(world.professions) - 1, _EVERY)):
        name = f"after-{world.professions['profession'].iloc[first]}"
        for region, inside in _regions(world, national=k % 2 == 0):
            here = courses[np.isin(courses["q"], inside)]
            feeds, draws = (here[here["p"] == first + k] for k in range(2))
            share = round(rng.uniform(0.3, 0.6), 2)
            drawn = share * float((draws["fill_rate"] * draws["safe_intake"]).sum())
            if not drawn:
                continue
            shares = ((1.0 - feeds["join_rate"]) * rng.uniform(0.3, 0.8)).round(3)
            entrants = int(np.ceil(drawn * rng.uniform(1.02, 1.12)))
            most = (entrants + _fed(world, feeds, shares)) / (1.0 - _STAY)
            offers = np.floor(100 * _OFFERED * drawn / most) / 100
            ways += [(name, code, "draws", share, "") for code in draws["course"]]
            ways += [
                (name, code, "feeds", part, int(rng.integers(2)))
                for code, part in zip(feeds["course"], shares.tolist(), strict=True)
            ]
            pools.append((name, region, "*", entrants, _STAY, offers))
    if not pools:
        return tables
    return {
        **tables,
        "pathways": pd.DataFrame(ways, columns=["pool", "course", "role", "share", "lag_years"]),
        "eligible": pd.DataFrame(
            pools, columns=["pool", "region", "year", "entrants", "stay_rate", "offer_rate"]
        ),
    }


def _regions(world: World, *, national: bool) -> list[tuple[str, Ints]]:
    """Return the regions that have a pool each, with the leaf regions in them."""
    leaves = np.arange(len(world.region))
    if national:
        return [("*", leaves)]
    if world.area:
        return [(area, leaves[world.parent == a]) for a, area in enumerate(world.area)]
    return [(region, leaves[[q]]) for q, region in enumerate(world.region)]


def _fed(world: World, feeds: pd.DataFrame, shares: pd.Series) -> float:
    """Return the most people whom courses lead to the pool in a year."""
    started = world.started[feeds.index].max(axis=1, initial=0)
    most = np.maximum(started, feeds["fill_rate"] * feeds["safe_intake"])
    return float((shares * feeds["completion_rate"] * most).sum())
