"""Every lever beside places in an imaginary health service."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats, Ints
from commission_opt.instance.synthetic import World

_EVERY = 6  # professions from one pair to the next
_STAY = 0.3  # share of those not drawn who wait for another year
_OFFERED = 0.9  # of what a plan near the last one offers
_FUND = "pay"
_USUAL = 42_000  # £ per FTE-year
_OF_GROUP = {"medical": 95_000, "nursing": 40_000}
_TAKING_EVERY = 8  # one profession in so many is trained from staff of another
_OTHERS = 3  # largest professions that staff come from, in turn
_SPARE = 0.8  # part of the staff who would stay that a plan near the last one may take
_SUBSTITUTED, _POSTS, _FLOORS = 6, 3, 4  # one profession in so many
_MEASURES = 0.6  # measures for each profession and region, where no number is asked for

Tables = dict[str, pd.DataFrame]


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
        {"fund": _FUND, "region": "*", "year": world.years, "amount": amounts.astype(np.int64)}
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


def with_taking(
    tables: dict[str, pd.DataFrame], world: World, rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """Let the courses of some professions take staff, where there are enough of them.

    The safe intake of every course can be run every year without supply falling below nothing.
    """
    courses, found = world.courses, tables["courses"].copy()
    source, taken, release = (np.full(len(found), "", dtype=object) for _ in range(3))
    kept = (1.0 - world.leaver_rate) ** len(world.years)  # of each member of staff, at the end
    left = _SPARE * world.fte * kept
    largest = np.argsort(-world.fte.sum(axis=1), kind="stable")[:_OTHERS]
    p, q = courses["p"].to_numpy(int), courses["q"].to_numpy(int)
    safe = courses["safe_intake"].to_numpy(float)
    for i in np.flatnonzero(p % _TAKING_EVERY == _TAKING_EVERY // 2 - 1):
        fte, part = round(rng.uniform(0.5, 0.9), 2), round(rng.uniform(0.2, 0.6), 2)
        others = [other for other in largest.tolist() if other != p[i]]
        if not others:
            continue
        other = others[int(p[i]) // _TAKING_EVERY % len(others)]
        where = other, q[i]
        each_year = safe[i] * (1.0 + (1.0 - kept[where]) / world.leaver_rate[where])
        gone = fte * (world.started[i].sum() * kept[where] + each_year)
        if gone <= left[where]:
            left[where] -= gone
            source[i] = world.professions["profession"].iloc[other]
            taken[i], release[i] = fte, part
    found["from_profession"], found["fte_from"], found["release_rate"] = source, taken, release
    return {**tables, "courses": found}


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


_ADDED: tuple[Callable[[Tables, World, np.random.Generator], Tables], ...] = (
    with_taking,
    with_pathways,
    with_substitution,
    with_posts,
    with_floors,
    with_pay,
)


def usual_measures(world: World) -> int:
    """Return the number of measures of an instance that has every lever."""
    return max(1, round(_MEASURES * len(world.professions) * len(world.region)))


def with_levers(tables: Tables, world: World, seed: int) -> Tables:
    """Add every lever but measures to the tables of an instance; a plan near the last one stays.

    Parameters
    ----------
    tables : dict of str to pandas.DataFrame
        With measures, if there are any.
    """
    for k, add in enumerate(_ADDED):
        tables = add(tables, world, np.random.default_rng([seed, k]))
    return tables
