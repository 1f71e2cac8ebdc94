"""What places lead to, as the tables of a plan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Drawn, Outcome
from commission_opt.instance.instance import Instance


def plan_tables(instance: Instance, result: Outcome, whole: bool) -> dict[str, pd.DataFrame]:
    """Return the tables of a plan: allocation, supply, budgets and placements.

    Parameters
    ----------
    instance : Instance
    result : Outcome
        What the places lead to.
    whole : bool
        Whether places are whole numbers.
    """
    return {
        "allocation": _allocation(instance, result, whole),
        "supply": _supply(instance, result),
        "budgets": _drawn(instance.budgets[["fund", "region", "year", "amount"]], result.spend),
        "placements": _drawn(
            instance.placements[["pool", "region", "year", "capacity"]], result.weeks
        ),
    }


def _allocation(instance: Instance, result: Outcome, whole: bool) -> pd.DataFrame:
    places, courses = result.places, instance.courses
    years = places.shape[1]
    table = courses[["course", "profession", "region", "provider"]]
    table = table.loc[table.index.repeat(years)].reset_index(drop=True)
    last_intake = courses["last_intake"].to_numpy()
    change = np.diff(places, axis=1, prepend=last_intake[:, None].astype(float))
    kind = int if whole else float
    table["year"] = np.tile(instance.first_year + np.arange(years), len(courses))
    table["places"] = places.ravel().astype(kind)
    table["last_intake"] = np.repeat(last_intake, years)
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
    return table


def _drawn(table: pd.DataFrame, use: Drawn) -> pd.DataFrame:
    return table.reset_index(drop=True).assign(
        committed=use.committed, planned=use.planned, continued=use.continued, headroom=use.headroom
    )
