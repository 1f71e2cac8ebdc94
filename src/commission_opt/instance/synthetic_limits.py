"""What the students of an imaginary health service cost, and limits that leave them little room."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.instance.synthetic import FIRST_YEAR, GROUPS, JOIN_YIELD, Group, World

RAMP_YEARS = 8  # years over which budgets and capacities grow to their full size
SPARE_COHORT = 0.35  # part of one small cohort that every limit leaves free, for tiny instances

Rate = tuple[str, str, str, str, float]  # course, profession, study year, fund or pool, value
Mask = npt.NDArray[np.bool_]
# Name, what it is about, at least and at most these shares of the safe intake, owner, reason.
_Promise = tuple[str, dict[str, str], tuple[float | None, float | None], str, str]


def cost_rates(world: World, rng: np.random.Generator) -> list[Rate]:
    """Draw the rows of ``costs``, £ per student; later rows override earlier ones."""
    rows: list[Rate] = [
        ("*", "*", "*", "training", GROUPS["nursing"].training),
        ("*", "*", "*", "tariff", 3500),
        ("*", "*", "1", "tariff", 2600),
    ]
    rows += [
        ("*", name, "*", "training", group.training)
        for name, group in GROUPS.items()
        if name in world.groups - {"nursing"}
    ]
    for i, (code, group) in enumerate(_professions(world)):
        cost = round(group.training * rng.uniform(0.8, 1.3), -1)
        # One kind of override per profession: two kinds could leave no row that beats the others.
        if i % 5 == 0:
            rows.append(("*", code, "1", "training", cost))
        elif i % 5 == 1:
            rows.append((_first_course(world, i), "*", "*", "training", cost))
        elif i % 5 == 2:
            rows.append(("*", code, "*", "training", cost))
        if i % 7 == 3:
            tariff = round(rng.uniform(3000, 5500), -1)
            rows += [("*", code, "*", "tariff", tariff), ("*", code, "1", "tariff", tariff - 500)]
    return rows


def placement_rates(world: World, rng: np.random.Generator) -> list[Rate]:
    """Draw the rows of ``placement_use``, weeks per student; later rows override earlier ones."""
    rows: list[Rate] = [("", "", "*", "community", 3)]
    for name, group in GROUPS.items():
        if name in world.groups:
            rows += [("", name, "*", pool, weeks) for pool, weeks in group.weeks.items()]
    for i, (code, group) in enumerate(_professions(world)):
        usual = group.weeks
        pool, weeks = next(iter(usual.items()))
        if i % 2 == 1:
            drawn = rng.uniform(0.5, 1.6, len(usual))
            rows += [
                ("", code, "*", p, round(w * f, 1))
                for (p, w), f in zip(usual.items(), drawn, strict=True)
            ]
        elif i % 6 == 0:
            rows.append(("", code, "1", pool, round(weeks * 0.6, 1)))
        elif i % 6 == 2:
            rows.append((_first_course(world, i), code, "*", pool, round(weeks * 0.7, 1)))
        else:
            rows.append(("", code, "*", "community", 0))
    return rows


def _professions(world: World) -> Iterator[tuple[str, Group]]:
    table = world.professions
    return ((p, GROUPS[g]) for p, g in zip(table["profession"], table["group"], strict=True))


def _first_course(world: World, profession: int) -> str:
    return str(world.courses["course"].iloc[np.searchsorted(world.courses["p"], profession)])


def budgets(world: World, rates: list[Rate], rng: np.random.Generator) -> pd.DataFrame:
    """Set ``budgets`` of every fund, year, region and parent region and the country, £.

    They are whole thousands; ``rates`` are the rows of ``costs``.
    """
    nodes, inside = _nodes(world)
    # The larger the region, the tighter: not every region can use all of its own budget.
    room = np.array([0.5] + [0.6] * len(world.area) + [0.8] * len(world.region))
    frames = []
    for fund in ("training", "tariff"):
        amount = _limits(world, _resolve(world, rates, fund), inside, room, rng)
        frames.append(_long("fund", fund, nodes, world, np.ceil(amount / 1000) * 1000))
    table = pd.concat(frames, ignore_index=True)
    return table.rename(columns={"value": "amount"}).astype({"amount": np.int64})


def placements(world: World, rates: list[Rate], rng: np.random.Generator) -> pd.DataFrame:
    """Set ``placements``, weeks in every pool that a leaf region's courses use.

    A row for all years is overridden in some; ``rates`` are the rows of ``placement_use``.
    """
    inside = np.arange(len(world.region))[:, None] == world.courses["q"].to_numpy()
    frames = []
    for i, pool in enumerate(dict.fromkeys(row[3] for row in rates)):
        weeks = _resolve(world, rates, pool)
        capacity = np.ceil(_limits(world, weeks, inside, np.ones(len(inside)), rng))
        usual = capacity.max(1, keepdims=True)
        table = _long("pool", pool, world.region, world, capacity)
        if i % 3 == 0:  # new capacity opens
            keep = table["year"] >= FIRST_YEAR + len(world.years) // 2
            table["value"] = np.ceil(np.repeat(usual, len(world.years)) * 1.02)
        else:  # capacity is still being built up
            keep = table["year"] < FIRST_YEAR + i % 3
        every = pd.DataFrame({"pool": pool, "region": world.region, "year": "*"})
        every["value"] = usual
        frames += [every, table[keep].astype({"year": str})]
    table = pd.concat(frames, ignore_index=True).query("value > 0").reset_index(drop=True)
    return table.rename(columns={"value": "capacity"}).astype({"capacity": np.int64})


def commitments(world: World) -> pd.DataFrame:
    """Promise floors and ceilings on places that the safe intake keeps: ``commitments``."""
    board, courses = "national board", world.courses
    short, plenty = _extremes(world)
    asked: list[_Promise] = [
        *((f"grow-{p}", {"profession": p}, (1.0, None), board, "known shortage") for p in short),
        *((f"hold-{p}", {"profession": p}, (None, 1.0), board, "enough staff") for p in plenty),
    ]
    for region in world.area or world.region:
        where = {"group": "nursing", "region": region}
        reason = "ward staffing agreement"
        asked.append((f"keep-{region}", where, (0.96, None), "chief nurse", reason))
    if "medical" in world.groups:
        where = {"group": "medical", "region": "*"}
        asked.append(("cap-medical", where, (None, 1.06), board, "supervisors"))
    first = world.region[0]
    asked.append(("room", {"region": first}, (0.8, 1.15), first, "teaching rooms"))
    for provider in sorted(set(courses["provider"]) - {""})[::5]:
        where = {"provider": provider}
        asked.append((f"run-{provider}", where, (0.9, None), provider, "contract"))
    largest = {"course": str(courses["course"].iloc[courses["last_intake"].argmax()])}
    asked.append(("flagship", largest, (0.95, 1.2), board, "new campus"))
    rows = [_promise(world, *each) for each in asked]
    table = pd.DataFrame([row for row in rows if row["min_places"] or row["max_places"]])
    table.insert(6, "first_year", FIRST_YEAR)
    table.insert(7, "last_year", FIRST_YEAR + world.commissioned - 1)
    return table


def _extremes(world: World) -> tuple[list[str], list[str]]:
    """Find the tenth of the professions that training covers least, and the tenth best covered."""
    places = np.bincount(world.courses["p"], world.courses["safe_intake"])
    total = world.fte.sum(1)
    change = (places * JOIN_YIELD - (world.fte * world.leaver_rate).sum(1)) / total
    wanted = (world.demand[:, :, -1].sum(1) / total - 1) / len(world.years)
    order = world.professions["profession"].iloc[np.argsort(change - wanted, kind="stable")]
    count = -(-len(order) // 10)
    return order[:count].tolist(), order[count:][-count:].tolist()


def _promise(
    world: World,
    name: str,
    where: dict[str, str],
    shares: tuple[float | None, float | None],
    owner: str,
    reason: str,
) -> dict[str, object]:
    """One commitment: at least and at most these shares of the safe intake that matches."""
    nodes, inside = _nodes(world)
    match = inside[nodes.index(where.get("region", "*"))].copy()
    for column in where.keys() - {"region"}:
        match &= (world.courses[column] == where[column]).to_numpy()
    places = int(world.courses["safe_intake"][match].sum())
    low, high = shares
    return {
        "commitment": name,
        **{c: where.get(c, "") for c in ("profession", "group", "region", "provider", "course")},
        "min_places": "" if low is None else int(np.floor(low * places)),
        "max_places": "" if high is None else int(np.ceil(high * places)),
        "owner": owner,
        "reason": reason,
    }


def _nodes(world: World) -> tuple[list[str], Mask]:
    """Regions that may have a budget, and which courses (columns) each of them covers."""
    region = world.courses["q"].to_numpy()
    nation = np.ones((1, len(region)), dtype=np.bool_)
    leaves = np.arange(len(world.region))[:, None] == region
    if not world.area:
        return ["*", *world.region], np.vstack([nation, leaves])
    areas = np.arange(len(world.area))[:, None] == world.parent[region]
    return ["*", *world.area, *world.region], np.vstack([nation, areas, leaves])


def _long(key: str, name: str, regions: list[str], world: World, values: Floats) -> pd.DataFrame:
    horizon = len(world.years)
    return pd.DataFrame(
        {
            key: name,
            "region": np.repeat(regions, horizon),
            "year": np.tile(world.years, len(regions)),
            "value": values.ravel(),
        }
    )


def _resolve(world: World, rates: list[Rate], item: str) -> Floats:
    """Value of one fund or pool by course and study year, (C, D)."""
    courses, table = world.courses, np.zeros(world.started.shape)
    for course, kind, year, name, value in rates:
        if name != item:
            continue
        if course not in {"", "*"}:
            match = courses["course"] == course
        else:
            match = (courses[["profession", "group"]] == kind).any(axis=1) | (kind in {"", "*"})
        table[match, slice(None) if year == "*" else int(year) - 1] = value
    return table


def _limits(
    world: World, rate: Floats, inside: Mask, room: Floats, rng: np.random.Generator
) -> Floats:
    """Use of the safe intake, and some room, by region (row of ``inside``) and year, (N, H)."""
    use, cohort = _use(world, rate)
    first = rng.uniform(0.015, 0.045, len(inside))
    full = first + rng.uniform(0.0, 0.08, len(inside))
    ramp = np.minimum(np.arange(len(world.years)) / RAMP_YEARS, 1.0)
    growth = 1 + room[:, None] * (first[:, None] + (full - first)[:, None] * ramp)
    users = np.maximum((inside & (cohort > 0)).sum(1), 1)
    spare = SPARE_COHORT * (inside @ cohort) / users
    return np.asarray((inside @ use) * growth + spare[:, None])


def _use(world: World, rate: Floats) -> tuple[Floats, Floats]:
    """Use of the safe intake by course and year, (C, H), and of each smallest cohort, (C,)."""
    courses, horizon = world.courses, len(world.years)
    longest = rate.shape[1]
    study = np.arange(longest)
    completion, duration, fill, safe, smallest = (
        courses[name].to_numpy()
        for name in ("completion_rate", "duration_years", "fill_rate", "safe_intake", "smallest")
    )
    stay = completion[:, None] ** (study / duration[:, None])
    per_student = np.where(study < duration[:, None], stay * rate, 0.0)
    planned = np.repeat((safe * fill)[:, None], horizon, axis=1)
    # Column `longest` holds those who start in the first year, the ones before it the pipeline.
    starts = np.hstack([world.started[:, ::-1], planned])
    use = np.zeros((len(rate), horizon))
    for j in study:
        use += per_student[:, [j]] * starts[:, longest - j : longest - j + horizon]
    return use, smallest * fill * per_student.sum(1)
