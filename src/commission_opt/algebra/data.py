"""Sets and parameters: plain dictionaries, keyed by the codes of the tables."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy.typing as npt
import pandas as pd

from commission_opt.algebra.pools import Pool, read_pools
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy

Cell = tuple[str, str, int]  # profession, region, year
Use = Mapping[tuple[str, int], Mapping[str, float]]  # line, study year → fund or pool → each


@dataclass(frozen=True, kw_only=True)
class Line:
    """What can be bought in numbers: places on a course, or units of a measure.

    Parameters
    ----------
    profession, region : str
    last_amount, max_amount : int
        Places or units in the year before the plan, and the most that there are.
    step, smallest, largest : int
        Admissible are 0 and the multiples of ``step`` from ``smallest`` (s) to ``largest`` (A);
        both are 0 if there is none.
    """

    profession: str
    region: str
    last_amount: int
    max_amount: int
    step: int
    smallest: int
    largest: int


@dataclass(frozen=True, kw_only=True)
class Course(Line):
    """A course, by the place.

    Parameters
    ----------
    group : str
    duration : int
        d, years.
    fill, completion : float
        φ and κ.
    fte_per_qualifier : float
        ι ε: the share who join, times the FTE of one who does.
    taken_from : str or None
        Profession that its students worked in, if it takes staff.
    fte_from, release : float
        FTE that a student worked there, and the share of it given up while on the course.
    """

    group: str
    duration: int
    fill: float
    completion: float
    fte_per_qualifier: float
    taken_from: str | None = None
    fte_from: float = 0.0
    release: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Measure(Line):
    """A measure, by the unit.

    Parameters
    ----------
    kind : str
    lead : int
        Years from buying to the first year of its effect.
    lasts : int or None
        For how many years a unit lasts, if that is said.
    fte : float
        f: the FTE of a unit, times the share of units that succeed.
    leaver_rate : float
        Own share who leave in a year, NaN if there is none.
    """

    kind: str
    lead: int
    lasts: int | None
    fte: float
    leaver_rate: float


@dataclass(frozen=True)
class Commitment:
    """Least and most of some lines together in each of some years; None for no limit."""

    lines: tuple[str, ...]
    years: range
    least: float | None
    most: float | None


@dataclass(frozen=True)
class Floor:
    """What a floor asks for in one region and year.

    Parameters
    ----------
    professions : tuple of str
        Whose service counts.
    fte : float
        FTE asked for.
    demand_share : float
        Share of their demand asked for.
    mix_share : float
        Share asked for of the service of the professions in ``of``.
    of : tuple of str
    """

    professions: tuple[str, ...]
    fte: float
    demand_share: float
    mix_share: float
    of: tuple[str, ...]


@dataclass(frozen=True)
class Data:
    """The sets and parameters of one problem under one commissioning model.

    Parameters
    ----------
    years, commissioning_years : range
        The horizon, and T.
    professions, regions : tuple of str
        Professions and leaf regions.
    group : mapping of str to str
        By profession.
    courses : mapping of str to Course
    measures : mapping of str to Measure
    substitutes : mapping
        Ratio and max_share by profession needed, profession that does its work, and region.
    workforce, leaver_rate, early_leaver_rate, early_years : mapping
        W, λ, λᵉ and n by profession and region.
    joiners, demand : mapping
        J and D by profession, region and year.
    posts : mapping
        P by profession, region and year, of those that have any.
    destinations : mapping
        a: by profession and region of the course, the share of joiners by region of work.
    pipeline, started : mapping
        Students who started, by course and start year: cohorts yet to enter, and all of them.
    pools : mapping of (str, str) to Pool
        Pools of people, by code and region.
    cost, weeks : mapping
        By line and study year: £ by fund, and placement weeks by pool, per student or unit.
    budgets, capacity : mapping
        £ by fund, region and year; weeks by pool, region and year.
    pay : mapping
        £ per FTE-year, by fund, and profession, region and year.
    within : mapping of str to set of str
        The leaf regions that a region, or ``*``, covers.
    commitments : mapping of str to Commitment
    floors : mapping of (str, str, int) to Floor
        By name, leaf region and year.
    profession_weight, region_weight, population : mapping
    discount : mapping of int to float
        δ^(y − first_year) by year.
    """

    years: range
    commissioning_years: range
    professions: tuple[str, ...]
    regions: tuple[str, ...]
    group: Mapping[str, str]
    courses: Mapping[str, Course]
    measures: Mapping[str, Measure]
    substitutes: Mapping[tuple[str, str, str], tuple[float, float]]
    workforce: Mapping[tuple[str, str], float]
    leaver_rate: Mapping[tuple[str, str], float]
    early_leaver_rate: Mapping[tuple[str, str], float]
    early_years: Mapping[tuple[str, str], int]
    joiners: Mapping[Cell, float]
    demand: Mapping[Cell, float]
    posts: Mapping[Cell, float]
    destinations: Mapping[tuple[str, str], Mapping[str, float]]
    pipeline: Mapping[tuple[str, int], float]
    started: Mapping[tuple[str, int], float]
    pools: Mapping[tuple[str, str], Pool]
    cost: Use
    weeks: Use
    budgets: Mapping[Cell, float]
    capacity: Mapping[Cell, float]
    pay: Mapping[str, Mapping[Cell, float]]
    within: Mapping[str, frozenset[str]]
    commitments: Mapping[str, Commitment]
    floors: Mapping[Cell, Floor]
    profession_weight: Mapping[str, float]
    region_weight: Mapping[str, float]
    population: Mapping[str, float]
    discount: Mapping[int, float]

    @property
    def first_year(self) -> int:
        """First year of the horizon, and of T."""
        return self.years[0]

    @property
    def lines(self) -> dict[str, Line]:
        """All that can be bought, by its code."""
        return {**self.courses, **self.measures}

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups of professions that have a course."""
        return tuple(dict.fromkeys(course.group for course in self.courses.values()))


def read_data(instance: Instance, policy: Policy) -> Data:
    """Take sets and parameters out of an instance, for a commissioning model."""
    professions = tuple(instance.professions["profession"])
    regions = tuple(instance.regions["region"])
    courses = _courses(instance, minimum_cohorts=policy.rules.minimum_cohorts)
    measures = _measures(instance)
    codes, first = (*courses, *measures), instance.first_year

    def by_profession(column: str) -> dict[str, float]:
        return dict(zip(professions, instance.professions[column], strict=True))

    def by_region(column: str) -> dict[str, float]:
        return dict(zip(regions, instance.regions[column].astype(float), strict=True))

    def pairs(grid: npt.NDArray) -> dict:  # type: ignore[type-arg]
        return dict(zip(product(professions, regions), grid.ravel().tolist(), strict=True))

    def cells(grid: npt.NDArray) -> dict[Cell, float]:  # type: ignore[type-arg]
        keys = product(professions, regions, instance.years)
        return dict(zip(keys, grid.ravel().tolist(), strict=True))

    return Data(
        years=instance.years,
        commissioning_years=range(first, first + policy.commissioning_years),
        professions=professions,
        regions=regions,
        group=_group(instance),
        courses=courses,
        measures=measures,
        substitutes={
            (row["needed"], row["by"], row["region"]): (row["ratio"], row["max_share"])
            for row in instance.substitution.to_dict("records")
        },
        workforce=pairs(instance.fte),
        leaver_rate=pairs(instance.leaver_rate),
        early_leaver_rate=pairs(instance.early_leaver_rate),
        early_years=pairs(instance.early_years),
        joiners=cells(instance.joiners),
        demand=cells(instance.demand),
        posts={k: posts for k, posts in cells(instance.posts).items() if not math.isnan(posts)},
        destinations=_destinations(instance, professions, regions),
        pipeline={
            (codes[c], year): started
            for c, year, started in instance.pipeline.itertuples(index=False)
        },
        started={
            (c, int(year)): started
            for c, year, started in instance.tables["pipeline"][
                ["course", "start_year", "started"]
            ].itertuples(index=False)
        },
        pools=read_pools(instance),
        cost=_use(instance.costs, codes),
        weeks=_use(instance.placement_use, codes),
        budgets=_limits(instance.budgets, "fund", "amount"),
        capacity=_limits(instance.placements, "pool", "capacity"),
        pay=_pay(instance, list(product(professions, regions, instance.years))),
        within={
            region: frozenset(q for q, inside in zip(regions, covered, strict=True) if inside)
            for region, covered in instance.scopes.items()
        },
        commitments=_commitments(instance, codes),
        floors=_floors(instance),
        profession_weight=by_profession("weight"),
        region_weight=by_region("weight"),
        population=by_region("population"),
        discount={y: (1 + policy.discount_rate) ** (first - y) for y in instance.years},
    )


def _group(instance: Instance) -> dict[str, str]:
    return dict(zip(instance.professions["profession"], instance.professions["group"], strict=True))


def _courses(instance: Instance, *, minimum_cohorts: bool) -> dict[str, Course]:
    group, courses = _group(instance), {}
    for row in instance.courses.to_dict("records"):
        minimum = row["min_cohort"] if minimum_cohorts else 0
        smallest, largest = _admissible(row["cohort_step"], minimum, row["max_intake"])
        courses[str(row["course"])] = Course(
            profession=row["profession"],
            group=group[row["profession"]],
            region=row["region"],
            duration=row["duration_years"],
            last_amount=row["last_intake"],
            max_amount=row["max_intake"],
            step=row["cohort_step"],
            smallest=smallest,
            largest=largest,
            fill=row["fill_rate"],
            completion=row["completion_rate"],
            fte_per_qualifier=row["join_rate"] * row["fte_per_joiner"],
            taken_from=row["from_profession"] or None,
            fte_from=0.0 if math.isnan(row["fte_from"]) else row["fte_from"],
            release=row["release_rate"],
        )
    return courses


def _measures(instance: Instance) -> dict[str, Measure]:
    measures = {}
    for row in instance.measures.to_dict("records"):
        smallest, largest = _admissible(row["step"], row["min_amount"], row["max_amount"])
        measures[str(row["measure"])] = Measure(
            profession=row["profession"],
            region=row["region"],
            last_amount=row["last_amount"],
            max_amount=row["max_amount"],
            step=row["step"],
            smallest=smallest,
            largest=largest,
            kind=row["kind"],
            lead=row["lead_years"],
            lasts=None if math.isnan(row["lasts_years"]) else int(row["lasts_years"]),
            fte=row["fte_per_unit"] * row["success_rate"],
            leaver_rate=row["leaver_rate"],
        )
    return measures


def _admissible(step: int, least: int, most: int) -> tuple[int, int]:
    """Return the smallest and the largest positive number that may be bought, 0 for none."""
    smallest, largest = step * math.ceil(max(least, 1) / step), step * (most // step)
    return (smallest, largest) if smallest <= largest else (0, 0)


def _destinations(
    instance: Instance, professions: tuple[str, ...], regions: tuple[str, ...]
) -> dict[tuple[str, str], dict[str, float]]:
    shares: dict[tuple[str, str], dict[str, float]] = {}
    for p, origin, q, share in instance.destinations.itertuples(index=False):
        shares.setdefault((professions[p], regions[origin]), {})[regions[q]] = share
    return shares


def _use(rates: pd.DataFrame, codes: tuple[str, ...]) -> dict[tuple[str, int], dict[str, float]]:
    use: dict[tuple[str, int], dict[str, float]] = {}
    columns = rates[["line", "study_year", "code", "rate"]]
    for c, study_year, code, rate in columns.itertuples(index=False):
        use.setdefault((codes[c], study_year), {})[code] = rate
    return use


def _limits(frame: pd.DataFrame, item: str, value: str) -> dict[Cell, float]:
    columns = frame[[item, "region", "year", value]]
    return {(code, r, int(y)): limit for code, r, y, limit in columns.itertuples(index=False)}


def _pay(instance: Instance, cells: list[Cell]) -> dict[str, dict[Cell, float]]:
    pay: dict[str, dict[Cell, float]] = {}
    for fund, cell, rate in instance.pay[["code", "cell", "rate"]].itertuples(index=False):
        pay.setdefault(fund, {})[cells[cell]] = rate
    return pay


def _commitments(instance: Instance, codes: tuple[str, ...]) -> dict[str, Commitment]:
    rows = instance.commitments.to_dict("records")
    return {
        str(row["commitment"]): Commitment(
            lines=tuple(line for line, matched in zip(codes, matches, strict=True) if matched),
            years=range(int(row["first_year"]), int(row["last_year"]) + 1),
            least=None if math.isnan(row["min_places"]) else float(row["min_places"]),
            most=None if math.isnan(row["max_places"]) else float(row["max_places"]),
        )
        for row, matches in zip(rows, instance.commitment_lines, strict=True)
    }


def _floors(instance: Instance) -> dict[Cell, Floor]:
    group = _group(instance)

    def named(code: str) -> tuple[str, ...]:
        return tuple(p for p in group if code in (p, group[p]))

    def given(number: float) -> float:
        return 0.0 if math.isnan(number) else number

    return {
        (str(row["floor"]), row["region"], int(row["year"])): Floor(
            professions=named(row["profession"]),
            fte=given(row["min_fte"]),
            demand_share=given(row["min_demand_share"]),
            mix_share=given(row["min_mix_share"]),
            of=named(row["of"]),
        )
        for row in instance.floors.to_dict("records")
    }
