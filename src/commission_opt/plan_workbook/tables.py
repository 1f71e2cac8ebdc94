"""What a plan says, as the tables that its workbook shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.formulation.goals import weighs
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.instance.instance import Instance
from commission_opt.plan.judged import is_different, judged_plan
from commission_opt.plan.read import StoredPlan
from commission_opt.views import deployment, floors, lines, posts, words
from commission_opt.views.commitments import kept_words, not_in_force
from commission_opt.views.deployed import by_scenario
from commission_opt.views.later import later_ranges
from commission_opt.views.money import PARTS, Fund, unbudgeted
from commission_opt.views.money import money as funds_of
from commission_opt.views.pathways import flows
from commission_opt.views.places import by_pair, last_year
from commission_opt.views.prospects import Prospects, note
from commission_opt.views.shortfall import FUTURES, Baselines, caveat, cuts, negative_staff, trend
from commission_opt.views.verdict import achieved, recorded
from commission_opt.views.weighing import told

ALL, ALL_MEASURES = "all professions", "all measures"
_ONE_OF_MANY = (
    "The numbers are those of one plan; others may be as good. The report says which courses are "
    "proved to be decided, and commission-opt room how far each may move."
)
_ONE_OF_SEVERAL = (
    "The numbers are those of one plan; others may be as good. The report says which courses are "
    "proved to be decided."
)
UNBUDGETED = "under no budget"
OF_IT_PAY = "of all this pay"


def places(instance: Instance, result: Outcome) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return first-year places, and their change on last year, by profession and region.

    Returns
    -------
    now : pandas.DataFrame
        profession, a column for each leaf region, all, last year, change.
    change : pandas.DataFrame
        profession, a column for each leaf region, all.
    """
    last, first = last_year(instance), by_pair(instance, result.places[:, 0])
    shown = np.flatnonzero((first + last).any(axis=1))
    titles = [titles_of(instance.professions)[i] for i in shown]
    regions = list(instance.regions["region"])

    def table(values: Floats) -> pd.DataFrame:
        body = np.vstack([values[shown], values[shown].sum(axis=0)])
        frame = pd.DataFrame(body, columns=regions)
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
    frame = pd.DataFrame({"profession": titles_of(instance.professions)})
    frame["last year"] = last_year(instance).sum(axis=1)
    for k in range(places.shape[1]):
        year = words.year(instance.first_year + k)
        frame[year] = by_pair(instance, places[:, k]).sum(axis=1)
    return frame


def pathways(plan: StoredPlan) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return who passes through each pool, and through each stage of training, all years."""
    found, titles = flows(plan.instance, plan.outcome), titles_of(plan.instance.professions)
    title_of = dict(zip(plan.instance.professions["profession"], titles, strict=True))
    pools = found.pools.reset_index()
    pools = pd.DataFrame(
        {
            "pool": pools["pool"],
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
    found = lines.measures(plan.problem, plan.outcome).drop(columns="one_more")
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
    table["line"] = table["line"].map(words.clean)
    table["kind"] = ["course"] * len(plan.instance.courses) + lines.kinds(plan.instance)
    return _headed(table)


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
    table = instance.professions if what == "profession" else instance.regions
    frame = futures.over_the_years(what)
    frame[what] = titles_of(table)
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
            "floor": found["floor"],
            "region": found["region"],
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
    return years.rename(columns=headings), pairs.rename(columns=headings)


def money(instance: Instance, funds: Sequence[Fund]) -> pd.DataFrame:
    """Return £ by fund and year: budget, what is spent under it, left; and what under no budget.

    A budget within that of another row is not counted again. Where funds pay staff, the last column
    says how much of all that is pay.
    """
    pays = len(instance.pay) > 0
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
            rows.append([words.clean(fund.code), words.year(year), *cells, beside, *paid])
    columns = ["fund", "year", "budget", *PARTS, "left", UNBUDGETED, *[OF_IT_PAY] * pays]
    return pd.DataFrame(rows, columns=columns)


def titles_of(table: pd.DataFrame) -> list[str]:
    """Return titles as they can be shown, whatever is in them."""
    return [words.clean(title) for title in table["title"]]


def facts(plan: StoredPlan) -> Iterator[tuple[str, object]]:
    """Yield what is certified, and where the plan comes from; ("", title) starts a part."""
    record, instance = plan.record, plan.instance
    places = plan.decided_now[: len(plan.places)]
    first, total = places[:, 0].sum(), places.sum()
    last = float(instance.courses["last_intake"].sum())
    yield "", "What was decided"
    yield f"places in {words.year(instance.first_year)}", float(first)
    yield "places last year", last
    yield "change", float(first - last)
    if places.shape[1] > 1:
        later = plan.problem.layout.times is not None
        years = "years decided now" if later else "commissioning years"
        yield f"places in all {years}", float(total)
    if len(instance.measures):
        yield from _units(plan)
    futures = Baselines(plan.problem, plan.outcome)
    yield from _goodness(plan, futures)
    if weighs(plan.problem):
        yield from _worth(plan, futures)
    yield "", "What to know of it"
    yield "places", _ONE_OF_SEVERAL if weighs(plan.problem) else _ONE_OF_MANY
    for text in (trend(futures), cuts(futures), caveat(futures)):
        yield "shortfall", text
    for text in posts.said(futures):
        yield "posts", told(plan.problem, text)
    for text in unbudgeted(money_of(plan)):
        yield "money under no budget", told(plan.problem, text)
    for found in not_in_force(instance, plan.policy).to_dict("records"):
        some = "some years only" if found["in_force"] else "no year"
        yield f"commitment in force in {some}: {found['commitment']}", found["why"]
    for text in negative_staff(futures):
        yield "warning", text
    yield "", "Where it comes from"
    yield "instance", f"{instance.title} ({instance.name})"
    yield "prices", instance.price_base
    yield "commissioning model", f"{plan.policy.title} ({plan.policy.name})"
    yield "command", record.get("command", "")
    for name, version in record.get("versions", {}).items():
        yield name, version
    hashes = record["hashes"]
    yield "SHA-256 of the program", hashes.get("code", "")
    yield "SHA-256 of model.toml", hashes["model"]
    for name, digest in hashes["inputs"].items():
        yield f"SHA-256 of {name}", digest


def _units(plan: StoredPlan) -> Iterator[tuple[str, object]]:
    units, last = plan.outcome.units, float(plan.instance.measures["last_amount"].sum())
    yield f"units in {words.year(plan.instance.first_year)}", float(units[:, 0].sum())
    yield "units last year", last
    yield "change of units", float(units[:, 0].sum() - last)
    if units.shape[1] > 1:
        yield "units in all commissioning years", float(units.sum())


def _goodness(plan: StoredPlan, futures: Baselines) -> Iterator[tuple[str, object]]:
    """Yield the verdict in words, then its figures, all as the record of the plan has them."""
    certificate, asked = recorded(plan.record), float(plan.record["asked_gap"])
    yield "", "How good it is"
    yield "status", plan.record["status"]
    for text in judged_plan(plan, futures, certificate):
        yield "verdict", text
    kept = kept_words(plan.problem)
    yield kept, "yes" if certificate.feasible else "no"
    yield "largest relative violation", certificate.largest_violation
    good = achieved(certificate)
    if good is not None:
        yield "part of the possible improvement: the plan", good
        last = achieved(certificate, futures.last_year_value)
        yield "part of the possible improvement: last year repeated", last
        yield f"first objective {futures.titles[0]}", certificate.without_new_places
        yield "first objective with last year repeated", futures.last_year_value
    if not is_different(plan):
        yield "gap that was asked for", asked
    for i, stage in enumerate(certificate.stages, start=1):
        name = f"objective {i}: {OBJECTIVES[stage.minimise].title}"
        yield f"{name} of this plan ({stage.unit})", stage.final
        yield f"{name} when it was optimised", stage.objective
        if i < len(certificate.stages):
            yield f"{name} may be, for later ones, at most", stage.limit
        among = "no plan is below" if i == 1 else "no plan within the limits above is below"
        yield f"{name}: {among}", stage.bound
        yield f"gap of objective {i} in this plan", stage.final_gap
        yield f"gap of objective {i} when it was optimised", stage.gap


def prospects_of(plan: StoredPlan, futures: Baselines) -> Prospects:
    """Return how a plan for several futures fares in each."""
    return Prospects(
        futures, plan.record["uncertainty"], plan.mean_amounts, plan.bounds, plan.mean_deployed
    )


def _worth(plan: StoredPlan, futures: Baselines) -> Iterator[tuple[str, object]]:
    """Yield what weighing several futures is worth, in words."""
    yield "", "More than one future"
    yield "scenarios", note(plan.problem)
    for text in prospects_of(plan, futures).sentences(recorded(plan.record).stages[0]):
        yield "worth", text


def mean_plan(plan: StoredPlan) -> pd.DataFrame:
    """Return what the plan and one for the mean of its futures buy of every line, year by year."""
    assert plan.mean_amounts is not None
    table = pd.DataFrame({"line": [words.clean(str(code)) for code in plan.instance.lines["line"]]})
    for k in range(plan.mean_amounts.shape[1]):
        year = words.year(plan.instance.first_year + k)
        table[f"{year}, this plan"] = plan.amounts[:, k]
        table[f"{year}, plan for the mean"] = plan.mean_amounts[:, k]
        table[f"{year}, difference"] = plan.amounts[:, k] - plan.mean_amounts[:, k]
    return table


def later(plan: StoredPlan) -> pd.DataFrame:
    """Return the places of every profession in every later year over the scenarios."""
    found, titles = later_ranges(plan.problem, plan.outcome), titles_of(plan.instance.professions)
    return found.assign(
        profession=[titles[p] for p in found["profession"]],
        year=[words.year(year) for year in found["year"]],
    )


def money_of(plan: StoredPlan) -> list[Fund]:
    """Return what every fund spends."""
    return funds_of(plan.instance, plan.policy, plan.outcome)
