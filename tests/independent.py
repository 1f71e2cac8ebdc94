"""The engine once more, slowly: the judge of the fast one.

Nothing here is shared with the package. It follows the contract (tables, mathematics and
commissioning model) one concept per function, with plain loops and dictionaries keyed by codes:
(course, year) for places and (measure, year) for units, (profession, region, year) for staff,
(fund, region, year) for budgets, (pool, region, year) for placements. Only instances that pass the
checks are expected, and as the first objective only `shortfall`, `change`, `below_floor` or
`unemployed`.
"""

import csv
import math
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from mixed_integer import Infeasible as Infeasible  # its own word for its users
from mixed_integer import Program

Row = dict[str, str]
Policy = dict[str, Any]
Key = tuple[str, str, int]
Pair = tuple[str, str, str]  # profession needed, profession that does its work, region
Rates = dict[tuple[str, int], dict[str, float]]  # (line, study year) -> fund or pool -> each
# Places and units by (line, year), and FTE deployed by (needed, by, region, year).
Places = Mapping[tuple[Any, ...], float]
RULES = {"minimum_cohorts": True, "budgets": True, "placements": True, "pace_of_change": False,
         "level_intake": False, "continuation": "repeat", "substitution": True}  # fmt: skip


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


def read_table(folder: Path, name: str) -> list[Row]:
    if not (folder / f"{name}.csv").exists():
        return []
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [{column: cell or "" for column, cell in r.items()} for r in csv.DictReader(file)]
    return [row for row in rows if any(cell.strip() for cell in row.values())]


def code(row: Row, column: str) -> str:
    """A cell that may be a wildcard: absent, empty and `*` all mean every value."""
    return row.get(column) or "*"


def number(row: Row, column: str, default: float = math.nan) -> float:
    return float(row.get(column) or default)


def stands_for(cell: str, year: int) -> bool:
    return cell == "*" or int(cell) == year


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


def last_year(line: Bought) -> float:
    return line.last_amount if isinstance(line, Measure) else line.last_intake


def most(line: Bought) -> float:
    return line.max_amount if isinstance(line, Measure) else line.max_intake


def paid_years(line: Bought) -> int:
    return line.paid if isinstance(line, Measure) else line.duration


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


def commissioning_years(case: Case, policy: Policy) -> range:
    return range(case.years[0], case.years[0] + policy["commissioning_years"])


def around(case: Case, region: str) -> list[str]:
    """The region, everything it lies in, and `*`: what a filter or a budget may name it by."""
    names = [region]
    while case.parent[names[-1]]:
        names.append(case.parent[names[-1]])
    return [*names, "*"]


def leaving(case: Case, profession: str, region: str, year_in_post: int) -> float:
    """Share leaving in the i-th year after qualifying."""
    rate, years = case.early.get((profession, region), (0.0, 0))
    return rate if year_in_post <= years else case.leaver[profession, region]


def filled(line: Bought) -> float:
    return 1.0 if isinstance(line, Measure) else line.fill


def planned_cohorts(case: Case, policy: Policy, places: Places) -> list[Cohort]:
    return [Cohort(name, year, places.get((name, year), 0.0) * filled(line))
            for name, line in case.lines.items()
            for year in commissioning_years(case, policy)]  # fmt: skip


def continued_cohorts(case: Case, policy: Policy, places: Places) -> list[Cohort]:
    """What is bought from the last commissioning year to the end of the horizon."""
    last, cohorts = commissioning_years(case, policy)[-1], []
    for name, line in case.lines.items():
        taken = {"repeat": places.get((name, last), 0.0), "last_intake": last_year(line),
                 "none": 0.0}[policy["rules"]["continuation"]]  # fmt: skip
        later = range(last + 1, case.years.stop)
        cohorts += [Cohort(name, year, taken * filled(line)) for year in later]
    return cohorts


def staff_without_students(case: Case) -> dict[Key, float]:
    """Today's workforce and the joiners by other routes, year by year."""
    supply: dict[Key, float] = {}
    for (profession, region), stock in case.workforce.items():
        for year in case.years:
            if year > case.years[0]:
                stock *= 1 - case.leaver[profession, region]
            stock += case.joiners.get((profession, region, year), 0.0)
            supply[profession, region, year] = stock
    return supply


def supply_of(case: Case, cohorts: Iterable[Cohort], released: bool = True) -> dict[Key, float]:
    """Carry every cohort forward from the year it enters work.

    Those who are on a course that takes staff are missing, unless none are to be `released`.
    """
    supply: dict[Key, float] = defaultdict(float)
    for name, start, started in cohorts:
        if name in case.measures:
            measure = case.measures[name]
            for year in case.years if measure.kind != "reshape" else ():
                fte = started * brought(case, measure, year - start - measure.lead)
                supply[measure.profession, measure.region, year] += fte
            continue
        course = case.courses[name]
        entry = start + course.duration
        if entry < case.years[0]:
            continue  # in the workforce already
        if course.source:
            for key, fte in taken(case, course, start, released).items():
                supply[key] -= started * fte
        joiners = started * course.completion * course.join * course.fte
        for region, share in case.destinations[course.profession, course.region].items():
            in_post = joiners * share
            for year in range(entry, case.years.stop):
                if year > entry:
                    in_post *= 1 - leaving(case, course.profession, region, year - entry)
                supply[course.profession, region, year] += in_post
    return supply


def taken(case: Case, course: Course, start: int, released: bool) -> dict[Key, float]:
    """FTE that one student who started is missing where they worked before."""
    missing = {}
    left = course.fte_from  # what would still be there of it
    for year in range(max(start, case.years[0]), case.years.stop):
        study_year = year - start + 1
        away = course.completion
        if study_year <= course.duration:
            away = (
                released
                * course.release
                * course.completion ** ((study_year - 1) / course.duration)
            )
        missing[course.source, course.region, year] = left * away
        left *= 1 - case.leaver[course.source, course.region]
    return missing


def giving(case: Case) -> set[tuple[str, str]]:
    """Professions and regions from which courses take staff."""
    return {(course.source, course.region) for course in case.courses.values() if course.source}


def brought(case: Case, measure: Measure, k: int) -> float:
    """What one unit has at work k years after its lead, below 0 of which nobody is there."""
    if k < 0:
        return 0.0
    at_work = measure.fte * measure.success
    if measure.kind == "recruit":
        for year_in_post in range(1, k + 1):
            usual = leaving(case, measure.profession, measure.region, year_in_post)
            at_work *= 1 - (usual if math.isnan(measure.leaver) else measure.leaver)
        return at_work
    if measure.kind == "retain":
        if k == 0 or k > measure.lasts:
            return 0.0  # nobody would have left yet, or the measure is over
        return at_work * (1 - case.leaver[measure.profession, measure.region]) ** (k - 1)
    lasts = {"temporary": 1, "reshape": len(case.years)}[measure.kind]
    return at_work if k < (lasts if math.isnan(measure.lasts) else measure.lasts) else 0.0


def demand_left(case: Case, cohorts: Iterable[Cohort]) -> dict[Key, float]:
    """Demand less the work that reshaping measures take away."""
    left = dict(case.demand)
    for name, start, bought in cohorts:
        if name in case.measures and case.measures[name].kind == "reshape":
            measure = case.measures[name]
            for year in case.years:
                fte = bought * brought(case, measure, year - start - measure.lead)
                if fte:
                    left[measure.profession, measure.region, year] -= fte
    return left


def retained(case: Case, cohorts: Iterable[Cohort]) -> dict[Key, float]:
    """FTE kept by retain measures in the year in which they would leave, but for the last."""
    pairs = {(m.profession, m.region) for m in case.measures.values() if m.kind == "retain"}
    kept = {(*pair, year): 0.0 for pair in pairs for year in case.years[:-1]}
    for name, start, bought in cohorts:
        if name in case.measures and case.measures[name].kind == "retain":
            measure = case.measures[name]
            key = (measure.profession, measure.region, start + measure.lead)
            if key in kept:
                kept[key] += bought * measure.fte * measure.success
    return kept


def use_of(
    case: Case, limits: dict[Key, float], rates: Rates, cohorts: Iterable[Cohort]
) -> dict[Key, float]:
    """Spend or placement weeks under each limit: the students at the start of each study year."""
    use = dict.fromkeys(limits, 0.0)
    for name, start, started in cohorts:
        line = case.lines[name]
        for study_year in range(1, paid_years(line) + 1):
            students = charged(line, started, study_year)
            for item, each in rates[name, study_year].items():
                for region in around(case, line.region):
                    if (item, region, start + study_year - 1) in limits:
                        use[item, region, start + study_year - 1] += students * each
    return use


def pay_of(case: Case, paid: dict[Key, float]) -> dict[Key, float]:
    """Pay under each budget of the staff who work in its region."""
    use = dict.fromkeys(case.budgets, 0.0)
    for (fund, profession, region, year), rate in case.pay.items():
        for name in around(case, region):
            if (fund, name, year) in use:
                use[fund, name, year] += rate * paid.get((profession, region, year), 0.0)
    return use


def charged(line: Bought, started: float, study_year: int) -> float:
    """Students at the start of a study year; of units, all."""
    if isinstance(line, Measure):
        return started
    return float(started * line.completion ** ((study_year - 1) / line.duration))


def pools(case: Case, cohorts: Iterable[Cohort]) -> dict[Key, Pool]:
    """Who is in each pool, whether or not more are drawn from it than there are."""
    drawn, fed = defaultdict[Key, float](float), defaultdict[Key, float](float)
    regions = defaultdict[str, set[str]](set)
    for row in case.eligible:
        regions[row["pool"]].add(code(row, "region"))
    for name, start, started in cohorts:
        for row in case.pathways:
            if row["course"] != name:
                continue
            course, share = case.courses[name], number(row, "share")
            for region in regions[row["pool"]] & set(around(case, course.region)):
                if row["role"] == "draws":
                    drawn[row["pool"], region, start] += share * started
                    continue
                entry = start + course.duration + int(number(row, "lag_years", 0))
                fed[row["pool"], region, entry] += share * course.completion * started
    found: dict[Key, Pool] = {}
    for pool in regions:
        for region in regions[pool]:
            left = 0.0
            for year in case.years:
                rows = [
                    r for r in case.eligible if (r["pool"], code(r, "region")) == (pool, region)
                ]
                own = [r for r in rows if code(r, "year") == str(year)]
                row = (own or [r for r in rows if code(r, "year") == "*"])[0]
                key, entrants = (pool, region, year), number(row, "entrants")
                here = entrants + fed[key] + left
                offer = number(row, "offer_rate", 0)
                found[key] = Pool(entrants, fed[key], left, here, drawn[key], offer)
                left = number(row, "stay_rate", 0) * (here - drawn[key])
    return found


def added(*parts: dict[Key, float]) -> dict[Key, float]:
    return {k: sum(part.get(k, 0.0) for part in parts) for k in {k for p in parts for k in p}}


def bands(policy: Policy, demand: float) -> list[tuple[float, float]]:
    """The width (FTE) and the weight of every tier, the last one open."""
    tops = [demand * tier["up_to"] for tier in policy["tiers"][:-1]] + [math.inf]
    widths = [top - below for top, below in zip(tops, [0.0, *tops[:-1]], strict=True)]
    return [(w, float(t["weight"])) for w, t in zip(widths, policy["tiers"], strict=True)]


def weight(case: Case, policy: Policy, profession: str, region: str, year: int) -> float:
    priority = case.profession_weight[profession] * case.region_weight[region]
    return float(priority / (1 + policy["discount_rate"]) ** (year - case.years[0]))


def weighted_shortfall(case: Case, policy: Policy, shortfall: dict[Key, float]) -> float:
    total = 0.0
    for key, missing in shortfall.items():
        for width, tier_weight in bands(policy, case.demand[key]):
            total += weight(case, policy, *key) * tier_weight * min(missing, width)
            missing -= min(missing, width)
    return total


def shortfalls(case: Case, demand: dict[Key, float], supply: dict[Key, float]) -> dict[Key, float]:
    """Work that nobody does: staff beyond posts do none."""
    at_work = {key: min(supply.get(key, 0.0), case.posts.get(key, math.inf)) for key in demand}
    return {key: max(0.0, needed - at_work[key]) for key, needed in demand.items()}


def without_post(case: Case, supply: dict[Key, float]) -> dict[Key, float]:
    return {key: max(0.0, supply.get(key, 0.0) - posts) for key, posts in case.posts.items()}


def unemployment(case: Case, policy: Policy, places: Places) -> float:
    """FTE-years without a post, discounted."""
    idle = simulate(case, policy, places).unemployed
    return sum(discount(case, policy, year) * fte for (_, _, year), fte in idle.items())


def floors_of(case: Case, service: dict[Key, float]) -> dict[Key, tuple[float, float]]:
    """What each floor asks for in each leaf region and year, and what there is of it."""
    inner, found = set(case.parent.values()), {}
    for row in case.floors:
        for region in case.parent:
            for year in case.years:
                if region in inner or code(row, "region") not in around(case, region):
                    continue
                if not stands_for(code(row, "year"), year):
                    continue
                own, others = (
                    [(p, region, year) for p, group in case.group.items() if named in (p, group)]
                    for named in (row["profession"], row.get("of", ""))
                )
                asked = number(row, "min_fte", 0.0)
                for cell in own:
                    asked += number(row, "min_demand_share", 0.0) * case.demand[cell]
                for cell in others:
                    asked += number(row, "min_mix_share", 0.0) * service.get(cell, 0.0)
                there = sum(service.get(cell, 0.0) for cell in own)
                found[row["floor"], region, year] = (asked, there)
    return found


def below_floor(case: Case, policy: Policy, places: Places) -> float:
    """FTE-years missing from floors, discounted."""
    floors = simulate(case, policy, places).floors
    return sum(
        discount(case, policy, year) * max(0.0, asked - there)
        for (_, _, year), (asked, there) in floors.items()
    )


def discount(case: Case, policy: Policy, year: int) -> float:
    return float((1 + policy["discount_rate"]) ** (case.years[0] - year))


def pairs(case: Case, policy: Policy) -> list[tuple[str, str, str, int]]:
    """Who can be deployed: needed, by, region and year."""
    allowed = case.substitutes if policy["rules"]["substitution"] else {}
    return [(*pair, year) for pair in allowed for year in case.years]


def served(
    case: Case, policy: Policy, supply: dict[Key, float], places: Places
) -> dict[Key, float]:
    """Supply, less those who do the work of others, and with those who do theirs."""
    service = defaultdict(float, supply)
    for needed, by, region, year in pairs(case, policy):
        fte = places.get((needed, by, region, year), 0.0)
        ratio, _ = case.substitutes[needed, by, region]
        service[needed, region, year] += ratio * fte
        service[by, region, year] -= fte
    return service


def most_deployed(case: Case, pair: tuple[str, str, str, int], base: dict[Key, float]) -> float:
    needed, by, region, year = pair
    ratio, share = case.substitutes[needed, by, region]
    return share * case.demand[needed, region, year] / ratio if base[by, region, year] >= 0 else 0.0


def simulate(case: Case, policy: Policy, places: Places) -> Outcome:
    """Everything that follows from the places of the commissioning years (absent means none)."""
    for name, year in (key for key in places if len(key) == 2):
        if name not in case.lines or year not in commissioning_years(case, policy):
            raise ValueError(f"no decision is taken on {name} in {year}")
    pipeline = [Cohort(*key, started) for key, started in case.pipeline.items()]
    planned = planned_cohorts(case, policy, places)
    continued = continued_cohorts(case, policy, places)

    def uses(limits: dict[Key, float], rates: Rates) -> dict[Key, Use]:
        split = [use_of(case, limits, rates, k) for k in (pipeline, planned, continued)]
        return {key: Use(*(use[key] for use in split)) for key in limits}

    spend, kept = uses(case.budgets, case.cost), staff_without_students(case)
    for i, cohorts in enumerate((pipeline, planned, continued)):
        paid = supply_of(case, cohorts, released=False)
        due = pay_of(case, paid if i else added(kept, paid))
        spend = {key: _more(use, i, due[key]) for key, use in spend.items()}
    base = added(kept, supply_of(case, pipeline))
    supply = added(base, supply_of(case, planned + continued))
    demand = demand_left(case, planned + continued)
    service = served(case, policy, supply, places)
    shortfall = shortfalls(case, demand, service)
    return Outcome(
        *(supply, demand, retained(case, planned + continued), base, service, shortfall),
        without_post(case, supply),
        *(spend, uses(case.capacity, case.weeks)),
        weighted_shortfall(case, policy, shortfall),
        weighted_shortfall(case, policy, shortfalls(case, case.demand, base)),
        pools(case, [*pipeline, *planned, *continued]),
        floors_of(case, service),
    )


def _more(use: Use, i: int, due: float) -> Use:
    return Use(*(each + due * (i == k) for k, each in enumerate(use)))


def admissible(line: Bought, policy: Policy) -> list[float]:
    """0 and the multiples of the step from the smallest cohort to the capacity."""
    if isinstance(line, Measure):
        minimum = line.min_amount
    else:
        minimum = line.min_cohort if policy["rules"]["minimum_cohorts"] else 0.0
    steps = math.floor(most(line) / line.step + 1e-9)
    return [0.0] + [n * line.step for n in range(1, steps + 1) if n * line.step >= minimum]


def smallest_and_largest(line: Bought, policy: Policy) -> tuple[float, float]:
    """s and A; both are 0 where no positive number is admissible."""
    numbers = admissible(line, policy)
    return (numbers[1], numbers[-1]) if len(numbers) > 1 else (0.0, 0.0)


def commitments(case: Case, policy: Policy) -> Iterable[tuple[str, list[tuple[str, int]], Row]]:
    """Each commitment in each commissioning year of its range: a label and the places it counts."""
    for row in case.commitments:
        names = [
            name
            for name, course in case.courses.items()
            if not row.get("measure")
            and code(row, "course") in ("*", name)
            and code(row, "profession") in ("*", course.profession)
            and code(row, "group") in ("*", case.group[course.profession])
            and code(row, "provider") in ("*", course.provider)
            and code(row, "region") in around(case, course.region)
        ]
        names += [name for name in case.measures if row.get("measure") == name]
        for year in commissioning_years(case, policy):
            if int(row["first_year"]) <= year <= int(row["last_year"]):
                yield f"commitment {row['commitment']} {year}", [(n, year) for n in names], row


def violations(
    case: Case, policy: Policy, places: Places, tolerance: float = 1e-6
) -> list[tuple[str, float]]:
    """Every rule that is broken, and by how much relative to max(1, |limit|)."""
    rules, first, found = policy["rules"], case.years[0], []

    def check(text: str, value: float, low: float, high: float) -> None:
        if not math.isfinite(value):
            found.append((f"{text}: {value} is no number", math.inf))
        for limit, excess in ((low, low - value), (high, value - high)):
            if math.isfinite(limit) and excess / max(1.0, abs(limit)) > tolerance:
                found.append((f"{text}: {value} against {limit}", excess / max(1.0, abs(limit))))

    def check_number(name: str, line: Bought, year: int) -> None:
        x = places.get((name, year), 0.0)
        check(f"bounds, {name} {year}", x, 0.0, most(line))
        if policy["integer"]:
            nearest = min(admissible(line, policy), key=lambda n: abs(n - x))
            check(f"admissible numbers, {name} {year}", x, nearest, nearest)

    for name, measure in case.measures.items():
        for year in commissioning_years(case, policy):
            check_number(name, measure, year)
    for name, course in case.courses.items():
        smallest, largest = smallest_and_largest(course, policy)
        for year in commissioning_years(case, policy):
            x = places.get((name, year), 0.0)
            before = course.last_intake if year == first else places.get((name, year - 1), 0.0)
            check_number(name, course, year)
            if rules["level_intake"] and year > first:
                check(f"level intake, {name} {year}", x, before, before)
            if pace := rules["pace_of_change"]:
                (fall, below), (rise, above) = pace_steps(course, policy)
                low, high = before * fall - below, before * rise + above
                if year == first:
                    low, high = min(low, first_least(course, policy)), first_most(course, policy)
                elif not pace.get("open_closed", True):
                    high = min(high, before * largest / smallest if smallest else 0.0)
                check(f"pace of change, {name} {year}", x, low, high)
    for text, keys, row in commitments(case, policy):
        low, high = number(row, "min_places", -math.inf), number(row, "max_places", math.inf)
        check(text, sum(places.get(key, 0.0) for key in keys), low, high)
    outcome = simulate(case, policy, places)
    for key, fte in outcome.retained.items():
        check(f"retention, {key}", fte, -math.inf, case.leaver[key[:2]] * outcome.supply[key])
    for pair in giving(case):
        for year in case.years:
            check(f"staff taken, {pair}", outcome.supply[*pair, year], 0.0, math.inf)
    for key, pool in outcome.pools.items():
        check(f"pathways, {key}", pool.drawn, -math.inf, pool.eligible)
        if key[2] in commissioning_years(case, policy):
            check(f"offers, {key}", pool.offer * pool.eligible, -math.inf, pool.drawn)
    sent: dict[Key, float] = defaultdict(float)
    for which in pairs(case, policy):
        fte = places.get(which, 0.0)
        check(f"max_share, {which}", fte, 0.0, most_deployed(case, which, outcome.base_supply))
        sent[which[1:]] += fte
    for key, fte in sent.items():
        check(f"substitution, {key}", fte, -math.inf, max(0.0, outcome.supply[key]))
    for key, needed in outcome.demand.items():
        check(f"reshaping, {key}", case.demand[key] - needed, -math.inf, case.demand[key])
    for key, amount in case.budgets.items() if rules["budgets"] else ():
        check(f"budgets, {key}", sum(outcome.spend[key]), -math.inf, amount)
    for key, capacity in case.capacity.items() if rules["placements"] else ():
        check(f"placements, {key}", sum(outcome.placements[key]), -math.inf, capacity)
    return found


def add_decision(program: Program, line: Bought, policy: Policy) -> int:
    """x in {0} and the multiples of the step from s to A; relaxed, anything up to the capacity."""
    if not policy["integer"]:
        return program.column(0.0, 0.0, most(line))
    smallest, largest = smallest_and_largest(line, policy)
    x = program.column(0.0, 0.0, largest)
    steps = program.column(0.0, 0.0, round(largest / line.step), integer=1)
    runs = program.column(0.0, 0.0, 1.0, integer=1)
    program.row({x: 1.0, steps: -line.step}, 0.0, 0.0)
    program.row({x: 1.0, runs: -smallest}, 0.0, math.inf)
    program.row({x: 1.0, runs: -largest}, -math.inf, 0.0)
    return x


def pace_steps(course: Course, policy: Policy) -> tuple[tuple[float, float], tuple[float, float]]:
    """Down and up: what last year's places are multiplied by, and the places beyond that."""
    pace = policy["rules"]["pace_of_change"]
    smallest, _ = smallest_and_largest(course, policy)
    above = max(pace["allowance"], smallest if pace.get("open_closed", True) else 0.0)
    down, up = (1 - pace["max_decrease"], pace["allowance"]), (1 + pace["max_increase"], above)
    if pace.get("combine", "add") == "larger":  # one of the two, by the last intake
        down_by_share = pace["max_decrease"] * course.last_intake >= pace["allowance"]
        up_by_share = pace["max_increase"] * course.last_intake >= above
        down = (down[0], 0.0) if down_by_share else (1.0, down[1])
        up = (up[0], 0.0) if up_by_share else (1.0, up[1])
    return down, up


def first_most(course: Course, policy: Policy) -> float:
    _, (rise, above) = pace_steps(course, policy)
    if course.last_intake == 0 and not policy["rules"]["pace_of_change"].get("open_closed", True):
        return 0.0
    return course.last_intake * rise + above


def first_least(course: Course, policy: Policy) -> float:
    """What the first year's lower bound is at most: a number that the course may take."""
    if policy["rules"]["pace_of_change"].get("open_closed", True):
        return smallest_and_largest(course, policy)[1]
    within = first_most(course, policy) + 1e-6
    return max((n for n in admissible(course, policy) if n <= within), default=0.0)


def add_pace(program: Program, case: Case, policy: Policy, x: dict[tuple[str, int], int]) -> None:
    first, opens = case.years[0], policy["rules"]["pace_of_change"].get("open_closed", True)
    slack = 1e-6 if policy["integer"] else 0.0  # whole numbers meet a bound within this
    for (name, year), column in x.items():
        if name in case.measures:
            continue
        course = case.courses[name]
        smallest, largest = smallest_and_largest(course, policy)
        (fall, below), (rise, above) = pace_steps(course, policy)
        if year == first:
            low = min(course.last_intake * fall - below - slack, first_least(course, policy))
            program.row({column: 1.0}, low, first_most(course, policy) + slack)
        else:
            program.row({column: 1.0, x[name, year - 1]: -fall}, -below - slack, math.inf)
            program.row({column: 1.0, x[name, year - 1]: -rise}, -math.inf, above + slack)
            growth = largest / smallest if smallest else 0.0
            if not opens:
                program.row({column: 1.0, x[name, year - 1]: -growth}, -math.inf, slack)


def moves(case: Case, policy: Policy) -> Iterable[tuple[str, int]]:
    """The courses and years that `change` counts: the first year's, or with its basis all."""
    aims = {aim["minimise"]: aim for aim in policy["objective"]}
    years = commissioning_years(case, policy)
    every = aims.get("change", {}).get("basis", "first-year") == "year-on-year"
    return [(name, year) for name in case.courses for year in (years if every else years[:1])]


def change(case: Case, policy: Policy, places: Places) -> float:
    """Places that differ from the year before, in which the first year's stand at last_intake."""
    last = {(name, case.years[0] - 1): c.last_intake for name, c in case.courses.items()}
    before = last | dict(places)
    steps = ((before[name, year], before[name, year - 1]) for name, year in moves(case, policy))
    return sum(abs(now - then) for now, then in steps)


def add_change(program: Program, case: Case, policy: Policy, x: dict[tuple[str, int], int]) -> None:
    """One column for every move, at least the places gained and the places lost."""
    for name, year in moves(case, policy):
        last = case.courses[name].last_intake if year == case.years[0] else 0.0
        before = {} if year == case.years[0] else {x[name, year - 1]: -1.0}
        moved = program.column(1.0, 0.0, math.inf)
        program.row({x[name, year]: 1.0, moved: -1.0} | before, -math.inf, last)
        program.row({x[name, year]: 1.0, moved: 1.0} | before, last, math.inf)


def sums(*rows: dict[int, float]) -> dict[int, float]:
    """Add up coefficients by column."""
    return {k: sum(row.get(k, 0.0) for row in rows) for k in {k for row in rows for k in row}}


def solve(
    case: Case, policy: Policy, time_limit: float | None = None, gap: float = 1e-7
) -> tuple[float, dict[tuple[Any, ...], float], float]:
    """The least of the first objective: its value, places with those deployed, and a lower bound.

    Raises Infeasible, or RuntimeError when the time limit leaves no plan. Everything is affine in
    the places and units, so the coefficients of one are what it changes in a simulation of its
    line alone.
    """
    program, rules = Program(), policy["rules"]
    years, fixed = commissioning_years(case, policy), simulate(case, policy, {})
    x = {(n, y): add_decision(program, it, policy) for n, it in case.lines.items() for y in years}
    supply, spend, weeks, relief, kept, drawn, eligible, lifted = (
        defaultdict[Key, dict[int, float]](dict) for _ in range(8)
    )
    for name in case.lines:
        alone = replace(
            case,
            courses={n: course for n, course in case.courses.items() if n == name},
            measures={n: measure for n, measure in case.measures.items() if n == name},
            pipeline={},
            workforce={},
        )
        nothing = simulate(alone, policy, {})
        for year in years:
            one, column = simulate(alone, policy, {(name, year): 1.0}), x[name, year]
            for key, fte in one.supply.items():
                supply[key][column] = fte - nothing.supply[key]
            for key, needed in one.demand.items():
                if needed != nothing.demand[key]:
                    relief[key][column] = nothing.demand[key] - needed
            for key, fte in one.retained.items():
                kept[key][column] = fte - nothing.retained[key]
            for key, pool in one.pools.items():
                drawn[key][column] = pool.drawn - nothing.pools[key].drawn
                eligible[key][column] = pool.eligible - nothing.pools[key].eligible
            for key, (needs, there) in one.floors.items():
                needed_before, was_there = nothing.floors[key]
                lifted[key][column] = there - needs - (was_there - needed_before)
            for key, use in one.spend.items():
                spend[key][column] = sum(use) - sum(nothing.spend[key])
            for key, use in one.placements.items():
                weeks[key][column] = sum(use) - sum(nothing.placements[key])
    deployed = {
        pair: program.column(0.0, 0.0, most_deployed(case, pair, fixed.base_supply))
        for pair in pairs(case, policy)
    }
    sent, does = defaultdict[Key, dict[int, float]](dict), defaultdict[Key, dict[int, float]](dict)
    for (helped, by, region, year), column in deployed.items():
        sent[by, region, year][column] = 1.0
        does[helped, region, year][column] = case.substitutes[helped, by, region][0]
    for key, columns in sent.items():
        if fixed.base_supply[key] >= 0:
            staff = {column: -fte for column, fte in supply[key].items()}
            program.row(sums(columns, staff), -math.inf, fixed.supply[key])
    first = policy["objective"][0]["minimise"]
    for who, column in deployed.items() if first == "below_floor" else ():
        for key, (needs, there) in simulate(case, policy, {who: 1.0}).floors.items():
            lifted[key][column] = there - needs - (fixed.floors[key][1] - fixed.floors[key][0])
    if first == "change":
        add_change(program, case, policy, x)
    for key, (needs, there) in fixed.floors.items() if first == "below_floor" else ():
        lacking = program.column(discount(case, policy, key[2]), 0.0, math.inf)
        program.row(lifted[key] | {lacking: 1.0}, needs - there, math.inf)
    for key, posts in case.posts.items() if first == "unemployed" else ():
        idle = program.column(discount(case, policy, key[2]), 0.0, math.inf)
        program.row(supply[key] | {idle: -1.0}, -math.inf, posts - fixed.supply[key])
    for key, demand in case.demand.items() if first == "shortfall" else ():
        costs = [(weight(case, policy, *key) * w, top) for top, w in bands(policy, demand)]
        missing = {program.column(cost, 0.0, top): 1.0 for cost, top in costs}
        gone = dict.fromkeys(sent[key], -1.0)
        enough = sums(supply[key], relief[key], does[key], gone) | missing
        program.row(enough, fixed.demand[key] - fixed.supply[key], math.inf)
        if key in case.posts:
            program.row(relief[key] | missing, fixed.demand[key] - case.posts[key], math.inf)
    for key, entries in relief.items():
        program.row(entries, -math.inf, fixed.demand[key])
    for pair in giving(case):
        for year in case.years:
            program.row(supply[*pair, year], -fixed.supply[*pair, year], math.inf)
    for key, entries in kept.items():
        leaver = case.leaver[key[:2]]
        leaving = {column: -leaver * fte for column, fte in supply[key].items()}
        most_kept = leaver * fixed.supply[key] - fixed.retained[key]
        program.row(sums(entries, leaving), -math.inf, most_kept)
    for key, pool in fixed.pools.items():
        fewer = {column: -people for column, people in drawn[key].items()}
        program.row(sums(eligible[key], fewer), pool.drawn - pool.eligible, math.inf)
        if pool.offer and key[2] in years:
            asked = {column: pool.offer * people for column, people in eligible[key].items()}
            most_asked = pool.drawn - pool.offer * pool.eligible
            program.row(sums(asked, fewer), -math.inf, most_asked)
    for key, amount in case.budgets.items() if rules["budgets"] else ():
        program.row(spend[key], -math.inf, amount - sum(fixed.spend[key]))
    for key, capacity in case.capacity.items() if rules["placements"] else ():
        program.row(weeks[key], -math.inf, capacity - sum(fixed.placements[key]))
    for _, keys, row in commitments(case, policy):
        low, high = number(row, "min_places", -math.inf), number(row, "max_places", math.inf)
        program.row({x[key]: 1.0 for key in keys}, low, high)
    if rules["pace_of_change"]:
        add_pace(program, case, policy, x)
    for name, year in x if rules["level_intake"] else ():
        if year > years[0] and name in case.courses:
            program.row({x[name, year]: 1.0, x[name, year - 1]: -1.0}, 0.0, 0.0)
    answer, bound = program.minimise(gap, time_limit)
    places: dict[tuple[Any, ...], float]
    places = {key: max(0.0, answer[column]) for key, column in x.items()}
    if policy["integer"]:
        step = {key: case.lines[key[0]].step for key in x}
        places = {key: round(value / step[key]) * step[key] for key, value in places.items()}
    places |= {pair: max(0.0, answer[column]) for pair, column in deployed.items()}
    if first == "shortfall":
        return simulate(case, policy, places).objective, places, bound
    value = {"change": change, "below_floor": below_floor, "unemployed": unemployment}[first]
    return value(case, policy, places), places, bound
