"""From the files of an instance and of a model to what the independent model holds."""

import csv
import math
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from independent.case import (
    Case,
    Course,
    Key,
    Measure,
    Pair,
    Policy,
    Rates,
    Row,
    around,
    code,
    number,
    paid_years,
    stands_for,
)

RULES = {"minimum_cohorts": True, "budgets": True, "placements": True, "pace_of_change": False,
         "level_intake": False, "continuation": "repeat", "substitution": True}  # fmt: skip


def read_table(folder: Path, name: str) -> list[Row]:
    if not (folder / f"{name}.csv").exists():
        return []
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [{column: cell or "" for column, cell in r.items()} for r in csv.DictReader(file)]
    return [row for row in rows if any(cell.strip() for cell in row.values())]


def most_specific(rows: Sequence[tuple[tuple[int, ...], float]]) -> float:
    """The value of the row that is at least as specific as every other in every key."""
    for mine, value in rows:
        if all(a >= b for other, _ in rows for a, b in zip(mine, other, strict=True)):
            return value
    raise ValueError("no row overrides all the others")


def subject_level(case: Case, row: Row, name: str) -> int | None:
    """How closely a row names a line: 3 its code, 2 profession, 1 group, 0 `*`; None: not at all.

    A row that names the course counts as 3 whether or not it names the profession as well. Only
    rows that name a measure speak of it.
    """
    if name in case.measures:
        return 3 if code(row, "course") == name else None
    profession = case.courses[name].profession
    levels = {"*": 0, case.group[profession]: 1, profession: 2}
    if code(row, "course") not in (name, "*") or code(row, "profession") not in levels:
        return None
    return 3 if code(row, "course") == name else levels[code(row, "profession")]


def per_student(case: Case, rows: list[Row], item: str, value: str) -> Rates:
    """For each line and year in which it is paid: the cost per fund, or the weeks per pool."""
    rates: Rates = {}
    for name, line in case.lines.items():
        for study_year in range(1, paid_years(line) + 1):
            found = defaultdict(list)
            for row in rows:
                level, year = subject_level(case, row, name), code(row, "study_year")
                if level is not None and stands_for(year, study_year):
                    found[row[item]].append(((level, int(year != "*")), number(row, value)))
            rates[name, study_year] = {key: most_specific(these) for key, these in found.items()}
    return rates


def by_year(case: Case, rows: list[Row], item: str, value: str) -> dict[Key, float]:
    """Figures by item, region and year of the horizon: a year's own row goes before `*`."""
    found = defaultdict(list)
    for row in rows:
        for year in case.years:
            if stands_for(code(row, "year"), year):
                level = (0, int(code(row, "year") != "*"))
                found[row[item], row["region"], year].append((level, number(row, value)))
    return {key: most_specific(these) for key, these in found.items()}


def pay_rates(case: Case, rows: list[Row]) -> dict[tuple[str, str, str, int], float]:
    """£ per FTE-year for each fund and staff that it pays, by the most specific row of each."""
    found = defaultdict(list)
    for row in rows:
        for profession, region in case.workforce:
            subjects = ["*", case.group[profession], profession]
            places = around(case, region)[::-1]  # from * to the region itself
            if code(row, "profession") not in subjects or code(row, "region") not in places:
                continue
            for year in case.years:
                if stands_for(code(row, "year"), year):
                    level = (
                        subjects.index(code(row, "profession")),
                        places.index(code(row, "region")),
                        int(code(row, "year") != "*"),
                    )
                    found[row["fund"], profession, region, year].append((level, number(row, "pay")))
    return {key: most_specific(these) for key, these in found.items()}


def destinations(case: Case, rows: list[Row], profession: str, region: str) -> dict[str, float]:
    """The rows of the most specific level that has any, whole; else all joiners stay."""
    for level in (profession, case.group[profession], "*"):
        found = [r for r in rows if r["from_region"] == region and code(r, "profession") == level]
        if found:
            return {row["to_region"]: number(row, "share") for row in found}
    return {region: 1.0}


def read_course(row: Row) -> Course:
    rates = ("fill_rate", "completion_rate", "join_rate", "fte_per_joiner")
    figures = [(name, math.nan) for name in ("last_intake", "max_intake")]
    figures += [("min_cohort", 0), ("cohort_step", 1), *((rate, math.nan) for rate in rates)]
    figures += [("fte_from", 0), ("release_rate", 1)]
    return Course(
        *(row["profession"], row["region"], row.get("provider", "")),
        *(row.get("from_profession", ""), int(row["duration_years"])),
        *(number(row, name, default) for name, default in figures),
    )


def read_measure(row: Row) -> Measure:
    return Measure(
        *(row["kind"], row["profession"], row["region"], int(row["lead_years"])),
        *(number(row, "fte_per_unit"), number(row, "success_rate", 1), number(row, "leaver_rate")),
        *(
            number(row, "lasts_years"),
            int(number(row, "paid_years", 1)),
            number(row, "last_amount"),
        ),
        *(number(row, "max_amount"), number(row, "min_amount", 0), number(row, "step", 1)),
    )


def load(folder: str | Path) -> Case:
    folder = Path(folder)
    about = tomllib.loads((folder / "instance.toml").read_text(encoding="utf-8-sig"))
    years = range(about["first_year"], about["first_year"] + about["horizon"])
    professions, regions = read_table(folder, "professions"), read_table(folder, "regions")
    staff = {(row["profession"], row["region"]): row for row in read_table(folder, "workforce")}

    def yearly(table: str, item: str, value: str) -> dict[Key, float]:
        rows = [row for row in read_table(folder, table) if int(row["year"]) in years]
        return {(r[item], code(r, "region"), int(r["year"])): number(r, value) for r in rows}

    case = Case(
        years=years,
        group={row["profession"]: row["group"] for row in professions},
        profession_weight={row["profession"]: number(row, "weight", 1) for row in professions},
        region_weight={row["region"]: number(row, "weight", 1) for row in regions},
        parent={row["region"]: row.get("parent", "") for row in regions},
        workforce={key: number(row, "fte") for key, row in staff.items()},
        leaver={key: number(row, "leaver_rate") for key, row in staff.items()},
        early={key: (number(row, "early_leaver_rate"), int(row["early_years"]))
               for key, row in staff.items() if row.get("early_leaver_rate")},
        demand=yearly("demand", "profession", "fte"),
        joiners=yearly("joiners", "profession", "fte"),
        courses={row["course"]: read_course(row) for row in read_table(folder, "courses")},
        measures={row["measure"]: read_measure(row) for row in read_table(folder, "measures")},
        pipeline={(row["course"], int(row["start_year"])): number(row, "started")
                  for row in read_table(folder, "pipeline")},
        **{"destinations": {}, "cost": {}, "weeks": {}, "capacity": {}, "pay": {}, "posts": {}},
        budgets=yearly("budgets", "fund", "amount"),
        commitments=read_table(folder, "commitments"),
        pathways=read_table(folder, "pathways"),
        eligible=read_table(folder, "eligible"),
        floors=read_table(folder, "floors"),
    )  # fmt: skip
    moves = read_table(folder, "destinations")
    case.destinations = {key: destinations(case, moves, *key) for key in case.workforce}
    case.cost = per_student(case, read_table(folder, "costs"), "fund", "cost")
    case.weeks = per_student(case, read_table(folder, "placement_use"), "pool", "weeks")
    case.capacity = by_year(case, read_table(folder, "placements"), "pool", "capacity")
    case.posts = by_year(case, read_table(folder, "posts"), "profession", "posts")
    case.pay = pay_rates(case, read_table(folder, "pay"))
    case.substitutes = substitutes(case, read_table(folder, "substitution"))
    return case


def substitutes(case: Case, rows: list[Row]) -> dict[Pair, tuple[float, float]]:
    """Ratio and max_share of each pair in each leaf region: the row of the smallest around it."""
    found: dict[Pair, tuple[float, float]] = {}
    for row in rows:
        for region in {q for _, q in case.workforce}:
            for around_it in around(case, region):
                own = [
                    other
                    for other in rows
                    if (other["needed"], other["by"]) == (row["needed"], row["by"])
                    and code(other, "region") == around_it
                ]
                if own:
                    key = (row["needed"], row["by"], region)
                    found[key] = (number(own[0], "ratio"), number(own[0], "max_share"))
                    break
    return found


def load_policy(source: str | Path) -> Policy:
    """A commissioning model from a path, or from its TOML text, with the defaults filled in."""
    is_path = isinstance(source, Path) or source.endswith(".toml")
    text = Path(source).read_text(encoding="utf-8-sig") if is_path else str(source)
    policy: Policy = {"integer": True, "discount_rate": 0.0} | tomllib.loads(text)
    policy["rules"] = RULES | policy.get("rules", {})
    policy["tiers"] = policy["objective"][0].get("tiers", [{"weight": 1.0}])
    firsts = ("shortfall", "change", "below_floor", "unemployed")
    if policy["objective"][0]["minimise"] not in firsts:
        raise NotImplementedError(f"only a first objective of {' or '.join(firsts)}")
    if policy["rules"].get("fair_share") or policy["rules"].get("commitments") == "soft":
        raise NotImplementedError("neither fair share nor soft commitments")
    return policy
