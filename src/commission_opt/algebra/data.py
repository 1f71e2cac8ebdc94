"""Sets and parameters: plain dictionaries, keyed by the codes of the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from commission_opt.algebra.pools import Pool

Cell = tuple[str, str, int]  # profession, region, year
Use = Mapping[tuple[str, int], Mapping[str, float]]  # line, study year → fund or pool → each


@dataclass(frozen=True, kw_only=True)
class Line:
    """What can be bought in numbers: places on a course, or units of a measure.

    Parameters
    ----------
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
    floors : mapping of (str, str, int) to Floor
        By name, leaf region and year.
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
