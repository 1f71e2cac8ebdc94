"""Who may do whose work in an imaginary health service, how many are employed, and what is safe."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.instance.synthetic import World

Tables = dict[str, pd.DataFrame]
_SUBSTITUTED, _POSTS, _FLOORS = 6, 3, 4  # one profession in so many


def with_substitution(tables: Tables, world: World, rng: np.random.Generator) -> Tables:
    """Let staff of some professions do a little of the work of others, less so in one region."""
    codes, rows = world.professions["profession"], []
    for p in range(0, len(codes) - 1, _SUBSTITUTED):
        ratio, share = round(rng.uniform(0.5, 0.95), 2), round(rng.uniform(0.02, 0.06), 3)
        rows.append((codes.iloc[p], codes.iloc[p + 1], "*", ratio, share))
        if len(world.region) > 1:
            own = world.region[p // _SUBSTITUTED % len(world.region)]
            rows.append((codes.iloc[p], codes.iloc[p + 1], own, ratio, round(share / 2, 4)))
    if not rows:
        return tables
    columns = ["needed", "by", "region", "ratio", "max_share"]
    return {**tables, "substitution": pd.DataFrame(rows, columns=columns)}


def with_posts(tables: Tables, world: World, rng: np.random.Generator) -> Tables:
    """Limit those employed in some professions near what is needed.

    Where measures reshape work posts cover all of it, so that staff alone are ever missing there.
    """
    reshaped = set[tuple[str, str]]()
    if "measures" in tables:
        own = tables["measures"].query("kind == 'reshape'")
        reshaped = set(zip(own["profession"], own["region"], strict=True))
    codes, rows = world.professions["profession"], []
    for p in range(1, len(codes), _POSTS):
        for q, region in enumerate(world.region):
            most = float(world.demand[p, q].max())
            part = rng.uniform(0.97, 1.06)
            if (codes.iloc[p], region) in reshaped:
                part = max(part, 1.0)
            rows.append((codes.iloc[p], region, "*", np.ceil(part * most)))
    if not rows:
        return tables
    return {
        **tables, "posts": pd.DataFrame(rows, columns=["profession", "region", "year", "posts"])
    }  # fmt: skip


def with_floors(tables: Tables, world: World, rng: np.random.Generator) -> Tables:
    """Say what staffing is safe: a share of demand, a number of FTE, or a mix of professions."""
    codes, rows = world.professions["profession"], list[tuple[object, ...]]()
    for k, p in enumerate(range(0, len(codes), _FLOORS)):
        code, share = codes.iloc[p], round(rng.uniform(0.8, 0.92), 2)
        if k % 3 == 0 or p + 1 == len(codes):
            rows.append((f"share-{code}", code, "*", "*", "", share, "", ""))
        elif k % 3 == 1:
            region = world.region[k % len(world.region)]
            fte = round(share * float(world.fte[p, k % len(world.region)]), 1)
            rows.append((f"least-{code}", code, region, "*", fte, "", "", ""))
        else:
            mix = share * float(world.fte[p].sum() / world.fte[p + 1].sum())
            rows.append((f"mix-{code}", code, "*", "*", "", "", round(mix, 3), codes.iloc[p + 1]))
    columns = ["floor", "profession", "region", "year"]
    columns += ["min_fte", "min_demand_share", "min_mix_share", "of"]
    return {**tables, "floors": pd.DataFrame(rows, columns=columns)}
