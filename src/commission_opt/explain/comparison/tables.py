"""Places and consequences of two plans side by side."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import charged
from commission_opt.arrays import Floats
from commission_opt.formulation.shortage import tiered, tiers_of, weights
from commission_opt.plan.read import StoredPlan

_ROUNDING = 1e-12  # relative; of sums of the same figures in another order


def commissioned(plan: StoredPlan) -> tuple[int, ...]:
    """Return the commissioning years of a plan."""
    first = plan.instance.first_year
    return tuple(range(first, first + plan.policy.commissioning_years))


def common_years(a: StoredPlan, b: StoredPlan) -> tuple[int, ...]:
    """Return the commissioning years in which places can be compared."""
    return tuple(year for year in commissioned(a) if year in commissioned(b))


def places_of(plan: StoredPlan, years: Collection[int]) -> pd.DataFrame:
    """Return places by course: of some years together, of an average year if there are none."""
    courses, professions = plan.instance.courses, plan.instance.professions
    frame = courses[["course", "profession", "region"]].reset_index(drop=True)
    frame["group"] = professions["group"].to_numpy()[courses["p"].to_numpy()]
    frame["places"] = _over(plan, plan.places, years)
    return frame


def units_of(plan: StoredPlan, years: Collection[int]) -> pd.DataFrame:
    """Return units by measure, of the same years."""
    named = plan.instance.measures[["measure", "kind", "profession", "region"]]
    units = _over(plan, plan.outcome.units, years)
    return named.reset_index(drop=True).assign(units=units)


def _over(plan: StoredPlan, amounts: Floats, years: Collection[int]) -> Floats:
    chosen = [not years or year in years for year in commissioned(plan)]
    some = amounts[:, chosen]
    return np.asarray(some.sum(axis=1) if years else some.mean(axis=1))


def amounts_by(
    a: pd.DataFrame, b: pd.DataFrame, keys: Sequence[str], what: str = "places"
) -> pd.DataFrame:
    """Compare places or units by some codes; those that a plan does not have count as 0.

    Returns
    -------
    pandas.DataFrame
        The codes, ``a``, ``b`` and ``change``; the largest change first.
    """
    sums = [frame.groupby(list(keys), sort=False)[what].sum() for frame in (a, b)]
    both = pd.concat(sums, axis=1, keys=["a", "b"]).fillna(0.0)
    return _by_size(both.assign(change=both["b"] - both["a"]).reset_index())


def shortfall_by(a: StoredPlan, b: StoredPlan, kind: str, *, weighted: bool) -> pd.DataFrame:
    """Compare shortfalls by ``year``, ``region`` or ``group``, FTE-years.

    Returns
    -------
    pandas.DataFrame
        The code, ``a``, ``b`` and ``change``, unweighted, and the same with ``weighted_`` before
        it if asked for. Years come in order, others by the size of the change; what a plan does
        not have is missing.
    """
    frame = _sides(*(_grouped(plan, plan.outcome.shortfall, kind) for plan in (a, b)))
    if weighted:
        sides = (_grouped(plan, _weighted(plan), kind) for plan in (a, b))
        frame = frame.join(_sides(*sides).add_prefix("weighted_"))
    frame = frame.rename_axis(kind).reset_index()
    return frame.sort_values("year", ignore_index=True) if kind == "year" else _by_size(frame)


def spend_by_fund(a: StoredPlan, b: StoredPlan) -> pd.DataFrame:
    """Compare the £ spent on new and continued places over the horizon, by fund."""

    def spent(plan: StoredPlan) -> pd.Series:
        each = pd.Series(charged(plan.instance, plan.outcome))
        return each.groupby(plan.instance.costs["code"].to_numpy(), sort=False).sum()

    return _by_size(_sides(spent(a), spent(b)).rename_axis("fund").reset_index())


def _weighted(plan: StoredPlan) -> Floats:
    missing = tiered(plan.outcome.shortfall, plan.instance.demand, tiers_of(plan.policy))
    return np.asarray(weights(plan.problem) * missing)


def _grouped(plan: StoredPlan, each: Floats, kind: str) -> pd.Series:
    instance = plan.instance
    if kind == "year":
        return pd.Series(each.sum(axis=(0, 1)), index=list(instance.years))
    if kind == "region":
        return pd.Series(each.sum(axis=(0, 2)), index=instance.regions["region"].to_numpy())
    groups = instance.professions["group"].to_numpy()
    return pd.Series(each.sum(axis=(1, 2))).groupby(groups, sort=False).sum()


def _sides(a: pd.Series, b: pd.Series) -> pd.DataFrame:
    both = pd.concat([a, b], axis=1, keys=["a", "b"])
    change = both["b"] - both["a"]
    rounding = change.abs() <= _ROUNDING * both.abs().max(axis=1)
    return both.assign(change=change.mask(rounding, 0.0))


def _by_size(frame: pd.DataFrame) -> pd.DataFrame:
    size = frame["change"].abs().fillna(np.inf)
    return frame.iloc[np.argsort(-size.to_numpy(), kind="stable")].reset_index(drop=True)
