"""Checks beyond single tables: kinds of measures, and what is bought costs, uses and can meet."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from commission_opt.accounts.pay import spending
from commission_opt.activities import KINDS
from commission_opt.errors import Problem
from commission_opt.instance.found import found
from commission_opt.instance.instance import Instance
from commission_opt.instance.overrides import capacities
from commission_opt.instance.typed import ANY
from commission_opt.instance.use import budget_use, placement_use
from commission_opt.supply import baseline
from commission_opt.supply.taken import takers
from commission_opt.text.counts import plural
from commission_opt.text.near_names import did_you_mean

_TOLERANCE = 1e-9  # relative; what rounding may do to a sum of costs


def check_kinds(measures: pd.DataFrame) -> Iterator[Problem]:
    """Report kinds of measures that there are not, and cells that say nothing of their kind."""
    kinds = measures["kind"].dropna()
    for row, kind in kinds[~kinds.isin([*KINDS])].items():
        message = f"there is no kind of measure {kind!r}"
        message += did_you_mean(kind, KINDS) or f"; the kinds are {', '.join(KINDS)}"
        yield Problem("error", "measures.csv", int(str(row)), "kind", message)
    message = "says nothing of a measure of kind {kind!r}; leave it empty"
    for kind, activity in KINDS.items():
        own = measures[measures["kind"] == kind]
        for column in activity.unused:
            yield from found("error", "measures", own[own[column].notna()], column, message)


def check_commitments_can_be_met(instance: Instance) -> Iterator[Problem]:
    """Report commitments for more places or units than what they match can take."""
    most = instance.commitment_lines @ instance.lines["max_amount"].to_numpy()
    rows = instance.commitments.assign(
        most=most, matched=np.asarray(instance.commitment_lines.any(axis=1))
    )
    rows = rows[rows["min_places"] > most]
    matched, of_measure = rows["matched"], rows["measure"] != ""
    for wrong, message in (
        (~matched, "no course matches the filters, so no course can meet it"),
        (matched & of_measure, "{min_places:g} units cannot be met: max_amount of measure "
         "{measure!r} is {most:g}"),
        (matched & ~of_measure, "{min_places:g} places cannot be met: the courses take {most:g} at "
         "most"),
    ):  # fmt: skip
        yield from found("error", "commitments", rows[wrong], "min_places", message)


def check_pipeline_alone(instance: Instance) -> Iterator[Problem]:
    """Report budgets and pools that students already on course exceed."""
    spend, weeks = budget_use(instance).constant, placement_use(instance).constant
    budgets = _exceeded(instance.budgets, "amount", spend)
    for where, place in (
        (budgets["region"] == ANY, ""),
        (budgets["region"] != ANY, " in {region!r}"),
    ):
        message = (
            "£{amount:,.0f} is less than the £{use:,.0f} that students already on "
            f"course cost {{fund!r}}{place} in {{year}}"
        )
        yield from found("error", "budgets", budgets[where], "amount", message)
    pools = capacities(instance.tables, instance.years).set_index("row")
    message = (
        "{capacity:,.6g} weeks are less than the {use:,.6g} that students "
        "already on course need of {pool!r} in {region!r} in {year}"
    )
    pools = _exceeded(pools, "capacity", weeks)
    yield from found("error", "placements", pools, "capacity", message)


def warn_pay_alone(instance: Instance) -> Iterator[Problem]:
    """Warn of budgets that pay of staff without anything bought, and the pipeline, exceed.

    That is no error: what is bought may take staff, and rules may leave budgets out.
    """
    if not len(instance.pay):
        return
    need, pipeline = spending(instance).constant, budget_use(instance).constant
    rows = _exceeded(instance.budgets.assign(pay=need - pipeline), "amount", need)
    rows = rows[rows["pay"] > 0]
    several = rows.groupby(["fund", "region"], sort=False)["year"].transform("size") - 1
    more = several.map(lambda n: f", and in {plural(n, 'more year')} likewise" if n else "")
    where = rows["region"].map(lambda region: "" if region == ANY else f" in {region!r}")
    rows = rows.assign(more=more, where=where).drop_duplicates(["fund", "region"])
    message = (
        "£{amount:,.0f} is less than the £{use:,.0f} that fund {fund!r}{where} needs in {year} "
        "with nothing bought, £{pay:,.0f} of it pay{more}; solve says what does not fit"
    )
    yield from found("warning", "budgets", rows, "amount", message)


def _exceeded(limits: pd.DataFrame, column: str, use: np.ndarray) -> pd.DataFrame:
    limit = limits[column].to_numpy()
    beyond = use > limit + _TOLERANCE * np.maximum(1.0, limit)
    exceeded: pd.DataFrame = limits.assign(use=use)[beyond]
    return exceeded


def warn_late_effects(instance: Instance) -> Iterator[Problem]:
    """Warn of courses and measures whose effects all lie beyond the horizon."""
    for table, column, years, what, bought in (
        ("courses", "duration_years", instance.courses["duration_years"],
         "graduates arrive", "places on this course"),
        ("measures", "lead_years", _first_effect(instance), "effect is", "units of this measure"),
    ):  # fmt: skip
        rows = pd.DataFrame({"effect": instance.first_year + years[years >= instance.horizon]})
        message = (
            f"the first {what} in {{effect}}, after the horizon ends in {instance.years[-1]}; "
            f"{bought} buy nothing"
        )
        yield from found("warning", table, rows, column, message)


def _first_effect(instance: Instance) -> pd.Series:
    """Return the years from buying a unit of each measure to its effect, by line of the file."""
    return instance.measures["lead_years"] + (instance.measures["kind"] == "retain")


def warn_nobody_leaves(instance: Instance) -> Iterator[Problem]:
    """Warn of measures that retain staff where none leave."""
    kept = instance.measures[instance.measures["kind"] == "retain"]
    rate = instance.leaver_rate[kept["p"].to_numpy(int), kept["q"].to_numpy(int)]
    message = (
        "nobody of {profession!r} in {region!r} leaves, so that no unit of this measure can be "
        "bought"
    )
    yield from found("warning", "measures", kept[rate == 0], "kind", message)


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
    charged = instance.costs.loc[instance.costs["rate"] > 0, "line"]
    free = ~np.isin(np.arange(len(instance.lines)), charged)
    courses, measures = np.split(free, [len(instance.courses)])
    measures &= (instance.measures["max_amount"] > 0).to_numpy()
    message = "course {course!r} costs nothing in any fund"
    yield from found("warning", "courses", instance.courses[courses], None, message)
    message = "measure {measure!r} costs nothing in any fund"
    yield from found("warning", "measures", instance.measures[measures], None, message)


def warn_missing_budgets(instance: Instance) -> Iterator[Problem]:
    """Warn of funds with costs, or that pay staff, but without a budget in some year."""
    charged, paying = (table[table["rate"] > 0] for table in (instance.costs, instance.pay))
    paid_in = instance.first_year + instance.cells.of("year", paying["cell"])
    for fund in dict.fromkeys([*charged["code"], *paying["code"]]):
        have = set(instance.budgets.loc[instance.budgets["fund"] == fund, "year"])
        costs = (charged["code"] == fund).any()
        years = instance.years if costs else np.unique(paid_in[paying["code"] == fund]).tolist()
        lacking = [str(y) for y in years if y not in have]
        if lacking:
            what = "has costs but" if costs else "pays staff but has"
            message = f"fund {fund!r} {what} no budget in {_when(lacking, instance)}"
            message += ", so that nothing limits what it spends then"
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
            message = f"pool {pool!r} is used in {region!r} but has no capacity row for "
            message += f"{_when(lacking, instance)}, so that nothing limits its use then"
            yield Problem("warning", "placements.csv", None, "pool", message)


def warn_idle_budgets(instance: Instance) -> Iterator[Problem]:
    """Warn of budgets that nothing can spend."""
    who = "course or measure" if len(instance.measures) else "course"
    charged = instance.costs[instance.costs["rate"] > 0]
    where = instance.lines["q"].to_numpy()[charged["line"]]
    paying = instance.pay[instance.pay["rate"] > 0]
    paid_in = instance.cells.of("region", paying["cell"])
    budgets = instance.budgets.drop_duplicates(["fund", "region"])
    for row, fund, region in budgets[["fund", "region"]].itertuples():
        inside = instance.scopes[region]
        spenders = (charged["code"] == fund).to_numpy() & inside[where]
        paid = (paying["code"] == fund).to_numpy() & inside[paid_in]
        if not spenders.any() and not paid.any():
            place = "" if region == ANY else f" in {region!r}"
            message = f"nothing uses this budget: no {who} costs fund {fund!r}{place}"
            message += ", and it pays nobody there" * bool(len(paying))
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


def _when(years: list[str], instance: Instance) -> str:
    if len(years) == instance.horizon:
        return "any year"
    return ", ".join(years[:6]) + (
        f" and {plural(len(years) - 6, 'more year')}" if len(years) > 6 else ""
    )
