"""Posts drawn at random for generated instances, with every column of their table in use."""

from collections.abc import Mapping

import numpy as np
import pandas as pd


def with_posts(tables: Mapping[str, pd.DataFrame], seed: int) -> dict[str, pd.DataFrame]:
    """Add posts for most professions and regions, some for every year, some for a few, or both.

    They lie from well below to well above what is needed and who is there, so that in some cells
    nobody has no post, in some everybody new is without one, and in some the plan decides.
    """
    random, demand = np.random.default_rng([seed, 77]), tables["demand"]
    years = sorted(demand["year"].astype(int).unique())
    needed = demand.astype({"fte": float}).groupby(["profession", "region"], sort=False)["fte"]
    means = needed.mean().reset_index()
    rows: list[dict[str, object]] = []
    for profession, region, fte in means.itertuples(index=False):
        where, size = {"profession": profession, "region": region}, float(fte)
        kind = int(random.integers(0, 4)) if rows else 3  # none, for every year, for a few, both
        if kind % 2:
            rows.append({**where, "year": "*", "posts": round(size * random.uniform(0.6, 1.3), 2)})
        if kind > 1:
            rows += [
                {**where, "year": year, "posts": round(size * random.uniform(0.6, 1.3), 2)}
                for year in sorted(random.choice(years, min(3, len(years)), replace=False))
            ]
    return {
        **tables,
        "posts": pd.DataFrame(rows, columns=["profession", "region", "year", "posts"]),
    }
