"""Sets and parameters: plain dictionaries, keyed by the codes of the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from commission_opt.algebra.pools import Pool

Cell = tuple[str, str, int]  # profession, region, year
Use = Mapping[tuple[str, int], Mapping[str, float]]  # line, study year → fund or pool → each


@dataclass(frozen=True, kw_only=True)
class Line:
    """What can be bought in numbers: places on a course, or units of a measure."""

    profession: str
    region: str
    # last_amount, max_amount: places or units in the year before the plan, and the most that there
    # are
    last_amount: int
    max_amount: int
    # step, smallest, largest: admissible are 0 and the multiples of ``step`` from ``smallest`` (s)
    # to ``largest`` (A); both are 0 if there is none
    step: int
    smallest: int
    largest: int


@dataclass(frozen=True, kw_only=True)
class Course(Line):
    """A course, by the place."""

    group: str
    duration: int  # d, years
    # fill, completion: φ and κ
    fill: float
    completion: float
    fte_per_qualifier: float  # ι ε: the share who join, times the FTE of one who does
    taken_from: str | None = None  # profession that its students worked in, if it takes staff
    # fte_from, release: FTE that a student worked there, and the share of it given up while on the
    # course
    fte_from: float = 0.0
    release: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Measure(Line):
    """A measure, by the unit."""

    kind: str
    lead: int  # years from buying to the first year of its effect
    lasts: int | None  # for how many years a unit lasts, if that is said
    fte: float  # f: the FTE of a unit, times the share of units that succeed
    leaver_rate: float  # own share who leave in a year, NaN if there is none


@dataclass(frozen=True)
class Commitment:
    """Least and most of some lines together in each of some years; None for no limit."""

    lines: tuple[str, ...]
    years: range
    least: float | None
    most: float | None


@dataclass(frozen=True)
class Floor:
    """What a floor asks for in one region and year."""

    professions: tuple[str, ...]  # whose service counts
    fte: float  # FTE asked for
    demand_share: float  # share of their demand asked for
    mix_share: float  # share asked for of the service of the professions in ``of``
    of: tuple[str, ...]


@dataclass(frozen=True)
class Data:
    """The sets and parameters of one problem under one commissioning model."""

    # years, commissioning_years: the horizon, and T
    years: range
    commissioning_years: range
    # professions, regions: professions and leaf regions
    professions: tuple[str, ...]
    regions: tuple[str, ...]
    group: Mapping[str, str]  # by profession
    courses: Mapping[str, Course]
    measures: Mapping[str, Measure]
    # ratio and max_share by profession needed, profession that does its work, and region
    substitutes: Mapping[tuple[str, str, str], tuple[float, float]]
    # workforce, leaver_rate, early_leaver_rate, early_years: W, λ, λᵉ and n by profession and
    # region
    workforce: Mapping[tuple[str, str], float]
    leaver_rate: Mapping[tuple[str, str], float]
    early_leaver_rate: Mapping[tuple[str, str], float]
    early_years: Mapping[tuple[str, str], int]
    # joiners, demand: j and D by profession, region and year
    joiners: Mapping[Cell, float]
    demand: Mapping[Cell, float]
    posts: Mapping[Cell, float]  # p by profession, region and year, of those that have any
    # a: by profession and region of the course, the share of joiners by region of work
    destinations: Mapping[tuple[str, str], Mapping[str, float]]
    # pipeline, started: students who started, by course and start year: cohorts yet to enter, and
    # all of them
    pipeline: Mapping[tuple[str, int], float]
    started: Mapping[tuple[str, int], float]
    pools: Mapping[tuple[str, str], Pool]  # pools of people, by code and region
    # cost, weeks: by line and study year: £ by fund, and placement weeks by pool, per student or
    # unit
    cost: Use
    weeks: Use
    # budgets, capacity: £ by fund, region and year; weeks by pool, region and year
    budgets: Mapping[Cell, float]
    capacity: Mapping[Cell, float]
    # £ per FTE-year, by fund, and profession, region and year
    pay: Mapping[str, Mapping[Cell, float]]
    within: Mapping[str, frozenset[str]]  # the leaf regions that a region, or ``*``, covers
    commitments: Mapping[str, Commitment]
    floors: Mapping[Cell, Floor]  # by name, leaf region and year
    profession_weight: Mapping[str, float]
    region_weight: Mapping[str, float]
    population: Mapping[str, float]
    discount: Mapping[int, float]  # δ^(y − first_year) by year

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
