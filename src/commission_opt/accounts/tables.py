"""What is bought and what it leads to, as the tables of a plan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Drawn, Outcome
from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance

_NOBODY = 1e-9  # FTE deployed up to which nobody is


def plan_tables(instance: Instance, result: Outcome, whole: bool) -> dict[str, pd.DataFrame]:
    """Return the tables of a plan, with those of measures, floors and so on if there are any.

    Parameters
    ----------
    result : Outcome
        What is bought, and what it leads to.
    whole : bool
        Whether places and units are whole numbers.
    """
    bought = decided_tables(instance, result.amounts, whole)
    who = {"deployment": deployment_table(instance, result)} if len(instance.substitution) else {}
    people = {"pathways": _people(instance, result)} if len(instance.eligible) else {}
    return {
        **bought,
        **who,
        "supply": _supply(instance, result),
        "budgets": _drawn(instance.budgets[["fund", "region", "year", "amount"]], result.spend),
        "placements": _drawn(
            instance.placements[["pool", "region", "year", "capacity"]], result.weeks
        ),
        **people,
        **({"floors": _floors(instance, result)} if len(instance.floors) else {}),
    }


def decided_tables(instance: Instance, amounts: Floats, whole: bool) -> dict[str, pd.DataFrame]:
    """Return the tables of what is bought: ``allocation``, and ``measures`` if there are any.

    Parameters
    ----------
    amounts : array, shape (L, K)
        Places and units.
    whole : bool
        Whether they are whole numbers.
    """
    courses, measures = instance.courses, instance.measures
    places, units = np.split(amounts, [len(courses)])
    codes, last = courses[["course", "profession", "region", "provider"]], courses["last_intake"]
    found = {"allocation": _decided(instance, codes, places, last, "places", whole)}
    if len(measures):
        codes, last = measures[["measure", "kind", "profession", "region"]], measures["last_amount"]
        found["measures"] = _decided(instance, codes, units, last, "units", whole)
    return found


def deployment_table(instance: Instance, result: Outcome) -> pd.DataFrame:
    """Return who does whose work: FTE of ``by``, and the FTE of ``needed`` that they cover."""
    fte, pairs = result.deployed.ravel(), instance.substitution
    some = np.flatnonzero(fte > _NOBODY)
    own = pairs.iloc[instance.deployments.of("pair", some)].reset_index(drop=True)
    return own[["needed", "by", "region"]].assign(
        year=instance.first_year + instance.deployments.of("year", some),
        fte=fte[some],
        covers=fte[some] * own["ratio"].to_numpy(float),
    )


def _decided(
    instance: Instance,
    codes: pd.DataFrame,
    amounts: Floats,
    last: pd.Series,
    name: str,
    whole: bool,
) -> pd.DataFrame:
    """Return what is decided of each line and year, what was last year, and the change."""
    years, kind = amounts.shape[1], int if whole else float
    before = last.to_numpy()
    change = np.diff(amounts, axis=1, prepend=before[:, None].astype(float))
    table = codes.loc[codes.index.repeat(years)].reset_index(drop=True)
    table["year"] = np.tile(instance.first_year + np.arange(years), len(codes))
    table[name] = amounts.ravel().astype(kind)
    table[str(last.name)] = np.repeat(before, years)
    table["change"] = change.ravel().astype(kind)
    return table


def _supply(instance: Instance, result: Outcome) -> pd.DataFrame:
    keys = pd.MultiIndex.from_product(
        [instance.professions["profession"], instance.regions["region"], instance.years],
        names=["profession", "region", "year"],
    )
    table = keys.to_frame(index=False)
    table["demand"] = instance.demand.ravel()
    table["supply"] = result.supply.ravel()
    table["shortfall"] = result.shortfall.ravel()
    table["surplus"] = result.surplus.ravel()
    table["supply_base"] = result.supply_base.ravel()
    if len(instance.measures):
        table["demand_after"] = result.demand.ravel()
    if len(instance.substitution):
        table["service"] = result.service.ravel()
    if instance.has_posts:
        table["posts"] = instance.posts.ravel()
        table["unemployed"] = result.unemployed.ravel()
    return table


def _drawn(table: pd.DataFrame, use: Drawn) -> pd.DataFrame:
    return table.reset_index(drop=True).assign(
        committed=use.committed, planned=use.planned, continued=use.continued, headroom=use.headroom
    )


def _people(instance: Instance, result: Outcome) -> pd.DataFrame:
    table = instance.eligible[["pool", "region", "year"]]
    return table.assign(**{name: cells.ravel() for name, cells in vars(result.pools).items()})


def _floors(instance: Instance, result: Outcome) -> pd.DataFrame:
    table = instance.floors[["floor", "region", "year"]].reset_index(drop=True)
    reached = result.floors
    return table.assign(required=reached.required, service=reached.service, below=reached.below)
