"""What people wrote that binds places, statement by statement, each to be dropped or bent alone.

A statement is a budget, a capacity, a commitment, a course's own figure or what a rule of the
model says of a course or region. Demand is none: no plan fails because of it. Being 0 or more,
and whole where the model says so, is no statement but what a place is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.formulation.parts import PLACES, Rows
from commission_opt.formulation.problem import Planning, planning
from commission_opt.formulation.rules import RULES
from commission_opt.formulation.rules.commitments import in_force
from commission_opt.formulation.rules.pace_of_change import pace_ends
from commission_opt.instance.instance import Instance
from commission_opt.instance.overrides import capacities
from commission_opt.instance.typed import ANY

MODEL_FILE = "model.toml"


class Kind(StrEnum):
    """What a statement is about."""

    BUDGET = "budget"
    PLACEMENT = "placement capacity"
    LEAST = "commitment, least places"
    MOST = "commitment, most places"
    INTAKE = "max_intake"
    COHORT = "min_cohort"
    STEP = "cohort_step"
    FALL = "pace of change downwards"
    RISE = "pace of change upwards"
    SHARE = "fair share"
    LEVEL = "level intake"
    OTHER = "rule of the model"


@dataclass(frozen=True)
class Statement:
    """A statement as it stands in the files.

    Parameters
    ----------
    kind : Kind
    name : str
        What it is called, with codes as in the files.
    file : str
        File in which it stands; ``model.toml`` for the model, whatever its file is called.
    row : int or None
        Line of the file.
    column : str
        Column of the table, or key of the model.
    year : int or None
        Year for which it is stated, if it is for one.
    owner : str
        Who answers for it, where the file says so.
    limit : float
        Its figure: £, weeks or places; for a rule of the model the tightest it makes of it.
    """

    kind: Kind
    name: str
    file: str
    row: int | None
    column: str
    year: int | None = None
    owner: str = ""
    limit: float = float("nan")

    @property
    def undated(self) -> str:
        """The name without the year, where it is for one."""
        return self.name if self.year is None else self.name.removesuffix(f" in {self.year}")

    @property
    def asks_for_more(self) -> bool:
        """Whether fewer places break it, and not more."""
        return self.kind in (Kind.LEAST, Kind.FALL, Kind.COHORT)

    @property
    def where(self) -> str:
        """Where it stands, for a reader."""
        return f"{self.file}, {self.column}" if self.row is None else f"{self.file} row {self.row}"


def describe(problem: Planning, kind: Kind, item: int) -> Statement:
    """Return a statement as it stands in the files.

    Parameters
    ----------
    problem : Planning
    kind : Kind
    item : int
        Position among the budgets, the capacities by year, the commitments in force by year, the
        courses, or the groups and regions by year.
    """
    return _DESCRIBE[kind](problem, item)


def _budget(problem: Planning, i: int) -> Statement:
    row, line = _row(problem.instance.budgets, i)
    place = "" if row["region"] == ANY else f" in {row['region']!r}"
    name = f"budget of fund {row['fund']!r}{place} in {row['year']}"
    year, amount = int(row["year"]), float(row["amount"])
    return Statement(Kind.BUDGET, name, "budgets.csv", line, "amount", year, limit=amount)


def _row(table: Any, i: int) -> tuple[Any, int]:
    return table.iloc[i], int(str(table.index[i]))


def placement_rows(instance: Instance) -> Ints:
    """Return the line of ``placements.csv`` behind each capacity of a pool, region and year."""
    return capacities(instance.tables, instance.years)["row"].to_numpy(int)


def _placement(problem: Planning, i: int) -> Statement:
    row = problem.instance.placements.iloc[i]
    name = f"capacity of pool {row['pool']!r} in {row['region']!r} in {row['year']}"
    line, year = int(placement_rows(problem.instance)[i]), int(row["year"])
    weeks = float(row["capacity"])
    return Statement(Kind.PLACEMENT, name, "placements.csv", line, "capacity", year, limit=weeks)


def _commitment(kind: Kind, column: str) -> _Describe:
    def described(problem: Planning, i: int) -> Statement:
        instance = problem.instance
        which, when = in_force(instance, problem.policy.commissioning_years)
        row, line = _row(instance.commitments, int(which[i]))
        year = instance.first_year + int(when[i])
        name = f"commitment {row['commitment']!r} in {year}"
        limit, owner = float(row[column]), str(row["owner"])
        return Statement(kind, name, "commitments.csv", line, column, year, owner, limit)

    return described


def _figure(kind: Kind, column: str) -> _Describe:
    def described(problem: Planning, i: int) -> Statement:
        row, line = _row(problem.instance.courses, i)
        name = f"{column} of course {row['course']!r}"
        return Statement(kind, name, "courses.csv", line, column, limit=float(row[column]))

    return described


def _pace(kind: Kind) -> _Describe:
    def described(problem: Planning, i: int) -> Statement:
        course = problem.instance.courses.iloc[i]
        ends = pace_ends(problem, np.zeros((len(problem.instance.courses), 1)))
        limit = float(ends[kind is Kind.RISE][i, 0])
        name = f"{kind} of course {course['course']!r}"
        return Statement(kind, name, MODEL_FILE, None, "pace_of_change", limit=limit)

    return described


def fair_pairs(instance: Instance) -> list[tuple[str, int]]:
    """Return the groups and leaf regions (positions) that have a course, as fair share has them."""
    groups = instance.professions["group"].to_numpy()[instance.courses["p"].to_numpy()]
    return sorted(set(zip(groups, instance.courses["q"].tolist(), strict=True)))


def _share(problem: Planning, i: int) -> Statement:
    instance, years = problem.instance, problem.policy.commissioning_years
    group, q = fair_pairs(instance)[i // years]
    region, year = instance.regions["region"].iloc[q], instance.first_year + i % years
    name = f"fair share of region {region!r} in group {group!r} in {year}"
    rule = problem.policy.rules.fair_share
    limit = np.nan if rule is None else rule.max_deviation
    return Statement(Kind.SHARE, name, MODEL_FILE, None, "fair_share", year, limit=limit)


def _level(problem: Planning, i: int) -> Statement:
    name = f"level intake of course {problem.instance.courses['course'].iloc[i]!r}"
    return Statement(Kind.LEVEL, name, MODEL_FILE, None, "level_intake")


def _other(problem: Planning, i: int) -> Statement:
    label, rule, limit = other_rows(problem)[i]
    return Statement(Kind.OTHER, label, MODEL_FILE, None, rule, limit=limit)


KNOWN = frozenset(
    (
        "budgets",
        "capacity",
        "commitments",
        "fair_share",
        "level_intake",
        "pace_of_change",
        "placements",
    )
)
"""Rules whose statements have a kind of their own."""


def by_year(problem: Planning) -> Planning:
    """Return the relaxation with a decision for each course and year, as statements are made."""
    policy = problem.policy
    free = replace(policy.relaxed(), rules=replace(policy.rules, level_intake=False))
    return planning(problem.instance, free, problem.effects)


def other_rows(problem: Planning) -> list[tuple[str, str, float]]:
    """Return label, rule and limit of each row over places of any other rule of the model."""
    return [
        (rows.label(i), name, float(rows.upper[i] if np.isfinite(rows.upper[i]) else rows.lower[i]))
        for name, rows in other_blocks(by_year(problem))
        for i in range(len(rows.lower))
    ]


def other_blocks(wide: Planning) -> list[tuple[str, Rows]]:
    """Return the rows over places alone of rules without a kind of their own, boxes as rows."""
    found: list[tuple[str, Rows]] = []
    for name, rule in RULES.items():
        if name in KNOWN:
            continue
        part = rule.rows(wide)
        found += [(name, rows) for rows in part.rows if {*rows.coefficients} == {PLACES}]
        if part.box is not None:
            found.append((name, _boxed(wide, rule.title, *part.box)))
    return found


def _boxed(wide: Planning, title: str, low: Floats, high: Floats) -> Rows:
    codes, years = wide.instance.courses["course"].to_numpy(), wide.layout.years

    def label(i: int) -> str:
        return f"{title} of course {codes[i // years]!r} in {wide.instance.first_year + i % years}"

    each = sparse.csr_array(sparse.eye_array(len(low), format="csr"))
    return Rows("box", {PLACES: each}, np.where(low > 0, low, -np.inf), high, label, label)


_Describe = Callable[[Planning, int], Statement]
_DESCRIBE: dict[Kind, _Describe] = {
    Kind.BUDGET: _budget,
    Kind.PLACEMENT: _placement,
    Kind.LEAST: _commitment(Kind.LEAST, "min_places"),
    Kind.MOST: _commitment(Kind.MOST, "max_places"),
    Kind.INTAKE: _figure(Kind.INTAKE, "max_intake"),
    Kind.COHORT: _figure(Kind.COHORT, "min_cohort"),
    Kind.STEP: _figure(Kind.STEP, "cohort_step"),
    Kind.FALL: _pace(Kind.FALL),
    Kind.RISE: _pace(Kind.RISE),
    Kind.SHARE: _share,
    Kind.LEVEL: _level,
    Kind.OTHER: _other,
}
