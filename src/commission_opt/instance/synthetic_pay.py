"""Pay of an imaginary health service, and a budget for all of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.instance.synthetic import World

_FUND = "pay"
_USUAL = 42_000  # £ per FTE-year
_OF_GROUP = {"medical": 95_000, "nursing": 40_000}


def with_pay(
    tables: dict[str, pd.DataFrame], world: World, rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """Let a fund pay all staff, with enough for a plan near the last one."""
    groups = [group for group in _OF_GROUP if group in world.groups]
    rows = [("*", _USUAL), *((group, _OF_GROUP[group]) for group in groups)]
    pay = pd.DataFrame(
        [(_FUND, kind, "*", "*", amount) for kind, amount in rows],
        columns=["fund", "profession", "region", "year", "pay"],
    )
    each = world.professions["group"].map(_OF_GROUP).fillna(_USUAL).to_numpy(float)
    amounts = np.ceil(each @ _most(tables, world) * rng.uniform(1.0, 1.01) / 1e6) * 1e6
    budgets = pd.DataFrame(
        {
            "fund": _FUND,
            "region": "*",
            "year": world.years,
            "amount": amounts.astype(np.int64),
        }
    )
    both = [tables["budgets"].astype(object), budgets.astype(object)]
    return {**tables, "pay": pay, "budgets": pd.concat(both, ignore_index=True)}


def _most(tables: dict[str, pd.DataFrame], world: World) -> Floats:
    """Return the most staff that the safe intakes and last year's units can lead to, (P, H)."""
    join = np.maximum(world.joiners, 0.0).sum(axis=1) + _qualified(world)
    extra = np.zeros_like(join)
    if "measures" in tables:
        table = tables["measures"]
        at = pd.Index(world.professions["profession"]).get_indexer(table["profession"])
        fte = table["last_amount"].astype(float) * table["fte_per_unit"].astype(float)
        stays = (table["kind"] == "recruit").to_numpy()
        np.add.at(join, at[stays], fte.to_numpy()[stays, None])
        passing = (table["kind"] == "temporary").to_numpy()
        np.add.at(extra, at[passing], fte.to_numpy()[passing, None])
    stay, now = 1.0 - world.leaver_rate.min(axis=1), world.fte.sum(axis=1)
    found = np.zeros_like(join)
    for y in range(join.shape[1]):
        now = now * (stay if y else 1.0) + join[:, y]
        found[:, y] = now
    return np.asarray(found + extra)


def _qualified(world: World) -> Floats:
    """Return the FTE who qualify and join in each year, wherever they go, (P, H)."""
    courses, horizon = world.courses, len(world.years)
    rates = ["completion_rate", "join_rate", "fte_per_joiner"]
    fte = courses[rates].prod(axis=1).to_numpy(float)
    safe = (courses["safe_intake"] * courses["fill_rate"]).to_numpy(float)
    found = np.zeros((len(world.professions), horizon))
    for i, (p, years) in enumerate(courses[["p", "duration_years"]].to_numpy(int)):
        for y in range(horizon):
            ago = years - y  # years before the first one in which they started
            started = world.started[i, ago - 1] if ago > 0 else safe[i]
            found[p, y] += fte[i] * started
    return found
