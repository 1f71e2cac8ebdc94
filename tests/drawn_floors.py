"""Floors drawn at random for generated instances, with every column of their table in use."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

LEAST = ("min_fte", "min_demand_share", "min_mix_share")


def with_floors(
    tables: Mapping[str, pd.DataFrame], count: int, seed: int
) -> dict[str, pd.DataFrame]:
    """Add floors: in FTE, as a share of demand and as a mix, in turn.

    They speak of professions and groups, of leaf regions, larger ones and all, of one year, of
    every year, and of one beyond the horizon; the groups of a mix may have a profession in common.
    """
    random = np.random.default_rng([seed, count, 7])
    professions, demand = tables["professions"], tables["demand"]
    years = sorted({int(year) for year in demand["year"]})
    codes = [*professions["profession"], *professions["group"].drop_duplicates()]
    regions = [*tables["regions"]["region"], "*"]
    rows = []
    for i in range(count):
        profession, of = (str(random.choice(codes)) for _ in range(2))
        kind = LEAST[i % len(LEAST)]
        here = demand[demand["profession"] == professions["profession"].iloc[0]]
        least = {
            "min_fte": round(here["fte"].astype(float).mean() * random.uniform(0.7, 1.3), 1),
            "min_demand_share": round(random.uniform(0.8, 1.15), 3),
            "min_mix_share": round(random.uniform(0.2, 1.4), 3),
        }
        year = random.choice(["*", "*", str(random.choice(years)), ""])
        rows.append(
            {
                "floor": f"floor-{i + 1}",
                "profession": profession,
                "region": str(random.choice(regions)),
                "year": str(years[-1] + 3) if i % 7 == 6 else str(year),
                **{name: least[name] if name == kind else "" for name in LEAST},
                "of": of if kind == "min_mix_share" else "",
            }
        )
    return {**tables, "floors": pd.DataFrame(rows)}
