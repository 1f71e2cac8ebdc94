"""A plan before and after a change, in frames: by figure, profession, year and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import spent, spent_by_fund
from commission_opt.allocation.decided import Decided
from commission_opt.arrays import Floats
from commission_opt.explain.margins.consequences import Leading
from commission_opt.formulation.objectives import OBJECTIVES

SMALL = 1e-6  # FTE-years, or places, that are none
_NAMES = ["course", "profession", "region", "p"], ["measure", "kind", "profession", "region", "p"]
_MOVED = {"places": "moved", "units": "moved_units"}


def _bought(plan: Decided) -> list[tuple[str, pd.DataFrame, Floats]]:
    """Return what is bought, of which lines, by line and year: places and, with measures, units."""
    instance, result = plan.problem.instance, plan.outcome
    found = [("places", instance.courses[_NAMES[0]], result.places)]
    if len(instance.measures):
        found.append(("units", instance.measures[_NAMES[1]], result.units))
    return found


def measures(before: Decided, after: Decided) -> pd.DataFrame:
    """Tabulate objectives, plain shortfall, places, units and spending, each with its unit."""
    old, new = ([*_measured(plan)] for plan in (before, after))
    frame = pd.DataFrame(old, columns=["what", "unit", "before"])
    frame["after"] = [value for _, _, value in new]
    return frame.assign(change=frame["after"] - frame["before"])


def _measured(plan: Decided) -> Iterator[tuple[str, str, float]]:
    instance, result = plan.problem.instance, plan.outcome
    for objective in plan.problem.policy.objectives:
        kind = OBJECTIVES[objective.minimise]
        yield kind.title, kind.unit, kind.value(plan.problem, result)
    yield "plain shortfall", "FTE-years", float(result.shortfall.sum())
    yield from ((what, what, float(amounts.sum())) for what, _, amounts in _bought(plan))
    yield "spend, all funds", "£", spent(instance, result)
    for fund, pounds in spent_by_fund(instance, result).items():
        yield f"spend, {fund}", "£", float(pounds)


def by_profession(before: Decided, after: Decided) -> pd.DataFrame:
    """Tabulate plain shortfall, places and, with measures, units by profession.

    Those whose shortfall changes most come first.
    """
    professions = before.problem.instance.professions["profession"].tolist()

    def of(plan: Decided) -> dict[str, Floats]:
        bought = {
            what: np.bincount(table["p"], amounts.sum(axis=1), len(professions))
            for what, table, amounts in _bought(plan)
        }
        return {"shortfall": plan.outcome.shortfall.sum(axis=(1, 2)), **bought}

    frame = _beside("profession", professions, of(before), of(after))
    order = np.argsort(-np.abs(frame["shortfall_change"].to_numpy()), kind="stable")
    return frame.iloc[order].reset_index(drop=True)


def by_year(before: Decided, after: Decided) -> pd.DataFrame:
    """Tabulate plain shortfall and spending by year."""

    def of(plan: Decided) -> dict[str, Floats]:
        columns = plan.problem.layout.to_columns(plan.outcome.amounts)
        if plan.problem.deploys:
            columns = np.append(columns, plan.outcome.deployed)
        spent = Leading(plan.problem)(columns).spent.to_numpy().sum(axis=0)
        return {"shortfall": plan.outcome.shortfall.sum(axis=(0, 1)), "spent": spent}

    return _beside("year", list(before.problem.instance.years), of(before), of(after))


def _beside(
    key: str, codes: Sequence[object], before: Mapping[str, Floats], after: Mapping[str, Floats]
) -> pd.DataFrame:
    """Put figures side by side; a change that is rounding is none."""
    columns: dict[str, object] = {key: codes}
    for name, old in before.items():
        change = after[name] - old
        small = SMALL * np.maximum(1.0, np.abs(old)) * 1e-3
        columns[f"{name}_before"], columns[f"{name}_after"] = old, after[name]
        columns[f"{name}_change"] = np.where(np.abs(change) <= small, 0.0, change)
    return pd.DataFrame(columns)


def moved(before: Decided, after: Decided) -> dict[str, pd.DataFrame]:
    """List the lines and years that change, the largest change first.

    ``moved`` has courses by year with their places; with measures ``moved_units`` has measures by
    year with their units.
    """
    found, first_year = {}, before.problem.instance.first_year
    for (what, named, old), (_, _, new) in zip(_bought(before), _bought(after), strict=True):
        years = old.shape[1]
        table = named.loc[named.index.repeat(years)].drop(columns="p").reset_index(drop=True)
        table["year"] = np.tile(first_year + np.arange(years), len(named))
        table["before"], table["after"] = old.ravel(), new.ravel()
        table["change"] = table["after"] - table["before"]
        table = table[table["change"].abs() > SMALL]
        order = np.argsort(-table["change"].abs().to_numpy(), kind="stable")
        found[_MOVED[what]] = table.iloc[order].reset_index(drop=True)
    return found
