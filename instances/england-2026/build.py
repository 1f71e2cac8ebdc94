"""Build the tables of the england-2026 instance from the figures in ``sources/``.

Run as ``python instances/england-2026/build.py``. Every figure and every assumption stands in a
source table with its origin; this script only combines them. The profession-level sources know
nothing of regions, so that another instance can be built from them with other regions: it needs
its own ``regions.csv``, ``population_mid2019.csv``, ``staff_by_region.csv`` and regional rows.
The same sources give the same tables, byte for byte.
"""

from __future__ import annotations

import math
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

Record = dict[str, str]
Row = dict[str, str | int | float]
Split = dict[str, float]

ALL = "*"
SOURCE_TABLES = (
    "assumptions",
    "budget_growth",
    "capacity",
    "commitments",
    "costs",
    "deflators",
    "figure_columns",
    "figures",
    "mobility",
    "past_intakes",
    "population_mid2019",
    "practice_hours",
    "professions",
    "regional_splits",
    "regions",
    "staff_by_region",
)


@dataclass(frozen=True)
class Sources:
    """The source tables, and the few things that are read from them everywhere.

    Parameters
    ----------
    tables
        Source tables by name, each a list of records of text.
    first_year, horizon
        First financial year of the plan and number of years.
    """

    tables: Mapping[str, list[Record]]
    first_year: int
    horizon: int

    @property
    def regions(self) -> list[str]:
        """Codes of the leaf regions."""
        return [row["region"] for row in self.tables["regions"]]

    @property
    def years(self) -> range:
        """Years of the horizon."""
        return range(self.first_year, self.first_year + self.horizon)

    @property
    def professions(self) -> list[Record]:
        """Professions in the order of the source table."""
        return self.tables["professions"]

    def scopes(self, profession: str) -> list[str]:
        """Return what a profession answers to, most specific first."""
        group = next(r["group"] for r in self.professions if r["profession"] == profession)
        return [profession, group, ALL]

    def find(self, figure: str, profession: str = ALL, region: str = "") -> float | None:
        """Return a figure for a profession: its own, else its group's, else the default."""
        scopes = [ALL] if profession == ALL else self.scopes(profession)
        for scope in scopes:
            for place in (region, "") if region else ("",):
                for row in self.tables["figures"]:
                    if (row["figure"], row["scope"], row["region"]) == (figure, scope, place):
                        return float(row["value"])
        return None

    def figure(self, figure: str, profession: str = ALL, region: str = "") -> float:
        """Return a figure that must exist; see `find`."""
        value = self.find(figure, profession, region)
        if value is None:
            raise LookupError(f"figures.csv has no {figure} for {profession} {region}")
        return value

    def staff(self, group: str, column: str) -> Split:
        """Return a column of the regional staff figures of one staff group."""
        rows = [r for r in self.tables["staff_by_region"] if r["staff_group"] == group]
        return {r["region"]: float(r[column]) for r in rows}

    def population(self) -> Split:
        """Return the population of each region."""
        people: Split = dict.fromkeys(self.regions, 0.0)
        for row in self.tables["population_mid2019"]:
            people[row["region"]] += float(row["population"])
        return people


def load_sources(folder: Path) -> Sources:
    """Read ``instance.toml`` and every source table of an instance folder."""
    with (folder / "instance.toml").open("rb") as file:
        settings = tomllib.load(file)
    tables: dict[str, list[Record]] = {}
    for name in SOURCE_TABLES:
        frame = pd.read_csv(folder / "sources" / f"{name}.csv", dtype=str, keep_default_na=False)
        tables[name] = [{str(k): str(v) for k, v in r.items()} for r in frame.to_dict("records")]
    return Sources(tables, int(settings["first_year"]), int(settings["horizon"]))


def normalise(weights: Mapping[str, float]) -> Split:
    """Scale weights so that they sum to one."""
    total = sum(weights.values())
    return {key: value / total for key, value in weights.items()}


def apportion(total: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Share out whole numbers by largest remainder; ties go to the first key."""
    exact = {key: total * share for key, share in normalise(weights).items()}
    parts = {key: math.floor(value) for key, value in exact.items()}
    order = sorted(exact, key=lambda key: (parts[key] - exact[key], key))
    for key in order[: total - sum(parts.values())]:
        parts[key] += 1
    return parts


def floor_tenth(value: float) -> float:
    """Round down to one decimal, so that parts never exceed a published total."""
    return math.floor(value * 10 + 1e-6) / 10


# --- regional splits ---------------------------------------------------------------------------


def base_split(sources: Sources, profession: Record) -> Split:
    """Return the regional FTE of the staff group, or population where there is none."""
    group = profession["staff_group"]
    return normalise(sources.staff(group, "fte") if group else sources.population())


def named_split(sources: Sources, name: str, base: Split) -> Split:
    """Return a published split; regions without a published share follow the base split."""
    rows = [r for r in sources.tables["regional_splits"] if r["split"] == name]
    if not rows:
        raise LookupError(f"regional_splits.csv has no split {name}")
    values = {r["region"]: float(r["value"]) for r in rows}
    if rows[0]["kind"] == "per-100000":
        people = sources.population()
        return normalise({region: rate * people[region] for region, rate in values.items()})
    if rows[0]["kind"] == "count":
        return normalise(values)
    rest = normalise({r: share for r, share in base.items() if r not in values})
    left = 1 - sum(values.values())
    return {**{r: left * share for r, share in rest.items()}, **values}


def split(sources: Sources, profession: Record, column: str) -> Split:
    """Return the regional split that a profession's source row names in a column."""
    base = base_split(sources, profession)
    if profession[column] == "staff-group":
        return base
    if profession[column] == "population":
        return normalise(sources.population())
    return named_split(sources, profession[column], base)


def taught_in(sources: Sources, profession: Record) -> list[str]:
    """Return the regions in which a profession is taught."""
    places = profession["taught_in"]
    return sources.regions if places == ALL else places.split()


# --- workforce and demand ----------------------------------------------------------------------


def national_fte(sources: Sources, profession: Record) -> float:
    """Return staff in post in England: given, a share of the staff group, or from the register."""
    code = profession["profession"]
    given = sources.find("fte", code)
    if given is not None:
        return given
    share = sources.find("fte_share", code)
    if share is not None:
        return share * sum(sources.staff(profession["staff_group"], "fte").values())
    registered = sources.figure("register_2025", code)
    in_england = registered * sources.figure("england_share_of_uk")
    return in_england * sources.figure("nhs_fte_share", code)


def regional_fte(sources: Sources, profession: Record) -> Split:
    """Return staff in post by region, to one decimal."""
    total = national_fte(sources, profession)
    shares = split(sources, profession, "workforce_split")
    return {region: floor_tenth(total * shares[region]) for region in sources.regions}


def leaver_rates(sources: Sources, profession: Record) -> Split:
    """Return leaver rates by region: the national rate, tilted by the published regional month."""
    rate = sources.figure("leaver_rate", profession["profession"])
    group = profession["staff_group"]
    if not group:
        return dict.fromkeys(sources.regions, rate)
    leavers, staff = sources.staff(group, "leavers_fte_month"), sources.staff(group, "fte")
    national = sum(leavers.values()) / sum(staff.values())
    shrink = sources.figure("leaver_region_shrink")
    tilt = {r: 1 + shrink * (leavers[r] / staff[r] / national - 1) for r in sources.regions}
    return {region: round(rate * tilt[region], 4) for region in sources.regions}


def workforce_rows(sources: Sources) -> Iterator[Row]:
    """Yield the workforce table: published staff in post, less the leavers before the start."""
    waited = sources.figure("leavers_before_start")
    for profession in sources.professions:
        code = profession["profession"]
        early, years = sources.find("early_leaver_rate", code), sources.find("early_years", code)
        fte, rates = regional_fte(sources, profession), leaver_rates(sources, profession)
        for region in sources.regions:
            yield {
                "profession": code,
                "region": region,
                "fte": floor_tenth(fte[region] * (1 - rates[region]) ** waited),
                "leaver_rate": rates[region],
                "early_leaver_rate": "" if early is None else early,
                "early_years": "" if years is None else int(years),
            }


def establishment(sources: Sources, profession: Record) -> Split:
    """Return what each region needs at the start: staff in post and the posts not filled."""
    fte = regional_fte(sources, profession)
    shortage = sources.figure("shortage_rate", profession["profession"])
    factor = {r: sources.figure("shortage_factor", ALL, r) for r in sources.regions}
    mean = sum(factor[r] * fte[r] for r in fte) / sum(fte.values())
    tilt = {r: factor[r] / mean if shortage > 0 else 1.0 for r in fte}
    return {r: fte[r] / (1 - shortage * tilt[r]) for r in fte}


def between(sources: Sources, figure: str, year: int, profession: str = ALL) -> float:
    """Return a figure that moves in a straight line from its first to its last value."""
    step = (year - sources.first_year) / (sources.horizon - 1)
    first = sources.figure(f"{figure}_first", profession)
    return first + step * (sources.figure(f"{figure}_last", profession) - first)


def demand_rows(sources: Sources) -> Iterator[Row]:
    """Yield the demand table: present establishment, moving slowly towards population."""
    people = normalise(sources.population())
    for profession in sources.professions:
        code = profession["profession"]
        posts = establishment(sources, profession)
        shares, total = normalise(posts), sum(posts.values())
        growth = sources.figure("demand_growth", code)
        for region in sources.regions:
            for year in sources.years:
                weight = between(sources, "need_weight", year)
                share = (1 - weight) * shares[region] + weight * people[region]
                fte = total * (1 + growth) ** (year - sources.first_year) * share
                yield {"profession": code, "region": region, "year": year, "fte": round(fte, 1)}


def joiner_rows(sources: Sources) -> Iterator[Row]:
    """Yield joiners by other routes: a share of the workforce that moves in a straight line."""
    for profession in sources.professions:
        code, fte = profession["profession"], regional_fte(sources, profession)
        for region in sources.regions:
            for year in sources.years:
                joiners = fte[region] * between(sources, "joiner_rate", year, code)
                yield {"profession": code, "region": region, "year": year, "fte": round(joiners, 1)}


# --- courses, pipeline, destinations -----------------------------------------------------------


def register_starters(sources: Sources, code: str) -> float:
    """Return the yearly starters that explain the growth of a register.

    New registrants a year are the net growth and the replacement of those who left; of these a
    share was trained in the UK on the modelled route, and only some starters complete.
    """
    before, now = sources.figure("register_2021", code), sources.figure("register_2025", code)
    growth = (now - before) / sources.figure("register_years")
    exits = sources.figure("register_exit_rate") * (before + now) / 2
    in_england = (growth + exits) * sources.figure("england_share_of_uk")
    trained = in_england * sources.figure("home_trained_share", code)
    return trained / sources.figure("completion_rate", code)


def national_places(sources: Sources, code: str) -> int:
    """Return the places of the latest intake in England."""
    fill = sources.figure("fill_rate", code)
    places, starters = sources.find("places", code), sources.find("starters", code)
    posts = sources.find("uk_posts", code)
    if places is not None:
        return round(places)
    if starters is not None:
        return round(starters / fill)
    if posts is not None:
        return round(posts * sources.figure("england_share_of_posts"))
    return round(register_starters(sources, code) / fill)


def rounded_intake(sources: Sources, intake: int, smallest: int) -> int:
    """Round an estimated intake, coarsely for a large course, never below the smallest cohort."""
    large = intake >= sources.figure("intake_large_from")
    unit = int(sources.figure(f"intake_rounding_{'large' if large else 'small'}"))
    return max(math.ceil(smallest / unit), round(intake / unit)) * unit


def fte_per_head(sources: Sources, profession: Record) -> float:
    """Return FTE per joiner: given, else FTE over headcount of the staff group."""
    given = sources.find("fte_per_joiner", profession["profession"])
    if given is not None:
        return given
    group = profession["staff_group"]
    heads = sum(sources.staff(group, "headcount").values())
    return round(sum(sources.staff(group, "fte").values()) / heads, 4)


def course_rows(sources: Sources) -> Iterator[Row]:
    """Yield the courses table: one course for each profession and region where it is taught."""
    titles = {row["region"]: row["title"] for row in sources.tables["regions"]}
    for profession in sources.professions:
        code, places = profession["profession"], taught_in(sources, profession)
        shares = split(sources, profession, "intake_split")
        intakes = apportion(national_places(sources, code), {r: shares[r] for r in places})
        step = int(sources.figure("cohort_step", code))
        smallest = math.ceil(sources.figure("min_cohort", code) / step) * step
        room = 1 + sources.figure("growth_capacity", code)
        for region in places:
            last = rounded_intake(sources, intakes[region], smallest)
            yield {
                "course": f"{code}-{region}",
                "profession": code,
                "region": region,
                "title": f"{profession['title']}, {titles[region]}",
                "duration_years": int(sources.figure("duration_years", code)),
                "last_intake": last,
                "max_intake": math.ceil(round(last * room / step, 6)) * step,
                "min_cohort": smallest,
                "cohort_step": step,
                "fill_rate": sources.figure("fill_rate", code, region),
                "completion_rate": sources.figure("completion_rate", code),
                "join_rate": sources.figure("join_rate", code),
                "fte_per_joiner": fte_per_head(sources, profession),
            }


def intake_series(sources: Sources, code: str) -> dict[int, float]:
    """Return the most specific series of past intakes for a profession."""
    for scope in sources.scopes(code):
        rows = [r for r in sources.tables["past_intakes"] if r["series"] == scope]
        if rows:
            return {int(r["year"]): float(r["value"]) for r in rows}
    raise LookupError(f"past_intakes.csv has no series for {code}")


def intake_index(series: Mapping[int, float], year: int, last_year: int) -> float:
    """Return a year's intake over the last year's; a year without a figure takes the nearest."""
    nearest = min(series, key=lambda known: (abs(known - year), known))
    return series[nearest] / series[last_year]


def pipeline_rows(sources: Sources, courses: Iterable[Row]) -> Iterator[Row]:
    """Yield the cohorts on course at the start, and those that enter supply in the first year."""
    last_year = sources.first_year - 1
    for course in courses:
        series = intake_series(sources, str(course["profession"]))
        starters = float(course["last_intake"]) * float(course["fill_rate"])
        for year in range(sources.first_year - int(course["duration_years"]), sources.first_year):
            started = round(starters * intake_index(series, year, last_year))
            yield {"course": course["course"], "start_year": year, "started": started}


def destination_rows(sources: Sources) -> Iterator[Row]:
    """Yield where graduates work: those who stay, and movers in proportion to jobs elsewhere."""
    local = sources.figure("local_retention")
    for row in sources.tables["mobility"]:
        home, stay = row["from_region"], float(row["stay"])
        if row["add_local_retention"] == "1":
            stay += local * (1 - stay)
        jobs = sources.staff(row["movers_follow"], "fte")
        others = normalise({r: jobs[r] for r in sources.regions if r != home})
        shares = {r: round((1 - stay) * share, 4) for r, share in others.items()}
        shares[home] = round(1 - sum(shares.values()), 4)
        for region in sources.regions:
            yield {
                "profession": row["profession"],
                "from_region": home,
                "to_region": region,
                "share": shares[region],
            }


# --- costs, placements and what they limit -----------------------------------------------------


def cost_rows(sources: Sources) -> Iterator[Row]:
    """Yield the cost table: components of one key added up, in prices of the price base."""
    deflators = {r["price_year"]: float(r["to_2025"]) for r in sources.tables["deflators"]}
    costs: dict[tuple[str, str, str], float] = defaultdict(float)
    origin: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in sources.tables["costs"]:
        key = (row["profession"], row["study_year"], row["fund"])
        costs[key] += float(row["cost"]) * deflators[row["price_year"]]
        origin[key].append(row["source"])
    for key in costs:
        yield {
            "course": ALL,
            "profession": key[0],
            "study_year": key[1],
            "fund": key[2],
            "cost": round(costs[key]),
            "source": "; ".join(origin[key]),
        }


def placement_use_rows(sources: Sources) -> Iterator[Row]:
    """Yield placement weeks per student: published hours over the hours of a week."""
    for row in sources.tables["practice_hours"]:
        yield {
            "course": ALL,
            "profession": row["profession"],
            "study_year": row["study_year"],
            "pool": row["pool"],
            "weeks": round(float(row["hours"]) / sources.figure("hours_per_week"), 2),
            "source": row["source"],
        }


def rate_of(
    sources: Sources, rows: Iterable[Row], profession: str, study_year: int, key: str, value: str
) -> Split:
    """Return the cost per fund, or the weeks per pool, of one student in one study year."""
    rates: Split = {}
    for scope in reversed(sources.scopes(profession)):
        for year in (ALL, str(study_year)):
            for row in rows:
                if row["profession"] == scope and row["study_year"] == year:
                    rates[str(row[key])] = float(row[value])
    return rates


def students(
    course: Row, pipeline: Mapping[tuple[str, int], float], first_year: int, year: int
) -> Split:
    """Return students on a course by study year if the last intake is repeated every year."""
    duration, completion = int(course["duration_years"]), float(course["completion_rate"])
    steady = float(course["last_intake"]) * float(course["fill_rate"])
    present: Split = {}
    for study_year in range(1, duration + 1):
        start = year - study_year + 1
        started = steady if start >= first_year else pipeline[str(course["course"]), start]
        present[str(study_year)] = started * completion ** ((study_year - 1) / duration)
    return present


def steady_use(
    sources: Sources, courses: list[Row], pipeline: list[Row], rows: list[Row], key: str, value: str
) -> dict[tuple[str, str, int], float]:
    """Return what the pipeline and a repeated last intake use, by fund or pool, region and year."""
    started = {(str(r["course"]), int(r["start_year"])): float(r["started"]) for r in pipeline}
    use: dict[tuple[str, str, int], float] = defaultdict(float)
    for course in courses:
        profession, region = str(course["profession"]), str(course["region"])
        rates = {
            str(j): rate_of(sources, rows, profession, j, key, value)
            for j in range(1, int(course["duration_years"]) + 1)
        }
        for year in sources.years:
            present = students(course, started, sources.first_year, year)
            for study_year, number in present.items():
                for name, rate in rates[study_year].items():
                    use[name, region, year] += number * rate
    return use


def budget_rows(sources: Sources, spend: Mapping[tuple[str, str, int], float]) -> Iterator[Row]:
    """Yield budgets: the steady spend, grown by a yearly rate until the last year of growth."""
    for row in sources.tables["budget_growth"]:
        fund, region = row["fund"], row["region"]
        covered = sources.regions if region == ALL else [region]
        for year in sources.years:
            steady = sum(spend.get((fund, place, year), 0.0) for place in covered)
            grown = min(year, int(row["last_growth_year"])) - sources.first_year + 1
            amount = steady * (1 + float(row["yearly_growth"])) ** grown
            yield {
                "fund": fund,
                "region": region,
                "year": year,
                "amount": math.ceil(amount / 1000) * 1000,
            }


def capacity_of(sources: Sources, pool: str, region: str) -> tuple[float, float]:
    """Return headroom and yearly growth of a pool: the region's own, else the pool's."""
    for place in (region, ALL):
        for row in sources.tables["capacity"]:
            if (row["pool"], row["region"]) == (pool, place):
                return float(row["headroom"]), float(row["yearly_growth"])
    raise LookupError(f"capacity.csv has no row for {pool}")


def placement_rows(sources: Sources, use: Mapping[tuple[str, str, int], float]) -> Iterator[Row]:
    """Yield placement capacity: the largest steady use, a headroom and perhaps yearly growth."""
    pools = dict.fromkeys(row["pool"] for row in sources.tables["capacity"])
    for pool in pools:
        for region in sources.regions:
            largest = max(use.get((pool, region, year), 0.0) for year in sources.years)
            headroom, growth = capacity_of(sources, pool, region)
            years = [str(year) for year in sources.years] if growth else [ALL]
            for step, year in enumerate(years):
                capacity = math.ceil(largest * (1 + headroom) * (1 + growth) ** step)
                yield {"pool": pool, "region": region, "year": year, "capacity": capacity}


# --- assumptions -------------------------------------------------------------------------------


def assumption(name: str, where: tuple[str, str], value: str, row: Record) -> Row:
    """Return one row of the assumptions table."""
    return {
        "assumption": name,
        "table": where[0],
        "column": where[1],
        "value": value,
        "source": row["source"],
        "owner": row.get("owner") or "instance maintainers",
        "quality": row["quality"],
        "impact": row["impact"],
    }


def slug(*parts: str) -> str:
    """Join the parts of a name, leaving out the empty ones."""
    return "-".join(part.replace("_", "-") for part in parts if part).replace(ALL, "all")


def figure_assumptions(sources: Sources) -> Iterator[Row]:
    """Yield one assumption for each row of the profession-level figures."""
    columns = {r["figure"]: (r["table"], r["column"]) for r in sources.tables["figure_columns"]}
    for row in sources.tables["figures"]:
        name = slug(row["figure"], row["scope"], row["region"])
        yield assumption(name, columns[row["figure"]], row["value"], row)


def table_assumptions(sources: Sources) -> Iterator[Row]:
    """Yield one assumption for each row of the other source tables that rate their figures."""
    kinds: tuple[tuple[str, tuple[str, str], tuple[str, ...], str], ...] = (
        ("past_intakes", ("pipeline", "started"), ("series", "year"), "value"),
        ("mobility", ("destinations", "share"), ("profession", "from_region"), "stay"),
        ("costs", ("costs", "cost"), ("profession", "study_year", "fund", "component"), "cost"),
        ("deflators", ("costs", "cost"), ("price_year",), "to_2025"),
        ("practice_hours", ("placement_use", "weeks"), ("profession", "pool"), "hours"),
        ("capacity", ("placements", "capacity"), ("pool", "region"), "headroom"),
        ("budget_growth", ("budgets", "amount"), ("fund", "region"), "yearly_growth"),
    )
    for table, where, keys, value in kinds:
        for row in sources.tables[table]:
            name = slug(table, *(row[key] for key in keys))
            yield assumption(name, where, row[value], row)


def assumption_rows(sources: Sources) -> Iterator[Row]:
    """Yield the assumptions: those on structure first, then those behind single figures."""
    for row in sources.tables["assumptions"]:
        yield assumption(row["assumption"], (row["table"], row["column"]), row["value"], row)
    yield from figure_assumptions(sources)
    yield from table_assumptions(sources)


# --- the whole ---------------------------------------------------------------------------------


def profession_rows(sources: Sources) -> Iterator[Row]:
    """Yield the professions table."""
    for row in sources.professions:
        weight = sources.figure("weight", row["profession"])
        yield {**{k: row[k] for k in ("profession", "title", "group")}, "weight": weight}


def region_rows(sources: Sources) -> Iterator[Row]:
    """Yield the regions table."""
    people = sources.population()
    for row in sources.tables["regions"]:
        code = row["region"]
        yield {"region": code, "title": row["title"], "population": round(people[code])}


def check_staff_groups(sources: Sources, workforce: Iterable[Row]) -> None:
    """Raise if the professions of a staff group outnumber it in any region."""
    group_of = {r["profession"]: r["staff_group"] for r in sources.professions}
    totals: dict[tuple[str, str], float] = defaultdict(float)
    for row in workforce:
        totals[group_of[str(row["profession"])], str(row["region"])] += float(row["fte"])
    for (group, region), fte in totals.items():
        if group and fte > sources.staff(group, "fte")[region] + 1e-6:
            raise ValueError(f"{group} in {region}: {fte:.1f} FTE exceed the published staff group")


def build_tables(sources: Sources) -> dict[str, list[Row]]:
    """Return every table of the instance by name."""
    tables: dict[str, list[Row]] = {
        "professions": list(profession_rows(sources)),
        "regions": list(region_rows(sources)),
        "workforce": list(workforce_rows(sources)),
        "demand": list(demand_rows(sources)),
        "courses": list(course_rows(sources)),
        "costs": list(cost_rows(sources)),
        "placement_use": list(placement_use_rows(sources)),
        "destinations": list(destination_rows(sources)),
        "joiners": list(joiner_rows(sources)),
        "commitments": [dict(row) for row in sources.tables["commitments"]],
        "assumptions": list(assumption_rows(sources)),
    }
    check_staff_groups(sources, tables["workforce"])
    courses = tables["courses"]
    tables["pipeline"] = pipeline = list(pipeline_rows(sources, courses))
    spend = steady_use(sources, courses, pipeline, tables["costs"], "fund", "cost")
    weeks = steady_use(sources, courses, pipeline, tables["placement_use"], "pool", "weeks")
    tables["budgets"] = list(budget_rows(sources, spend))
    tables["placements"] = list(placement_rows(sources, weeks))
    return tables


def write_tables(tables: Mapping[str, list[Row]], folder: Path) -> None:
    """Write every table as CSV: UTF-8, LF line ends."""
    for name, rows in tables.items():
        text = pd.DataFrame(rows).to_csv(index=False, lineterminator="\n")
        (folder / f"{name}.csv").write_bytes(text.encode("utf-8"))


def main() -> int:
    """Build the instance in the folder of this script."""
    folder = Path(__file__).resolve().parent
    tables = build_tables(load_sources(folder))
    write_tables(tables, folder)
    for name, rows in sorted(tables.items()):
        print(f"{name}.csv: {len(rows)} rows", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
