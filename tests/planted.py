"""Instances in which a conflict is planted and nothing else is tight, and a judge of conflicts.

The judge keeps some statements of an instance, leaves out all others and asks the independent
model whether there is a plan.
"""

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

import independent
from commission_opt.formulation.origin import Statement
from commission_opt.formulation.problem import planning
from commission_opt.instance.files import read_files
from commission_opt.instance.write import write_instance
from commission_opt.policy import Policy
from commission_opt.reading.read import read_contents
from samples import made, model, policy

MANY = 5000  # places, money and weeks that are never short
FREE = model(pace="false")


@dataclass
class Field:
    """A generated instance without commitments in which nothing is tight."""

    folder: Path
    text: str = FREE
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    settings: dict[str, object] = field(default_factory=dict)

    @classmethod
    def loose(cls, folder: Path, text: str = FREE, size: tuple[int, int] = (5, 3)) -> "Field":
        synthetic = made(*size, 1, 1, 7)
        tables = {name: frame.copy() for name, frame in synthetic.tables.items()}
        for table, column in (("budgets", "amount"), ("placements", "capacity")):
            tables[table][column] = [round(float(v) * 20) for v in tables[table][column]]
        courses = tables["courses"]
        courses["max_intake"], courses["min_cohort"], courses["cohort_step"] = MANY, 0, 1
        tables["commitments"] = tables["commitments"].iloc[:0]
        return cls(folder, text, tables, dict(synthetic.settings))

    def course(self, at: int, **figures: int) -> str:
        """Change figures of a course and return its code."""
        courses = self.tables["courses"]
        for column, value in figures.items():
            courses.loc[courses.index[at], column] = value
        return str(courses["course"].iloc[at])

    def promise(
        self, name: str, least: int | str = "", most: int | str = "", year: int = 0, **filters: str
    ) -> None:
        """Add a commitment for the first year, or another."""
        first = int(str(self.settings["first_year"])) + year
        row: dict[str, object] = dict.fromkeys(self.tables["commitments"].columns, "")
        figures = {"first_year": first, "last_year": first, "min_places": least, "max_places": most}
        row.update(figures, **filters, commitment=name, owner="board", reason="promised")
        kept = self.tables["commitments"]
        self.tables["commitments"] = pd.DataFrame([*kept.to_dict("records"), row])

    def leave(self, at: int, course: int, places: float, table: str = "budgets") -> None:
        """Let a budget or pool hold so many places of a course in the first year."""
        column = "amount" if table == "budgets" else "capacity"
        frame = self.tables[table]
        frame.loc[frame.index[at], column] = 10**12
        instance = read_contents(self.files()).instance
        assert instance is not None
        effects = planning(instance, self.policy).effects
        use = effects.spend if table == "budgets" else effects.weeks
        row = at
        if table == "placements":
            said = frame.iloc[at]
            same = (instance.placements[["pool", "region"]] == said[["pool", "region"]]).all(axis=1)
            row = int(same.to_numpy().argmax())
        starts = slice(course * instance.horizon, (course + 1) * instance.horizon)
        each = use.matrix[[row]].toarray()[0, starts].max()
        assert each > 0
        frame.loc[frame.index[at], column] = round(float(use.constant[row] + each * places))

    @property
    def policy(self) -> Policy:
        return policy(self.text)

    def files(self) -> dict[str, bytes]:
        self.folder.mkdir(exist_ok=True)
        write_instance(self.folder, self.settings, self.tables)
        return read_files(self.folder)


def holds(folder: Path, text: str, statements: Iterable[Statement]) -> bool:
    """Say whether the independent model finds a plan under some statements and no others."""
    case, rules = _only(folder, text, list(statements))
    try:
        independent.solve(case, rules, gap=1e6)
    except independent.Infeasible:
        return False
    return True


def _only(
    folder: Path, text: str, statements: list[Statement]
) -> tuple[independent.Case, independent.Policy]:
    case, rules = independent.load(folder), independent.load_policy(text)
    assert rules["commissioning_years"] == 1, "paces become commitments of the first year"
    first = case.years[0]
    budgets, capacity, courses = {}, {}, {}
    promises: list[independent.Row] = []
    for name, course in case.courses.items():
        courses[name] = course._replace(max_intake=float(MANY), min_cohort=0.0, step=1.0)
    for said in statements:
        row = {} if said.row is None else _row(folder / said.origin.file, said.row)
        file, column = said.origin.file, said.origin.column
        if file == "budgets.csv":
            key = row["fund"], row["region"] or "*", int(row["year"])
            budgets[key] = case.budgets[key]
        elif file == "placements.csv":
            assert said.year is not None
            key = row["pool"], row["region"], said.year
            capacity[key] = case.capacity[key]
        elif file == "commitments.csv":
            other = "max_places" if column == "min_places" else "min_places"
            promises.append(row | {other: "", "first_year": str(said.year)})
        elif file == "courses.csv":
            course, value = courses[row["course"]], float(row[column])
            courses[row["course"]] = {
                "max_intake": course._replace(max_intake=value),
                "min_cohort": course._replace(min_cohort=value),
                "cohort_step": course._replace(step=value),
            }[column]
        elif column == "pace_of_change":
            name, up = said.name.rpartition(" ")[2].strip("'"), "upwards" in said.name
            promises.append(_pace(case, rules, name, first, up=up))
        else:
            raise NotImplementedError(said.origin)
    rules["rules"] = rules["rules"] | {"pace_of_change": False, "level_intake": False}
    kept = replace(case, budgets=budgets, capacity=capacity, courses=courses, commitments=promises)
    return kept, rules


def _row(file: Path, line: int) -> independent.Row:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))[line - 2]


def _pace(
    case: independent.Case, rules: independent.Policy, name: str, year: int, *, up: bool
) -> independent.Row:
    """The pace of one course in the first year, written as a commitment."""
    pace, course = rules["rules"]["pace_of_change"], case.courses[name]
    smallest, largest = independent.smallest_and_largest(course, rules)
    low = min(course.last_intake * (1 - pace["max_decrease"]) - pace["allowance"], largest)
    high = course.last_intake * (1 + pace["max_increase"]) + max(pace["allowance"], smallest)
    ends = {"max_places": str(math.floor(high + 1e-6))} if up else {"min_places": str(low)}
    around = {"commitment": name, "course": name, "first_year": str(year), "last_year": str(year)}
    return {"min_places": "", "max_places": ""} | around | ends
