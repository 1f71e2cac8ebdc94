"""A plan before and after a change, in frames: by measure, profession, year and course."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import charged
from commission_opt.arrays import Floats
from commission_opt.explain.margins.consequences import Leading
from commission_opt.explain.plan import Plan
from commission_opt.formulation.objectives import OBJECTIVES

SMALL = 1e-6  # FTE-years, or places, that are none


def measures(before: Plan, after: Plan) -> pd.DataFrame:
    """Tabulate objectives, plain shortfall, places and spending, each with its unit."""
    columns = ["what", "unit", "before", "after"]
    rows = [
        (*first, second[2])
        for first, second in zip(_measured(before), _measured(after), strict=True)
    ]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(change=frame["after"] - frame["before"])


def _measured(plan: Plan) -> Iterator[tuple[str, str, float]]:
    instance, result = plan.problem.instance, plan.outcome
    for objective in plan.problem.policy.objectives:
        kind = OBJECTIVES[objective.minimise]
        yield kind.title, kind.unit, kind.value(plan.problem, result)
    yield "plain shortfall", "FTE-years", float(result.shortfall.sum())
    yield "places", "places", float(result.places.sum())
    each, funds = charged(instance, result), instance.costs["code"]
    yield "spend, all funds", "£", float(each.sum())
    for fund in dict.fromkeys(funds):
        yield f"spend, {fund}", "£", float(each[funds.to_numpy() == fund].sum())


def by_profession(before: Plan, after: Plan) -> pd.DataFrame:
    """Tabulate plain shortfall and places by profession, those that change most first."""
    professions = before.problem.instance.professions["profession"].tolist()

    def of(plan: Plan) -> dict[str, Floats]:
        courses, places = plan.problem.instance.courses["p"], plan.places.sum(axis=1)
        counted = np.bincount(courses, places, len(professions)).astype(float)
        return {"shortfall": plan.outcome.shortfall.sum(axis=(1, 2)), "places": counted}

    frame = _beside("profession", professions, of(before), of(after))
    order = np.argsort(-np.abs(frame["shortfall_change"].to_numpy()), kind="stable")
    return frame.iloc[order].reset_index(drop=True)


def by_year(before: Plan, after: Plan) -> pd.DataFrame:
    """Tabulate plain shortfall and spending by year."""

    def of(plan: Plan) -> dict[str, Floats]:
        columns = plan.problem.layout.to_columns(plan.outcome.amounts)
        spent = Leading(plan.problem)(columns).spent.sum(axis=0)
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


def moved(before: Plan, after: Plan) -> pd.DataFrame:
    """List the courses and years whose places change, the largest change first."""
    instance, years = before.problem.instance, before.places.shape[1]
    table = instance.courses[["course", "profession", "region"]]
    table = table.loc[table.index.repeat(years)].reset_index(drop=True)
    table["year"] = np.tile(instance.first_year + np.arange(years), len(instance.courses))
    table["before"], table["after"] = before.places.ravel(), after.places.ravel()
    table["change"] = table["after"] - table["before"]
    table = table[table["change"].abs() > SMALL]
    order = np.argsort(-table["change"].abs().to_numpy(), kind="stable")
    return table.iloc[order].reset_index(drop=True)
