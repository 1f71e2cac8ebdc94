"""Who can do whose work, drawn at random for generated instances."""

from collections.abc import Mapping
from itertools import permutations

import numpy as np
import pandas as pd


def substituting(tables: Mapping[str, pd.DataFrame], seed: int) -> dict[str, pd.DataFrame]:
    """Let staff of most professions do the work of others.

    Rows are for all regions, for areas and for leaves, some against rows that say otherwise of
    more. An hour of every profession has a worth, and nobody does more than their own: so no circle
    of them makes work of nothing. One row allows nothing.
    """
    random = np.random.default_rng([seed, 11])
    professions = tables["professions"]["profession"].tolist()
    regions = tables["regions"]
    leaves = [q for q in regions["region"] if q not in set(regions["parent"])]
    areas = sorted(set(regions["parent"]) - {""})
    worth = dict(zip(professions, random.uniform(0.6, 1.6, len(professions)), strict=True))
    every = list(permutations(professions, 2))
    chosen = [every[i] for i in random.permutation(len(every))[: max(2, len(every) * 2 // 3)]]
    rows = []
    for k, (needed, by) in enumerate(chosen):
        ratio = random.uniform(0.4, 1.0) * worth[by] / worth[needed]
        where = {"*": 1.0, **dict.fromkeys(areas[:1], 0.8), leaves[k % len(leaves)]: 0.9}
        for region in [*where][int(random.integers(0, 2)) :]:
            share = round(random.uniform(0.02, 0.25), 3) if region != leaves[-1] or k else 0.0
            rows.append(
                {
                    "needed": needed,
                    "by": by,
                    "region": region,
                    "ratio": round(float(ratio) * where[region], 3),
                    "max_share": share,
                }
            )
    return {**tables, "substitution": pd.DataFrame(rows)}
