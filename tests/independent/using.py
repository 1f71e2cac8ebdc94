"""What cohorts cost, the weeks that they take, and who is drawn from pools of people."""

from collections import defaultdict
from collections.abc import Iterable

from independent.case import (
    Bought,
    Case,
    Cohort,
    Key,
    Measure,
    Pool,
    Rates,
    around,
    code,
    number,
    paid_years,
)


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
