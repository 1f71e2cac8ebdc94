"""Synthetic instances of any size, with every feature of the format in use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.instance.schema import TABLES, TAKING
from commission_opt.instance.synthetic import ALLOWANCE, FIRST_YEAR, MAX_INCREASE, World, draw_world
from commission_opt.instance.synthetic_levers import usual_measures, with_levers
from commission_opt.instance.synthetic_limits import (
    budgets,
    commitments,
    cost_rates,
    placement_rates,
    placements,
)
from commission_opt.instance.synthetic_measures import with_measures
from commission_opt.text.counts import plural

_COURSES = [column.name for column in TABLES["courses"].columns if column.name not in TAKING]
HOME_SHARE = 0.72  # of joiners, where no group or profession says otherwise


@dataclass(frozen=True)
class Synthetic:
    """A synthetic instance and a commissioning model for it.

    Parameters
    ----------
    settings : dict of str to object
        Keys of ``instance.toml``.
    tables : dict of str to pandas.DataFrame
        Table by name, codes as text, "" for an empty cell and ``*`` for every value.
    model : str
        Text of a commissioning model.
    """

    settings: dict[str, object]
    tables: dict[str, pd.DataFrame]
    model: str


def generate(
    professions: int,
    regions: int,
    years: int,
    seed: int,
    horizon: int = 15,
    measures: int = 0,
    *,
    levers: bool = False,
) -> Synthetic:
    """Generate a synthetic instance; the same arguments give the same instance.

    There is one course per profession and region on average. Budgets, placement capacities and
    commitments leave a little room around what courses take in already, so they bind on growth,
    and repeating an intake near the last one is always a plan in whole numbers.

    Parameters
    ----------
    professions, regions : int
        Number of professions and of leaf regions; four regions or more get parents.
    years : int
        Commissioning years of the model.
    seed : int
        Seed of the random numbers, 0 or more.
    horizon : int
        Years that the instance looks ahead; courses are shortened to count within it.
    measures : int
        Number of measures, at most five for each profession and region, beside what there is
        without any.
    levers : bool
        Whether everything else that can be decided is there too; measures as well, six for ten
        courses, if none are asked for.

    Raises
    ------
    ValueError
        If a count is below 1, there are too many measures, the seed is negative or the horizon is
        not longer than ``years``.
    """
    for name, value in (("professions", professions), ("regions", regions), ("years", years)):
        if value < 1:
            raise ValueError(f"{name} must be 1 or more, not {value}")
    if seed < 0:
        raise ValueError(f"seed must be 0 or more, not {seed}")
    if horizon <= years:
        raise ValueError(
            f"horizon must be longer than the {years} commissioning years, not {horizon}: "
            "otherwise no course that starts in the last of them has graduates in it"
        )
    rng = np.random.default_rng(seed)
    world = draw_world(professions, regions, years, horizon, rng)
    name = f"synthetic-{professions}x{regions}x{years}-seed{seed}"
    tables = _tables(world, rng)
    if levers:
        name += "-levers"
        measures = measures or usual_measures(world)
    if measures:
        name += f"-measures{measures}"
        tables = with_measures(tables, world, measures, seed)
    if levers:
        tables = with_levers(tables, world, seed)
    return Synthetic(_settings(name, world, seed), tables, _model(years))


def _settings(name: str, world: World, seed: int) -> dict[str, object]:
    professions, regions = len(world.professions), len(world.region)
    return {
        "name": name,
        "title": f"Synthetic: {professions} professions in {regions} regions",
        "first_year": FIRST_YEAR,
        "horizon": len(world.years),
        "price_base": "2026/27",
        "description": f"Drawn at random with seed {seed}; no real service, no real place.",
    }


def _model(years: int) -> str:
    return f"""\
name = "synthetic"
title = "Smallest weighted shortfall, commissioned over {plural(years, "year")}"
commissioning_years = {years}
integer = true
discount_rate = 0.035

[rules]
minimum_cohorts = true
budgets = true
placements = true
pace_of_change = {{ max_increase = {MAX_INCREASE}, max_decrease = 0.15, allowance = {ALLOWANCE} }}
level_intake = false
continuation = "repeat"

[[objective]]
minimise = "shortfall"
tiers = [ {{ up_to = 0.05, weight = 1.0 }}, {{ up_to = 0.10, weight = 2.0 }}, {{ weight = 4.0 }} ]
"""


def _tables(world: World, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    cost = cost_rates(world, rng)
    use = placement_rates(world, rng)
    rate_columns = ["course", "profession", "study_year"]
    return {
        "professions": _professions(world),
        "regions": _regions(world, rng),
        "workforce": _workforce(world),
        "demand": _by_year(world, world.demand),
        "courses": world.courses[_COURSES].assign(
            min_cohort=_or_empty(smallest := world.courses["min_cohort"], smallest > 0),
            cohort_step=_or_empty(step := world.courses["cohort_step"], step > 1),
        ),
        "costs": pd.DataFrame(cost, columns=[*rate_columns, "fund", "cost"]),
        "budgets": budgets(world, cost, rng),
        "placements": placements(world, use, rng),
        "placement_use": pd.DataFrame(use, columns=[*rate_columns, "pool", "weeks"]),
        "destinations": _destinations(world, rng),
        "pipeline": _pipeline(world),
        "joiners": _by_year(world, world.joiners).query("fte != 0").reset_index(drop=True),
        "commitments": commitments(world),
        "assumptions": _assumptions(),
    }


def _professions(world: World) -> pd.DataFrame:
    table = world.professions[["profession", "group", "weight"]]
    title = "Profession " + table["profession"].str[1:] + " (" + table["group"] + ")"
    table.insert(1, "title", title)
    return table


def _regions(world: World, rng: np.random.Generator) -> pd.DataFrame:
    people = np.round(rng.uniform(600, 2400, len(world.region))).astype(np.int64) * 1000
    total = np.bincount(world.parent, people, len(world.area)) if world.area else np.empty(0)
    parent = [world.area[i] for i in world.parent] if world.area else [""] * len(people)
    weight = rng.choice(np.array(["", "1.1", "0.95"]), len(people))
    return pd.DataFrame(
        {
            "region": world.area + world.region,
            "title": [f"Area {c[1:]}" for c in world.area]
            + [f"Region {c[1:]}" for c in world.region],
            "parent": [""] * len(world.area) + parent,
            "population": np.append(total, people).astype(np.int64),
            "weight": [""] * len(world.area) + list(weight),
        }
    )


def _workforce(world: World) -> pd.DataFrame:
    regions = len(world.region)
    staff = world.professions.loc[world.professions.index.repeat(regions)]
    early = staff["early_years"] > 0
    return pd.DataFrame(
        {
            "profession": staff["profession"].to_numpy(),
            "region": np.tile(world.region, len(world.professions)),
            "fte": world.fte.ravel(),
            "leaver_rate": world.leaver_rate.ravel(),
            "early_leaver_rate": _or_empty(staff["early_rate"], early),
            "early_years": _or_empty(staff["early_years"], early),
        }
    )


def _or_empty(values: pd.Series, given: pd.Series) -> pd.Series:
    return pd.Series(np.where(given, values.astype(object), "")).infer_objects()


def _by_year(world: World, fte: Floats) -> pd.DataFrame:
    count, regions, horizon = fte.shape
    return pd.DataFrame(
        {
            "profession": np.repeat(world.professions["profession"].to_numpy(), regions * horizon),
            "region": np.tile(np.repeat(world.region, horizon), count),
            "year": np.tile(world.years, count * regions),
            "fte": fte.ravel(),
        }
    )


def _destinations(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Joiners stay or move to the nearest regions; some leave the service altogether."""
    levels = [("*", HOME_SHARE, world.region)]
    if "medical" in world.groups:
        levels.append(("medical", 0.5, world.region))
    # A few professions have figures of their own, and only for every other region.
    some = world.professions["profession"].iloc[1::9]
    levels += [(code, 0.85, world.region[::2]) for code in some]
    rows = [
        (key, start, end, share)
        for key, home, starts in levels
        for start in starts
        for end, share in _shares(world.region, world.region.index(start), home, rng)
    ]
    return pd.DataFrame(rows, columns=["profession", "from_region", "to_region", "share"])


def _shares(
    region: list[str], start: int, home: float, rng: np.random.Generator
) -> list[tuple[str, float]]:
    """Shares of the joiners from one region by destination, at most five of them."""
    near = dict.fromkeys((start + step) % len(region) for step in (0, 1, -1, 2, -2))
    pull = np.array([0.40, 0.30, 0.18, 0.12])[: len(near) - 1]
    stay = home if len(near) > 1 else 0.94
    moving = (1 - home) * pull / pull.sum() * rng.uniform(0.7, 1.0, len(pull))
    shares = np.round(np.append(stay * rng.uniform(0.93, 1.0), moving), 3).tolist()
    return list(zip([region[i] for i in near], shares, strict=True))


def _pipeline(world: World) -> pd.DataFrame:
    course, ago = np.nonzero(world.started)
    table = pd.DataFrame(
        {
            "course": world.courses["course"].to_numpy()[course],
            "start_year": FIRST_YEAR - 1 - ago,
            "started": world.started[course, ago],
        }
    )
    return table.sort_values(["course", "start_year"], ignore_index=True)


def _assumptions() -> pd.DataFrame:
    """One row for each kind of figure drawn at random."""
    rows = [
        ("turnover", "workforce", "leaver_rate", "4 % to 11 %", "green", "red"),
        ("early turnover", "workforce", "early_leaver_rate", "a little more", "amber", "amber"),
        ("need", "demand", "fte", "steady growth or decline", "amber", "red"),
        ("attrition", "courses", "completion_rate", "74 % to 96 %", "amber", "amber"),
        ("unfilled places", "courses", "fill_rate", "88 % to 100 %", "green", "amber"),
        ("joining", "courses", "join_rate", "75 % to 95 %", "amber", "amber"),
        ("movement", "destinations", "share", "half or more stay", "red", "amber"),
        ("cost of training", "costs", "cost", "by group", "green", "amber"),
        ("placement weeks", "placement_use", "weeks", "by group", "red", "green"),
        ("recruitment", "joiners", "fte", "tapers by 10 % a year", "red", "amber"),
    ]
    columns = ["assumption", "table", "column", "value", "quality", "impact"]
    table = pd.DataFrame(rows, columns=columns)
    table.insert(4, "source", "drawn at random")
    table.insert(5, "owner", "synthetic")
    return table
