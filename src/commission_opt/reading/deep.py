"""Checks that need the resolved instance: what courses and measures cost, use and can meet."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from commission_opt.errors import Problem
from commission_opt.instance.instance import Instance
from commission_opt.instance.typed import ANY
from commission_opt.instance.use import budget_use, placement_use
from commission_opt.supply import baseline
from commission_opt.supply.taken import takers
from commission_opt.text.counts import plural

_TOLERANCE = 1e-9  # relative; what rounding may do to a sum of costs


def check_commitments_can_be_met(instance: Instance) -> Iterator[Problem]:
    """Report commitments for more places or units than what they match can take."""
    most = instance.commitment_lines @ instance.lines["max_amount"].to_numpy()
    columns = ["min_places", "measure"]
    for i, (row, least, measure) in enumerate(instance.commitments[columns].itertuples()):
        if least > 0 and not instance.commitment_lines[i].any():
            message = "no course matches the filters, so no course can meet it"
        elif least > most[i] and measure:
            message = (
                f"{least:g} units cannot be met: max_amount of measure {measure!r} is {most[i]:g}"
            )
        elif least > most[i]:
            message = f"{least:g} places cannot be met: the courses take {most[i]:g} at most"
        else:
            continue
        yield Problem("error", "commitments.csv", int(str(row)), "min_places", message)


def check_pipeline_alone(instance: Instance) -> Iterator[Problem]:
    """Report budgets and pools that students already on course exceed."""
    budgets = instance.budgets
    spend = budget_use(instance).constant
    for i in _exceeded(spend, budgets["amount"].to_numpy()):
        row = budgets.iloc[i]
        place = "" if row["region"] == ANY else f" in {row['region']!r}"
        message = (
            f"£{row['amount']:,.0f} is less than the £{spend[i]:,.0f} that students already on "
            f"course cost {row['fund']!r}{place} in {row['year']}"
        )
        yield Problem("error", "budgets.csv", int(str(budgets.index[i])), "amount", message)
    pools = instance.placements
    weeks = placement_use(instance).constant
    table = instance.tables["placements"]
    for i in _exceeded(weeks, pools["capacity"].to_numpy()):
        row = pools.iloc[i]
        named = table[(table["pool"] == row["pool"]) & (table["region"] == row["region"])]
        exact = named[named["year"] == row["year"]]
        line = int(str((exact if len(exact) else named).index[0]))
        message = (
            f"{row['capacity']:,.6g} weeks are less than the {weeks[i]:,.6g} that students "
            f"already on course need of {row['pool']!r} in {row['region']!r} in {row['year']}"
        )
        yield Problem("error", "placements.csv", line, "capacity", message)


def _exceeded(use: np.ndarray, limit: np.ndarray) -> np.ndarray:
    return np.flatnonzero(use > limit + _TOLERANCE * np.maximum(1.0, limit))


def warn_late_effects(instance: Instance) -> Iterator[Problem]:
    """Warn of courses and measures whose effects all lie beyond the horizon."""
    duration = instance.courses["duration_years"]
    for row, years in duration[duration >= instance.horizon].items():
        message = (
            f"the first graduates arrive in {instance.first_year + years}, after the horizon "
            f"ends in {instance.years[-1]}; places on this course buy nothing"
        )
        yield Problem("warning", "courses.csv", int(str(row)), "duration_years", message)
    lead = _first_effect(instance)
    for row, years in lead[lead >= instance.horizon].items():
        message = (
            f"the first effect is in {instance.first_year + years}, after the horizon ends in "
            f"{instance.years[-1]}; units of this measure buy nothing"
        )
        yield Problem("warning", "measures.csv", int(str(row)), "lead_years", message)


def _first_effect(instance: Instance) -> pd.Series:
    """Return the years from buying a unit of each measure to its effect, by line of the file."""
    return instance.measures["lead_years"] + (instance.measures["kind"] == "retain")


def warn_nobody_leaves(instance: Instance) -> Iterator[Problem]:
    """Warn of measures that retain staff where none leave."""
    kept = instance.measures[instance.measures["kind"] == "retain"]
    rate = instance.leaver_rate[kept["p"].to_numpy(int), kept["q"].to_numpy(int)]
    for row, profession, region in kept.loc[rate == 0, ["profession", "region"]].itertuples():
        message = (
            f"nobody of {profession!r} in {region!r} leaves, so that no unit of this measure can "
            "be bought"
        )
        yield Problem("warning", "measures.csv", row, "kind", message)


def check_staff_to_take(instance: Instance) -> Iterator[Problem]:
    """Report courses that take staff where there are none left before any place is bought."""
    taking = instance.courses.iloc[takers(instance)]
    base = baseline(instance)[taking["from_p"].to_numpy(int), taking["q"].to_numpy(int)]
    columns = ["from_profession", "region"]
    for (row, profession, region), fte in zip(taking[columns].itertuples(), base, strict=True):
        if (short := np.flatnonzero(fte < 0)).size:
            message = (
                f"staff of {profession!r} in {region!r} come to {fte[short[0]]:,.6g} FTE in "
                f"{instance.years[short[0]]} without any place, with those who leave and those on "
                "course already; there is nobody to take"
            )
            yield Problem("error", "courses.csv", row, "from_profession", message)


def warn_free_lines(instance: Instance) -> Iterator[Problem]:
    """Warn of courses, and of measures that can be bought, that cost nothing in any fund."""
    charged = set(instance.costs.loc[instance.costs["rate"] > 0, "line"])
    for i, (row, course) in enumerate(instance.courses["course"].items()):
        if i not in charged:
            message = f"course {course!r} costs nothing in any fund"
            yield Problem("warning", "courses.csv", int(str(row)), None, message)
    able = instance.measures[instance.measures["max_amount"] > 0]
    paid = set(instance.lines["line"].iloc[list(charged)])
    for row, measure in able["measure"].items():
        if measure not in paid:
            message = f"measure {measure!r} costs nothing in any fund"
            yield Problem("warning", "measures.csv", int(str(row)), None, message)


def warn_missing_budgets(instance: Instance) -> Iterator[Problem]:
    """Warn of funds with costs but without a budget in some year."""
    charged = instance.costs[instance.costs["rate"] > 0]
    for fund in charged["code"].drop_duplicates():
        have = set(instance.budgets.loc[instance.budgets["fund"] == fund, "year"])
        lacking = [str(y) for y in instance.years if y not in have]
        if lacking:
            message = f"fund {fund!r} has costs but no budget in {_list(lacking)}: no limit then"
            yield Problem("warning", "budgets.csv", None, "fund", message)


def warn_missing_capacities(instance: Instance) -> Iterator[Problem]:
    """Warn of pools used in a region where they have no capacity in some year."""
    used = instance.placement_use[instance.placement_use["rate"] > 0]
    regions = instance.lines["region"].to_numpy()[used["line"]]
    have_rows = instance.placements.groupby(["pool", "region"])["year"].agg(set).to_dict()
    pairs = pd.DataFrame({"pool": used["code"].to_numpy(), "region": regions}).drop_duplicates()
    for pool, region in pairs.itertuples(index=False):
        have = have_rows.get((pool, region), set())
        lacking = [str(y) for y in instance.years if y not in have]
        if lacking:
            when = "any year" if len(lacking) == instance.horizon else _list(lacking)
            message = f"pool {pool!r} is used in {region!r} but has no capacity row for {when}"
            yield Problem("warning", "placements.csv", None, "pool", f"{message}: no limit then")


def warn_idle_budgets(instance: Instance) -> Iterator[Problem]:
    """Warn of budgets that nothing can spend."""
    who = "course or measure" if len(instance.measures) else "course"
    charged = instance.costs[instance.costs["rate"] > 0]
    where = instance.lines["q"].to_numpy()[charged["line"]]
    budgets = instance.budgets.drop_duplicates(["fund", "region"])
    for row, fund, region in budgets[["fund", "region"]].itertuples():
        spenders = (charged["code"] == fund).to_numpy() & instance.scopes[region][where]
        if not spenders.any():
            place = "" if region == ANY else f" in {region!r}"
            message = f"nothing uses this budget: no {who} costs fund {fund!r}{place}"
            yield Problem("warning", "budgets.csv", row, "fund", message)


def warn_short_horizon(instance: Instance, commissioning_years: int) -> Iterator[Problem]:
    """Warn where what is bought in the last commissioning year works after the horizon only."""
    longest = int(instance.courses["duration_years"].max())
    lead = int(_first_effect(instance).max()) if len(instance.measures) else 0
    for years, what, late in (
        (longest, f"a course of {longest} years", "places whose graduates arrive"),
        (lead, f"a measure that takes {lead} years", "units whose effect begins"),
    ):
        if commissioning_years + years > instance.horizon:
            message = (
                f"{commissioning_years} commissioning years and {what} reach beyond the horizon "
                f"of {instance.horizon} years: {late} after it buy nothing"
            )
            yield Problem("warning", "instance.toml", None, "horizon", message)


def _list(years: list[str]) -> str:
    return ", ".join(years[:6]) + (
        f" and {plural(len(years) - 6, 'more year')}" if len(years) > 6 else ""
    )
