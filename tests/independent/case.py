"""An instance as the independent model holds it, and what follows from places."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Row = dict[str, str]
Policy = dict[str, Any]
Key = tuple[str, str, int]
Pair = tuple[str, str, str]  # profession needed, profession that does its work, region
Rates = dict[tuple[str, int], dict[str, float]]  # (line, study year) -> fund or pool -> each
# Places and units by (line, year), and FTE deployed by (needed, by, region, year).
Places = Mapping[tuple[Any, ...], float]


class Course(NamedTuple):
    profession: str
    region: str
    provider: str
    source: str  # profession that its students worked in, if any
    duration: int
    last_intake: float
    max_intake: float
    min_cohort: float
    step: float
    fill: float
    completion: float
    join: float
    fte: float
    fte_from: float
    release: float


class Measure(NamedTuple):
    kind: str
    profession: str
    region: str
    lead: int
    fte: float
    success: float
    leaver: float  # nan if it has none of its own
    lasts: float  # nan if that is not said
    paid: int
    last_amount: float
    max_amount: float
    min_amount: float
    step: float


Bought = Course | Measure


class Cohort(NamedTuple):
    line: str
    start: int
    started: float  # students, after the fill rate, or units


@dataclass
class Case:
    years: range
    group: dict[str, str]  # profession -> group
    profession_weight: dict[str, float]
    region_weight: dict[str, float]
    parent: dict[str, str]  # region -> parent, "" at the top
    workforce: dict[tuple[str, str], float]
    leaver: dict[tuple[str, str], float]
    early: dict[tuple[str, str], tuple[float, int]]  # rate and years, where given
    demand: dict[Key, float]
    posts: dict[Key, float]  # where there are any
    joiners: dict[Key, float]
    courses: dict[str, Course]
    measures: dict[str, Measure]
    pipeline: dict[tuple[str, int], float]
    destinations: dict[tuple[str, str], dict[str, float]]  # (profession, from) -> to -> share
    cost: Rates
    weeks: Rates
    budgets: dict[Key, float]
    capacity: dict[Key, float]
    pay: dict[tuple[str, str, str, int], float]  # (fund, profession, region, year), £ per FTE-year
    commitments: list[Row]
    pathways: list[Row] = field(default_factory=list)
    eligible: list[Row] = field(default_factory=list)
    floors: list[Row] = field(default_factory=list)
    # Ratio and max_share, in leaf regions.
    substitutes: dict[Pair, tuple[float, float]] = field(default_factory=dict)

    @property
    def lines(self) -> dict[str, Bought]:
        return {**self.courses, **self.measures}


class Use(NamedTuple):
    committed: float  # pipeline
    planned: float  # commissioned
    continued: float


class Pool(NamedTuple):
    entrants: float
    fed: float
    carried: float
    eligible: float
    drawn: float
    offer: float  # share of those eligible who must be drawn


@dataclass
class Outcome:
    supply: dict[Key, float]
    demand: dict[Key, float]  # what measures leave of it
    retained: dict[Key, float]
    base_supply: dict[Key, float]  # no places commissioned or continued
    service: dict[Key, float]  # supply after those deployed have moved to the work of others
    shortfall: dict[Key, float]
    unemployed: dict[Key, float]  # where there are posts
    spend: dict[Key, Use]  # one entry per budget row of the horizon
    placements: dict[Key, Use]  # one entry per capacity and year
    objective: float
    without_new_places: float
    pools: dict[Key, Pool]  # by pool, region as in eligible.csv, and year
    floors: dict[Key, tuple[float, float]]  # (floor, region, year) -> asked for, and there


def code(row: Row, column: str) -> str:
    """A cell that may be a wildcard: absent, empty and `*` all mean every value."""
    return row.get(column) or "*"


def number(row: Row, column: str, default: float = math.nan) -> float:
    return float(row.get(column) or default)


def stands_for(cell: str, year: int) -> bool:
    return cell == "*" or int(cell) == year


def last_year(line: Bought) -> float:
    return line.last_amount if isinstance(line, Measure) else line.last_intake


def most(line: Bought) -> float:
    return line.max_amount if isinstance(line, Measure) else line.max_intake


def paid_years(line: Bought) -> int:
    return line.paid if isinstance(line, Measure) else line.duration


def commissioning_years(case: Case, policy: Policy) -> range:
    return range(case.years[0], case.years[0] + policy["commissioning_years"])


def around(case: Case, region: str) -> list[str]:
    """The region, everything it lies in, and `*`: what a filter or a budget may name it by."""
    names = [region]
    while case.parent[names[-1]]:
        names.append(case.parent[names[-1]])
    return [*names, "*"]


def filled(line: Bought) -> float:
    return 1.0 if isinstance(line, Measure) else line.fill
