"""What a plan says, as the tables that its workbook shows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from commission_opt.instance.instance import Instance
from commission_opt.linear_program import Floats
from commission_opt.outcome import Outcome
from commission_opt.stored_plan import StoredPlan

ALL = "all professions"


def financial_year(year: int) -> str:
    """Return how a financial year is written: 2026/27."""
    return f"{year}/{(year + 1) % 100:02d}"


def places(instance: Instance, result: Outcome) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return first-year places, and their change on last year, by profession and region.

    Returns
    -------
    now : pandas.DataFrame
        profession, a column for each leaf region, all, last year, change.
    change : pandas.DataFrame
        profession, a column for each leaf region, all.
    """
    last = _by_profession(instance, instance.courses["last_intake"].to_numpy(dtype=float))
    first = _by_profession(instance, result.places[:, 0])
    shown = np.flatnonzero((first + last).any(axis=1))
    titles = list(instance.professions["title"].iloc[shown])
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


def _by_profession(instance: Instance, of_courses: Floats) -> Floats:
    grid = np.zeros(instance.shape[:2])
    at = (instance.courses["p"].to_numpy(), instance.courses["q"].to_numpy())
    np.add.at(grid, at, of_courses)
    return grid


def places_by_year(instance: Instance, result: Outcome) -> pd.DataFrame:
    """Return places by profession in last year and every commissioning year."""
    last = instance.courses["last_intake"].to_numpy(dtype=float)
    columns = {"profession": list(instance.professions["title"])}
    frame = pd.DataFrame(columns)
    frame["last year"] = _by_profession(instance, last).sum(axis=1)
    for k in range(result.places.shape[1]):
        year = financial_year(instance.first_year + k)
        frame[year] = _by_profession(instance, result.places[:, k]).sum(axis=1)
    return frame


def shortfall_by_year(instance: Instance, result: Outcome) -> pd.DataFrame:
    """Return FTE by year: demand, and supply and shortfall without and with the plan."""
    return pd.DataFrame(
        {
            "year": [financial_year(year) for year in instance.years],
            "demand": instance.demand.sum(axis=(0, 1)),
            "supply without new places": result.supply_base.sum(axis=(0, 1)),
            "supply with the plan": result.supply.sum(axis=(0, 1)),
            "shortfall without new places": result.shortfall_base.sum(axis=(0, 1)),
            "shortfall with the plan": result.shortfall.sum(axis=(0, 1)),
        }
    )


def shortfall_by(instance: Instance, result: Outcome, what: str) -> pd.DataFrame:
    """Return FTE-years of shortfall over the horizon without and with the plan.

    Parameters
    ----------
    instance : Instance
    result : Outcome
    what : {"profession", "region"}
    """
    by_profession = what == "profession"
    axes = (1, 2) if by_profession else (0, 2)
    table = instance.professions if by_profession else instance.regions
    return pd.DataFrame(
        {
            what: list(table["title"]),
            "without new places": result.shortfall_base.sum(axis=axes),
            "with the plan": result.shortfall.sum(axis=axes),
        }
    )


def money(instance: Instance, result: Outcome) -> pd.DataFrame:
    """Return £ by fund and year: budget, committed, planned, continued, left.

    Budgets of a region within that of another row are part of it and not counted again.
    """
    spend, budgets = result.spend, instance.budgets.reset_index(drop=True)
    rows = []
    for (fund, year), group in budgets.groupby(["fund", "year"], sort=False):
        i = list(_widest(instance, group))
        parts = (spend.limit, spend.committed, spend.planned, spend.continued, spend.headroom)
        rows.append([fund, financial_year(int(str(year))), *(part[i].sum() for part in parts)])
    columns = ["fund", "year", "budget", "committed", "planned", "continued", "left"]
    return pd.DataFrame(rows, columns=columns)


def _widest(instance: Instance, group: pd.DataFrame) -> Iterator[int]:
    scopes = {row: instance.scopes[region] for row, region in group["region"].items()}
    for row, mine in scopes.items():
        if not any((mine <= other).all() and other.sum() > mine.sum() for other in scopes.values()):
            yield int(str(row))


def facts(plan: StoredPlan) -> Iterator[tuple[str, object]]:
    """Yield what is certified, and where the plan comes from; ("", title) starts a part."""
    record, instance = plan.record, plan.instance
    first, total = plan.places[:, 0].sum(), plan.places.sum()
    last = float(instance.courses["last_intake"].sum())
    yield "", "What was decided"
    yield f"places in {financial_year(instance.first_year)}", float(first)
    yield "places last year", last
    yield "change", float(first - last)
    if plan.places.shape[1] > 1:
        yield "places in all commissioning years", float(total)
    yield "", "How good it is"
    for key, label in _VERDICT.items():
        if record.get(key) is not None:
            yield label, record[key]
    certificate = record.get("certificate", {})
    yield "every rule is kept", "yes" if certificate.get("feasible") else "no"
    yield "largest relative violation", certificate.get("largest_violation", "")
    for i, stage in enumerate(record.get("stages", ()), start=1):
        yield f"objective {i}: {stage['minimise']} ({stage['unit']})", stage["final"]
        yield f"objective {i}: no plan can be below", stage["bound"]
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


_VERDICT = {
    "status": "status",
    "achieved": "part of the possible improvement that is achieved",
    "objective": "first objective",
    "bound": "no plan can be below",
    "gap": "gap between the two",
    "asked_gap": "gap that was asked for",
    "without_new_places": "first objective without new places",
}
