"""What a plan says, as the tables that its workbook shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance
from commission_opt.plan.read import StoredPlan
from commission_opt.views import deployment, floors, lines, posts, words
from commission_opt.views.deployed import by_scenario
from commission_opt.views.later import later_ranges
from commission_opt.views.money import PARTS, Fund
from commission_opt.views.money import money as funds_of
from commission_opt.views.names import Names, names_of
from commission_opt.views.pathways import flows
from commission_opt.views.places import by_pair, last_year
from commission_opt.views.prospects import Prospects
from commission_opt.views.shortfall import FUTURES, Baselines

ALL, ALL_MEASURES = "all professions", "all measures"
NO_COURSE = "no course"
UNBUDGETED = "under no budget"
OF_IT_PAY = "of all this pay"


def places(instance: Instance, result: Outcome) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return first-year places, and their change on last year, by profession and region.

    Returns
    -------
    now : pandas.DataFrame
        profession, a column for each leaf region, all, last year, change.
    change : pandas.DataFrame
        profession, a column for each leaf region, all. Where there is no course, that is said.
    """
    last, first = last_year(instance), by_pair(instance, result.places[:, 0])
    names, taught = names_of(instance), by_pair(instance, np.ones(len(instance.courses))) > 0
    shown = np.flatnonzero((first + last).any(axis=1))
    titles = [list(names.professions.values())[i] for i in shown]
    regions = [names.regions[code] for code in instance.regions["region"]]
    there = np.vstack([taught[shown], np.ones(len(regions), dtype=bool)])

    def table(values: Floats) -> pd.DataFrame:
        body = np.vstack([values[shown], values[shown].sum(axis=0)])
        frame = pd.DataFrame(body.astype(object), columns=regions).where(there, NO_COURSE)
        frame.insert(0, "profession", [*titles, ALL], allow_duplicates=True)
        frame.insert(len(frame.columns), "all", body.sum(axis=1), allow_duplicates=True)
        return frame

    now = table(first)
    before = table(last)["all"].to_numpy()
    now.insert(len(now.columns), "last year", before, allow_duplicates=True)
    added = now["all"].to_numpy() - before
    now.insert(len(now.columns), "change", added, allow_duplicates=True)
    return now, table(first - last)


def places_by_year(instance: Instance, places: Floats) -> pd.DataFrame:
    """Return places of courses, shape (C, years), by profession, after those of last year."""
    frame = pd.DataFrame({"profession": [*names_of(instance).professions.values()]})
    frame["last year"] = last_year(instance).sum(axis=1)
    for k in range(places.shape[1]):
        year = words.year(instance.first_year + k)
        frame[year] = by_pair(instance, places[:, k]).sum(axis=1)
    return frame


def pathways(plan: StoredPlan) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return who passes through each pool, and through each stage of training, all years."""
    found, title_of = flows(plan.instance, plan.outcome), names_of(plan.instance).professions
    pools = found.pools.reset_index()
    pools = pd.DataFrame(
        {
            "pool": pools["pool"].map(words.spoken),
            "step": pools["step"],
            "from outside": pools["outside"],
            "from courses": pools["came"] - pools["outside"],
            "start a course": pools["drawn"],
            "not drawn": pools["came"] - pools["drawn"],
        }
    )
    stages = pd.DataFrame(
        {
            "profession": found.stages["profession"].map(title_of),
            "step": found.stages["step"].astype(int),
            "drawn from pools": found.stages["started"],
            "go on to pools": found.stages["onward"],
        }
    )
    return pools, stages


def measures(plan: StoredPlan) -> pd.DataFrame:
    """Return what is bought of every measure, what it costs and brings, and the sums of all."""
    names = names_of(plan.instance)
    found = lines.measures(plan.problem, plan.outcome).drop(columns="one_more")
    found = _named(found, names, "profession", "region")
    sums = found.select_dtypes("number").sum()
    total = pd.DataFrame([{"measure": ALL_MEASURES, "kind": "", "profession": "", "region": ""}])
    table = pd.concat([found, total.assign(**sums)], ignore_index=True)
    started = plan.outcome.started.reshape(plan.instance.starts.shape).copy()
    started[: len(plan.places)] = 0.0
    table.loc[len(found), "per_fte_year"] = lines.in_all(plan.problem, started.ravel())
    return _headed(table)


def of_lines(plan: StoredPlan) -> pd.DataFrame:
    """Return what is bought of every line, courses and measures, and what that costs and brings."""
    table = lines.bought(plan.problem, plan.outcome)
    table = table.drop(columns="last_amount").rename(columns={"amount": "bought"})
    names = names_of(plan.instance)
    table["line"] = [*names.courses.values(), *names.measures.values()]
    table = _named(table, names, "profession", "region")
    table["kind"] = ["course"] * len(plan.instance.courses) + lines.kinds(plan.instance)
    return _headed(table)


def _named(table: pd.DataFrame, names: Names, profession: str, region: str = "") -> pd.DataFrame:
    """Return a table with names in the place of codes in these columns."""
    shown = {profession: table[profession].map(names.professions)}
    if region:
        shown[region] = table[region].map(names.regions)
    return table.assign(**shown)


def _headed(table: pd.DataFrame) -> pd.DataFrame:
    """Name the columns of a table of lines, and write a dash where nothing is known."""
    names = {name: words.year(name) for name in table.columns if name.isdigit()}
    table = table.rename(columns=lines.HEADINGS | names)
    return table.astype(object).where(table.notna(), words.NOTHING)


def shortfall_by_year(futures: Baselines) -> pd.DataFrame:
    """Return FTE by year: demand, supply, and the shortfall with the plan and both baselines."""
    instance = futures.problem.instance
    missing = futures.by_year()
    needed, left = (of.demand.sum(axis=(0, 1)) for of in (instance, futures.plan))
    return pd.DataFrame(
        {
            "year": [words.year(year) for year in instance.years],
            "demand": needed,
            **({"demand with the plan": left} if (left < needed).any() else {}),
            f"supply {futures.titles[0]}": futures.plan.supply_base.sum(axis=(0, 1)),
            "supply with the plan": futures.plan.supply.sum(axis=(0, 1)),
            **{
                f"shortfall {title}": missing[name].to_numpy()
                for name, title in zip(FUTURES, futures.titles, strict=True)
            },
        }
    )


def shortfall_by(futures: Baselines, what: str) -> pd.DataFrame:
    """Return FTE-years of shortfall by profession or region: with the plan and both baselines."""
    instance = futures.problem.instance
    frame = futures.over_the_years(what)
    frame[what] = frame[what].map(getattr(names_of(instance), f"{what}s"))
    return frame.rename(columns=dict(zip(FUTURES, futures.titles, strict=True)))


def floors_by_year(futures: Baselines) -> pd.DataFrame:
    """Return the FTE below floors in each year: both baselines, and the plan."""
    sums = {
        title: floors.by_year(futures.problem.instance, result)
        for title, result in zip(
            futures.titles, (futures.nothing, futures.last_year, futures.plan), strict=True
        )
    }
    years = [words.year(year) for year in futures.problem.instance.years]
    return pd.DataFrame({"year": years, **sums})


def floors_by_region(plan: StoredPlan) -> pd.DataFrame:
    """Return every floor in every region, the most missed first."""
    found = floors.by_region(plan.instance, plan.outcome)
    return pd.DataFrame(
        {
            "floor": found["floor"].map(words.spoken),
            "region": found["region"].map(names_of(plan.instance).regions),
            "asks for": found["asks"],
            "years asked for": found["of"],
            "missed in": found["when"],
            "FTE-years below": found["below"],
            "least margin, FTE": found["margin"],
            "in": found["worst"].map(words.year),
        }
    )


def deployed(plan: StoredPlan) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return who stands in for whom: added up over regions, and by region."""
    headings = {
        "by": "staff of", "needed": "stand in for", "fte": "FTE-years deployed",
        "covers": "FTE-years covered", "when": "from", "full": "years at the most allowed",
    }  # fmt: skip
    pairs = deployment.by_pair(plan.instance, plan.outcome)[["by", "needed", "fte", "covers"]]
    regions = deployment.by_region(plan.instance, plan.outcome)
    order = ["by", "needed", "region", "fte", "covers", "when", "full"]
    names = names_of(plan.instance)
    pairs = _named(_named(pairs, names, "by"), names, "needed")
    regions = _named(_named(regions, names, "by", "region"), names, "needed")
    return pairs.rename(columns=headings), regions[order].rename(columns=headings)


def deployed_by_scenario(plan: StoredPlan) -> pd.DataFrame:
    """Return the FTE-years that staff do of the work of others in each scenario."""
    found = by_scenario(plan.problem, plan.outcome)
    found["scenario"] = found["scenario"].map(words.clean)
    return found.rename(columns={"fte": "FTE-years deployed", "covers": "FTE-years covered"})


def posts_of(plan: StoredPlan) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return posts, staff and who is without a post: by year, and by profession and region."""
    headings = {
        "posts": "posts", "supply": "staff", "without": "without a post",
        "graduates": "graduates", "graduates_without": "graduates without",
        "new": "without, of new places", "unfunded": "work without posts",
    }  # fmt: skip
    cells = posts.by_cell(plan.problem, plan.outcome)
    years = posts.by_year(cells)
    years["year"] = years["year"].map(words.year)
    pairs = cells.groupby(["profession", "region"], as_index=False, sort=False)[[*headings]].sum()
    pairs = _named(pairs, names_of(plan.instance), "profession", "region")
    return years.rename(columns=headings), pairs.rename(columns=headings)


def money(instance: Instance, funds: Sequence[Fund]) -> pd.DataFrame:
    """Return £ by fund and year: budget, what is spent under it, left; and what under no budget.

    A budget within that of another row is not counted again. Where funds pay staff, the last column
    says how much of all that is pay.
    """
    pays, names = len(instance.pay) > 0, names_of(instance)
    rows = []
    for fund in funds:
        for i, year in enumerate(instance.years):
            beside = float(fund.beside[:, i].sum())
            if year in fund.years:
                budget, parts = fund.at(year)
                cells: list[object] = [budget, *parts, budget - parts.sum()]
            elif beside > 0:
                cells = ["none", 0.0, 0.0, 0.0, ""]
            else:
                continue
            paid = [float(fund.paid[:, :, i].sum())] * pays
            rows.append([names.funds[fund.code], words.year(year), *cells, beside, *paid])
    columns = ["fund", "year", "budget", *PARTS, "left", UNBUDGETED, *[OF_IT_PAY] * pays]
    return pd.DataFrame(rows, columns=columns)


def prospects_of(plan: StoredPlan, futures: Baselines) -> Prospects:
    """Return how a plan for several futures fares in each."""
    return Prospects(
        futures, plan.record["uncertainty"], plan.mean_amounts, plan.bounds, plan.mean_deployed,
        plan.mended,
    )  # fmt: skip


def mean_plan(plan: StoredPlan) -> pd.DataFrame:
    """Return what the plan and one for the mean of its futures buy of every line, year by year."""
    assert plan.mean_amounts is not None
    names = names_of(plan.instance)
    table = pd.DataFrame({"line": [*names.courses.values(), *names.measures.values()]})
    for k in range(plan.mean_amounts.shape[1]):
        year = words.year(plan.instance.first_year + k)
        table[f"{year}, this plan"] = plan.amounts[:, k]
        table[f"{year}, plan for the mean"] = plan.mean_amounts[:, k]
        table[f"{year}, difference"] = plan.amounts[:, k] - plan.mean_amounts[:, k]
    return table


def later(plan: StoredPlan) -> pd.DataFrame:
    """Return the places of every profession in every later year over the scenarios."""
    found = later_ranges(plan.problem, plan.outcome)
    titles = list(names_of(plan.instance).professions.values())
    return found.assign(
        profession=[titles[p] for p in found["profession"]],
        year=[words.year(year) for year in found["year"]],
    )


def money_of(plan: StoredPlan) -> list[Fund]:
    """Return what every fund spends."""
    return funds_of(plan.instance, plan.policy, plan.outcome)
