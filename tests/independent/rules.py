"""The rules, and which of them some places break."""

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from independent.case import (
    Bought,
    Case,
    Course,
    Key,
    Measure,
    Places,
    Policy,
    Row,
    around,
    code,
    commissioning_years,
    most,
    number,
)
from independent.simulation import most_deployed, pairs, simulate
from independent.staff import giving


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


def targets(case: Case, policy: Policy) -> Iterable[tuple[str, list[Any], dict[str, Any], float]]:
    """Each target in each of its years: a label, what it counts, the table, and the demand there.

    It counts cells of (profession, region, year) of what is missing, or (course, year) of places.
    """

    def named(table: dict[str, Any], key: str, codes: Iterable[str]) -> bool:
        wanted = table.get(key, [])
        wanted = [wanted] if isinstance(wanted, str) else wanted
        return not wanted or any(code in wanted for code in codes)

    for k, table in enumerate(policy.get("target", []), start=1):
        places = table["of"] == "places"
        for year in commissioning_years(case, policy) if places else case.years:
            if not table.get("first_year", year) <= year <= table.get("last_year", year):
                continue
            cells = [
                (p, q, year)
                for p, q, when in case.demand
                if when == year
                and named(table, "profession", [p])
                and named(table, "group", [case.group[p]])
                and named(table, "region", around(case, q))
            ]
            own = [
                (name, year)
                for name, it in case.courses.items()
                if (it.profession, it.region, year) in cells
            ]
            needed = sum(case.demand[cell] for cell in cells)
            yield f"target {k} {year}", own if places else cells, table, needed


def target_count(
    table: dict[str, Any], counted: list[Any], shortfall: dict[Key, float], places: Places
) -> float:
    """What a target counts: FTE missing, or places."""
    if table["of"] == "places":
        return math.fsum(places.get(key, 0.0) for key in counted)
    return math.fsum(shortfall[key] for key in counted)


def target_ends(table: dict[str, Any], needed: float) -> tuple[float, float]:
    """The least and most of what a target counts; of a share met, what may be missing."""
    if table["of"] == "share_met":
        return -math.inf, (1.0 - table["at_least"]) * needed
    return table.get("at_least", -math.inf), table.get("at_most", math.inf)


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
    for text, counted, target, needed in targets(case, policy):
        if "price" not in target:
            there = target_count(target, counted, outcome.shortfall, places)
            check(text, there, *target_ends(target, needed))
    for key, amount in case.budgets.items() if rules["budgets"] else ():
        check(f"budgets, {key}", sum(outcome.spend[key]), -math.inf, amount)
    for key, capacity in case.capacity.items() if rules["placements"] else ():
        check(f"placements, {key}", sum(outcome.placements[key]), -math.inf, capacity)
    return found


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
